"""History of persons: field by field, what it was and what it became.

Who came or went is one row with the whole person in it: a first import would otherwise write a row for every field of
everybody. Readers never see the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Text, column, insert, select, table

from api.store.columns import UtcTime
from api.store.records import HistoryEntry
from api.store.schema import person_changes
from engine.people.changes import spread
from policy.canonical import canonical_json
from policy.imports import PersonChange, PersonMove
from policy.person_text import person_text
from policy.snapshot import read_person

_WHOLE = ""  # stands for the field in a row that holds a whole person
_NOTHING = "null"
_AT_ONCE = 10_000
_TEXTS = [column(name, Text) for name in ("import_id", "person", "contract", "field", "old", "new")]
_ROWS = table("person_changes", column("at", UtcTime), *_TEXTS)
"""The table with its values as canonical text already: many rows, each written once."""


@dataclass(frozen=True, slots=True)
class History:
    """History of one transaction."""

    connection: Connection

    def append(self, at: datetime, import_id: str, found: Iterable[PersonChange | PersonMove]) -> int:
        """Add what an import changed. Gives the number of fields that differ."""
        rest, count = iter(found), 0
        while some := list(islice(rest, _AT_ONCE)):
            rows = [{"at": at, "import_id": import_id, **_row(one)} for one in some]
            self.connection.execute(insert(_ROWS), rows)
            count += sum(one.field_count if isinstance(one, PersonMove) else 1 for one in some)
        return count

    def of_person(self, external_id: str) -> tuple[HistoryEntry, ...]:
        """Every change of a person, oldest first."""
        query = select(person_changes).where(person_changes.c.person == external_id).order_by(person_changes.c.number)
        return tuple(
            HistoryEntry(row.at, row.import_id, change)
            for row in self.connection.execute(query)
            for change in _read(row)
        )


def _row(found: PersonChange | PersonMove) -> dict[str, str]:
    if isinstance(found, PersonChange):
        old, new = canonical_json(found.old).decode(), canonical_json(found.new).decode()
        return {"person": found.person, "contract": found.contract, "field": found.field, "old": old, "new": new}
    text = person_text(found.person)
    old, new = (_NOTHING, text) if found.came else (text, _NOTHING)
    return {"person": found.person.external_id, "contract": "", "field": _WHOLE, "old": old, "new": new}


def _read(row: Row[Any]) -> Iterator[PersonChange]:
    if row.field != _WHOLE:
        yield PersonChange(row.person, row.contract, row.field, row.old, row.new)
        return
    came = row.old is None
    yield from spread(PersonMove(read_person(row.new if came else row.old), came))
