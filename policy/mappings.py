"""Mappings: how raw records become persons and contracts (the source side)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class MappingMode(StrEnum):
    """Where a mapped value comes from."""

    FIELD = "field"  # a field of the raw record, by dotted path
    FIXED = "fixed"  # the value itself
    COMPLEX = "complex"  # a script


@dataclass(frozen=True, slots=True)
class SourceField:
    """How one field is filled.

    `name` is the vault's name as the author wrote it (`Name.GivenName`), `path` the path in the standard model below
    person or contract. `value` is a dotted path, the fixed value, or a script. A person without a `required` value is
    frozen. `as_text` turns the value into text (`convertToString`).
    """

    name: str
    path: str
    mode: MappingMode
    value: str | bool | int | None
    required: bool = False
    as_text: bool = False


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """A source mapping: fields of persons and of contracts, each path at most once. `file` is where it was read."""

    file: str
    persons: tuple[SourceField, ...]
    contracts: tuple[SourceField, ...]

    def fields(self, root: Literal["person", "contract"]) -> tuple[SourceField, ...]:
        """Fields of `root`."""
        return self.persons if root == "person" else self.contracts
