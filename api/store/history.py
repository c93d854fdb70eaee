"""History of persons: field by field, what it was and what it became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from api.store.records import HistoryEntry
from api.store.schema import person_changes
from policy.imports import PersonChange


@dataclass(frozen=True, slots=True)
class History:
    """History of one transaction."""

    connection: Connection

    def append(self, at: datetime, import_id: str, changes: Sequence[PersonChange]) -> None:
        """Add what an import changed."""
        rows = [
            {
                "at": at,
                "import_id": import_id,
                "person": one.person,
                "contract": one.contract,
                "field": one.field,
                "old": one.old,
                "new": one.new,
            }
            for one in changes
        ]
        if rows:
            self.connection.execute(insert(person_changes), rows)

    def of_person(self, external_id: str) -> tuple[HistoryEntry, ...]:
        """Every change of a person, oldest first."""
        query = select(person_changes).where(person_changes.c.person == external_id).order_by(person_changes.c.number)
        return tuple(
            HistoryEntry(row.at, row.import_id, PersonChange(row.person, row.contract, row.field, row.old, row.new))
            for row in self.connection.execute(query)
        )
