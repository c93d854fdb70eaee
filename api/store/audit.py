"""The audit log: an append-only RFC 6962 Merkle tree, written in the transaction of what it records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from api.store.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from api.store.failures import nothing_stored
from api.store.records import AuditEntry, AuditReport
from api.store.schema import audit_checkpoints, audit_entries
from engine.trust.merkle import consistency_proof, inclusion_proof, leaf_hash, merkle_root
from policy.audit import AuditEvent, audit_bytes, read_audit_event
from policy.catalogue import service
from policy.diagnostics import Diagnostic
from policy.trust import Signer


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Audit log of one transaction. `origin` names the log in its checkpoints."""

    connection: Connection
    origin: str

    def append(self, event: AuditEvent) -> int:
        """Add an event; its index. Triggers refuse a change, a removal, and an index out of turn."""
        return self.append_all([event])

    def append_all(self, events: Sequence[AuditEvent]) -> int:
        """Add events in their order; the index of the first."""
        first = self.size()
        leaves = [audit_bytes(event) for event in events]
        rows = [
            {"idx": index, "leaf_hash": leaf_hash(leaf), "event": leaf.decode()}
            for index, leaf in enumerate(leaves, first)
        ]
        if rows:
            self.connection.execute(insert(audit_entries), rows)
        return first

    def size(self) -> int:
        """Count the entries."""
        last = self.connection.execute(select(func.max(audit_entries.c.idx))).scalar_one()
        return 0 if last is None else int(last) + 1

    def entries(self, start: int = 0, end: int | None = None) -> tuple[AuditEntry, ...]:
        """Entries from index `start` up to, not including, `end`."""
        query = select(audit_entries).where(audit_entries.c.idx >= start).order_by(audit_entries.c.idx)
        if end is not None:
            query = query.where(audit_entries.c.idx < end)
        return tuple(
            AuditEntry(row.idx, read_audit_event(json.loads(row.event)), row.leaf_hash)
            for row in self.connection.execute(query)
        )

    def root(self, size: int | None = None) -> bytes:
        """Merkle root over the first `size` entries (all of them). Raises UsageError past the end."""
        return merkle_root(self._leaves(size))

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Proof that entry `index` is in the tree of the first `size` entries: RFC 9162 section 2.1.3."""
        leaves = self._leaves(size)
        if not 0 <= index < len(leaves):
            raise nothing_stored("audit entry", str(index))
        return inclusion_proof(leaves, index)

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """Proof that the tree of `new` entries continues the one of `old`: RFC 9162 section 2.1.4."""
        leaves = self._leaves(new)
        if not 0 <= old <= len(leaves):
            raise nothing_stored("audit entry", str(old))
        return consistency_proof(leaves, old)

    def checkpoint(self, signer: Signer) -> str:
        """Sign what the log is now (C2SP tlog-checkpoint) and remember it: `verify` holds the log to it."""
        note = sign_checkpoint(Checkpoint(self.origin, self.size(), self.root()), signer)
        self.connection.execute(insert(audit_checkpoints).values(size=self.size(), note=note))
        return note

    def checkpoints(self) -> tuple[str, ...]:
        """Every checkpoint signed so far, oldest first."""
        query = select(audit_checkpoints.c.note).order_by(audit_checkpoints.c.number)
        return tuple(self.connection.execute(query).scalars())

    def verify(self, seen: Sequence[str] = ()) -> AuditReport:
        """Recompute everything from the entries' own bytes, trusting no stored hash.

        Held against every remembered checkpoint and those `seen` elsewhere (signatures are the caller's to check): only
        a copy kept elsewhere shows that entries *and* checkpoints were rewritten together.
        """
        leaves: list[bytes] = []
        problems: list[Diagnostic] = []
        for row in self.connection.execute(select(audit_entries).order_by(audit_entries.c.idx)):
            computed = leaf_hash(row.event.encode())
            if row.idx != len(leaves):
                problems.append(_broken(f"Entry {len(leaves)} is missing: the next one found is {row.idx}"))
                break
            if computed != row.leaf_hash:
                problems.append(_broken(f"Entry {row.idx} was changed: its bytes do not hash to what was stored"))
            leaves.append(computed)
        notes = (*self.checkpoints(), *seen)
        problems += [problem for note in notes if (problem := self._judge(note, leaves)) is not None]
        return AuditReport(len(leaves), merkle_root(leaves), len(notes), tuple(problems))

    def _judge(self, note: str, leaves: Sequence[bytes]) -> Diagnostic | None:
        checkpoint = read_checkpoint(note)
        if checkpoint is None or checkpoint.origin != self.origin:
            return _broken(f"This is no checkpoint of `{self.origin}`: {note.splitlines()[:1]}")
        if checkpoint.size > len(leaves):
            return _broken(f"A checkpoint speaks of {checkpoint.size} entries, the log has {len(leaves)}")
        if merkle_root(leaves[: checkpoint.size]) != checkpoint.root:
            return _broken(f"The first {checkpoint.size} entries are not those a checkpoint was signed for")
        return None

    def _leaves(self, size: int | None) -> Sequence[bytes]:
        query = select(audit_entries.c.leaf_hash).order_by(audit_entries.c.idx)
        if size is not None:
            query = query.where(audit_entries.c.idx < size)
        leaves = self.connection.execute(query).scalars().all()
        if size is not None and not 0 <= size == len(leaves):
            raise nothing_stored("audit entry", str(size - 1))
        return leaves


def _broken(detail: str) -> Diagnostic:
    return Diagnostic(
        service.AUDIT_BROKEN,
        detail,
        hint="stop, keep a copy of the store as it is, and find out who can write to it",
        subject="audit log",
    )
