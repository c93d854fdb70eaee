"""Runs: enforcements of diffs, and which of them never came to an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from api.store.failures import nothing_stored
from api.store.leases import Leases
from api.store.records import RunState, StoredRun, columns_of
from api.store.schema import runs
from policy.enforcement import EnforceMode


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of one transaction."""

    connection: Connection

    def create(self, run: StoredRun) -> None:
        """Keep a run, whose diff is saved already."""
        self.connection.execute(insert(runs).values(columns_of(run)))

    def get(self, run_id: str) -> StoredRun:
        """Run by its id. Raises UsageError when there is none."""
        row = self.connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise nothing_stored("run", run_id)
        return _run(row)

    def list(self) -> tuple[StoredRun, ...]:
        """Every run, oldest first."""
        return tuple(_run(row) for row in self.connection.execute(select(runs).order_by(runs.c.number)))

    def unfinished(self) -> tuple[StoredRun, ...]:
        """List the runs that have no end yet, oldest first: at work, or interrupted."""
        query = select(runs).where(runs.c.state == RunState.RUNNING).order_by(runs.c.number)
        return tuple(_run(row) for row in self.connection.execute(query))

    def finish(self, run_id: str, state: RunState, *, at: datetime, epoch: int | None = None) -> None:
        """End a run. With `epoch`, raises RefusedError when another worker has taken over its lease."""
        run = self.get(run_id)
        if epoch is not None:
            Leases(self.connection).demand(run.lease, epoch)
        self.connection.execute(update(runs).where(runs.c.id == run_id).values(state=state, ended_at=at))


def _run(row: Row[Any]) -> StoredRun:
    stored = dict(row._mapping)  # noqa: SLF001  # the documented name of a row's mapping
    del stored["number"]
    return StoredRun(**{**stored, "mode": EnforceMode(stored["mode"]), "state": RunState(stored["state"])})
