"""Events of enforced diffs that fire once: those about the first or last day of an employment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from api.store.schema import fired_events
from policy.events import EmploymentDay


@dataclass(frozen=True, slots=True)
class FiredEvents:
    """Fired events of one transaction."""

    connection: Connection

    def all(self) -> frozenset[EmploymentDay]:
        """Everything that fired with a diff that was enforced."""
        rows = self.connection.execute(select(fired_events))
        return frozenset(EmploymentDay(row.event, row.person, row.edge, row.day) for row in rows)

    def keep(self, days: Iterable[EmploymentDay]) -> None:
        """Remember what fired; what is known already stays."""
        known = self.all()
        rows = [
            {"event": one.event, "person": one.person, "edge": one.edge, "day": one.day}
            for one in sorted(set(days) - known)
        ]
        if rows:
            self.connection.execute(insert(fired_events), rows)
