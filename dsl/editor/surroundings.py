"""What is known beside the rules: values of the data, permissions of the targets, lookup files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from policy.types import Field


@dataclass(frozen=True, slots=True)
class Seen:
    """A value that stands in the data: its text, and what to say of it (`23 persons`, a display name)."""

    text: str
    detail: str = ""


def _nothing(_: object) -> Sequence[Seen]:
    return ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the rules. Whatever is not known is empty.

    `values` are those of a field in the snapshot, `permissions` the names known in each target, `files` the lookup
    files by path and `vault_files` those that tests may bring people in from, `columns` the columns of a lookup
    file, `departments` and `persons` those of the snapshot by external id, `account_data` names of mapped fields.
    """

    values: Callable[[Field], Sequence[Seen]] = _nothing
    columns: Callable[[str], Sequence[Seen]] = _nothing
    departments: Callable[[], Sequence[Seen]] = tuple
    persons: Callable[[], Sequence[Seen]] = tuple
    permissions: Callable[[], Mapping[str, Collection[str]]] = dict
    files: Callable[[], Sequence[str]] = tuple
    vault_files: Callable[[], Sequence[str]] = tuple
    account_data: Callable[[], Sequence[str]] = tuple


NOTHING_KNOWN = Surroundings()
"""Rules alone."""
