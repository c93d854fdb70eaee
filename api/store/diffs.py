"""Signed diffs with their approvals and execution statements. A diff is consumed once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from api.store.failures import nothing_stored
from api.store.packing import pack, unpack
from api.store.records import DiffHeading, DiffState, StoredDiff, columns_of
from api.store.schema import diffs, statements
from policy.catalogue import service
from policy.diagnostics import Diagnostic, UsageError

_SHORTEST_PREFIX = 6
_BLOBS = ("lines", "salts", "events")
_HEADING = [column for column in diffs.c if column.name not in {"number", "envelope", *_BLOBS}]
_APPROVAL, _EXECUTION = "approval", "execution"


@dataclass(frozen=True, slots=True)
class Diffs:
    """Diffs of one transaction."""

    connection: Connection

    def save(self, diff: StoredDiff) -> None:
        """Keep a diff."""
        row = columns_of(diff)
        row.update({name: pack(row[name]) for name in _BLOBS})
        self.connection.execute(insert(diffs).values(row))

    def get(self, diff_id: str) -> StoredDiff:
        """Diff by its id or by the beginning of it (six characters or more).

        Raises UsageError when there is none, or when several begin so.
        """
        row = self.connection.execute(select(diffs).where(diffs.c.id == self.full_id(diff_id))).one()
        stored = _plain(row)
        del stored["number"]
        stored.update({name: _unpacked(stored[name], row.id) for name in _BLOBS})
        return StoredDiff(**stored)

    def events(self, diff_id: str) -> bytes:
        """Give the `events.ndjson` of a diff by its whole id; empty for diffs of versions that knew no events."""
        return _unpacked(self.connection.execute(select(diffs.c.events).where(diffs.c.id == diff_id)).scalar(), diff_id)

    def full_id(self, prefix: str) -> str:
        """Whole id of the diff whose id is, or begins with, `prefix`. Raises UsageError as `get` does."""
        query = select(diffs.c.id).where(func.substr(diffs.c.id, 1, len(prefix)) == prefix).order_by(diffs.c.id)
        found = self.connection.execute(query).scalars().all()
        if prefix in found:
            return prefix
        if not found or len(prefix) < _SHORTEST_PREFIX:
            raise nothing_stored("diff", prefix)
        if len(found) > 1:
            raise UsageError(
                Diagnostic(
                    service.AMBIGUOUS_ID,
                    f"`{prefix}` begins the ids of {len(found)} diffs: {', '.join(found)}",
                    hint="write more of the id",
                    subject=prefix,
                )
            )
        return str(found[0])

    def list(self) -> tuple[DiffHeading, ...]:
        """Headings of every diff, oldest first."""
        rows = self.connection.execute(select(*_HEADING).order_by(diffs.c.number))
        return tuple(DiffHeading(**_plain(row)) for row in rows)

    def consume(self, diff_id: str, run_id: str, *, at: datetime) -> bool:
        """Compare-and-swap from open to consumed. True for exactly one caller, ever."""
        swap = (
            update(diffs)
            .where(diffs.c.id == diff_id, diffs.c.state == DiffState.OPEN)
            .values(state=DiffState.CONSUMED, consumed_by=run_id, consumed_at=at)
        )
        return self.connection.execute(swap).rowcount == 1

    def add_approval(self, diff_id: str, envelope: bytes, *, at: datetime) -> bool:
        """Keep a reviewer's statement; False when the very same one is there already."""
        return self._add(diff_id, _APPROVAL, envelope, at)

    def approvals(self, diff_id: str) -> tuple[bytes, ...]:
        """Envelopes of the approvals of a diff, in the order in which they came."""
        return self._statements(diff_id, _APPROVAL)

    def add_execution(self, diff_id: str, envelope: bytes, *, at: datetime) -> bool:
        """Keep the statement about a diff's execution; False when the very same one is there already."""
        return self._add(diff_id, _EXECUTION, envelope, at)

    def execution(self, diff_id: str) -> bytes | None:
        """Envelope of the last execution statement of a diff."""
        found = self._statements(diff_id, _EXECUTION)
        return found[-1] if found else None

    def _add(self, diff_id: str, kind: str, envelope: bytes, at: datetime) -> bool:
        if envelope in self._statements(diff_id, kind):
            return False
        digest = hashlib.sha256(envelope).hexdigest()
        row = {"diff_id": diff_id, "kind": kind, "digest": digest, "envelope": envelope, "at": at}
        self.connection.execute(insert(statements).values(row))
        return True

    def _statements(self, diff_id: str, kind: str) -> tuple[bytes, ...]:
        query = (
            select(statements.c.envelope)
            .where(statements.c.diff_id == diff_id, statements.c.kind == kind)
            .order_by(statements.c.number)
        )
        return tuple(self.connection.execute(query).scalars())


def _unpacked(stored: bytes | None, diff_id: str) -> bytes:
    return b"" if stored is None else unpack(stored, f"diff {diff_id}")


def _plain(row: Row[Any]) -> dict[str, Any]:
    stored = dict(row._mapping)  # noqa: SLF001  # the documented name of a row's mapping
    return {**stored, "state": DiffState(stored["state"])}
