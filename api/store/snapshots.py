"""Snapshots: immutable, content-addressed, and which of them is in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from api.store.failures import nothing_stored
from api.store.packing import pack_lines, unpack
from api.store.records import ColumnSeal, StoredSnapshot
from api.store.schema import column_seals, snapshots, store_state
from policy.catalogue import service
from policy.diagnostics import Diagnostic, OrdainError
from policy.snapshot import Snapshot, read_department, read_person, snapshot_lines

_HEADING = (snapshots.c.digest, snapshots.c.at, snapshots.c.by, snapshots.c.counts)


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Snapshots of one transaction."""

    connection: Connection

    def save(
        self,
        snapshot: Snapshot,
        at: datetime,
        *,
        by: str,
        counts: Mapping[str, int],
        content: bytes | None = None,
    ) -> None:
        """Keep a snapshot; one that is there already stays as it is. It is not in force by that (see `latest`).

        `content` are its canonical lines, packed, for who made them before the transaction began.
        """
        if self.find(snapshot.digest) is not None:
            return
        packed = content or pack_lines(snapshot_lines(snapshot.persons, snapshot.departments))
        row = {"digest": snapshot.digest, "at": at, "by": by, "counts": dict(counts), "content": packed}
        self.connection.execute(insert(snapshots).values(row))

    def latest(self) -> StoredSnapshot | None:
        """Heading of the snapshot in force: that of the last import that was not blocked, or was released."""
        query = select(*_HEADING).join(store_state, store_state.c.current_snapshot == snapshots.c.digest)
        row = self.connection.execute(query).one_or_none()
        return None if row is None else _heading(row)

    def make_current(self, digest: str) -> None:
        """Put a stored snapshot in force. Imports do so by themselves."""
        self.connection.execute(update(store_state).values(current_snapshot=digest))

    def find(self, digest: str) -> StoredSnapshot | None:
        """Heading of a snapshot, or None."""
        row = self.connection.execute(select(*_HEADING).where(snapshots.c.digest == digest)).one_or_none()
        return None if row is None else _heading(row)

    def load(self, digest: str) -> Snapshot:
        """Snapshot by its digest. Raises UsageError when there is none, OrdainError when it is not what it was."""
        stored = self.connection.execute(
            select(snapshots.c.content).where(snapshots.c.digest == digest)
        ).scalar_one_or_none()
        if stored is None:
            raise nothing_stored("snapshot", digest)
        content = unpack(stored, f"snapshot {digest}")
        # INVARIANT: the digest is over these very lines, so what is read from them is what was saved.
        if hashlib.sha256(content).hexdigest() != digest:
            raise _damaged(digest)
        return _read(content, digest)

    def seals(self, digest: str) -> frozenset[ColumnSeal]:
        """Seals of all column files that were ever made of a snapshot, by any version on any machine."""
        query = select(column_seals.c.persons, column_seals.c.contracts).where(column_seals.c.snapshot == digest)
        return frozenset(ColumnSeal(row.persons, row.contracts) for row in self.connection.execute(query))

    def seal(self, digest: str, seal: ColumnSeal) -> None:
        """Remember the column files that were made of a stored snapshot."""
        if seal not in self.seals(digest):
            row = {"snapshot": digest, "persons": seal.persons, "contracts": seal.contracts}
            self.connection.execute(insert(column_seals).values(row))

    def list(self) -> tuple[StoredSnapshot, ...]:
        """Headings, oldest first."""
        rows = self.connection.execute(select(*_HEADING).order_by(snapshots.c.at, snapshots.c.digest))
        return tuple(_heading(row) for row in rows)


def _heading(row: Row[Any, Any, Any, Any]) -> StoredSnapshot:
    return StoredSnapshot(row.digest, row.at, row.by, row.counts)


def _read(content: bytes, digest: str) -> Snapshot:
    persons, departments = [], []
    for line in content.splitlines():
        match json.loads(line):
            case {"person": stored}:
                persons.append(read_person(stored))
            case {"department": stored}:
                departments.append(read_department(stored))
            case _:
                continue
    return Snapshot(tuple(persons), tuple(departments), digest)


def _damaged(digest: str) -> OrdainError:
    return OrdainError(
        Diagnostic(
            service.SNAPSHOT_DAMAGED,
            f"Snapshot {digest} was changed after it was saved: its content has another digest",
            hint="import again, and find out who can write to the store",
            subject=digest,
        )
    )
