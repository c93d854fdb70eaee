"""The history of a person: what changed, from what to what, and when."""

from __future__ import annotations

from api.store.records import HistoryEntry
from api.tools import Tools
from api.usecases.explain import unknown_person
from api.usecases.snapshot_columns import find_columns
from policy.types import STANDARD_SCHEMA


def read_history(tools: Tools, person: str) -> tuple[HistoryEntry, ...]:
    """List changes of a person, oldest first; values of private fields are left out.

    Raises UsageError when no import ever brought such a person.
    """
    with tools.store.read() as tx:
        entries = tx.history.of_person(person)
        if entries:
            return tuple(one for one in entries if not is_private(one.change.field))
    columns = find_columns(tools)
    if columns is not None and columns.find(person) is not None:
        return ()
    raise unknown_person(person, columns.person_ids.to_pylist() if columns else [])


def is_private(field: str) -> bool:
    """Tell whether a field (full path) is hidden unless a right allows it."""
    known = STANDARD_SCHEMA.find(field)
    return known is not None and known.private
