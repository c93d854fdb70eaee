"""The books: what is managed, what runs did, and what the audit log says of both."""

from __future__ import annotations

from dataclasses import dataclass, replace

from api.store.records import AuditEntry, AuditReport, StoredAction, StoredRun
from api.tools import Tools
from policy.audit import AuditEvent
from policy.catalogue.service import NOTHING_STORED
from policy.diagnostics import Diagnostic, UsageError
from policy.entitlements import EntitlementKey
from policy.ledger import ManagedEntitlement, ManagedState


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which entries are wanted; None = any."""

    person: str | None = None
    target: str | None = None

    def covers(self, key: EntitlementKey) -> bool:
        """Tell whether an entry is wanted."""
        return self.person in {None, key.person} and self.target in {None, key.target}


def read_ledger(tools: Tools, wanted: LedgerFilter) -> tuple[ManagedState, list[ManagedEntitlement]]:
    """Give the managed state, and the entries that are wanted, in key order."""
    with tools.store.read() as tx:
        state = tx.ledger.state()
        # One person's rows are few: the entries of everybody need not be built for them.
        entries = state.entries if wanted.person is None else tx.ledger.of_persons([wanted.person])
    return state, sorted((entry for key, entry in entries.items() if wanted.covers(key)), key=lambda one: one.key)


def read_runs(tools: Tools) -> list[tuple[StoredRun, tuple[StoredAction, ...]]]:
    """Every run with its actions, oldest first."""
    with tools.store.read() as tx:
        return [(run, tx.actions.of_run(run.id)) for run in tx.runs.list()]


def unmanage(tools: Tools, key: EntitlementKey, because: str) -> None:
    """Mark an entitlement as released by hand: the next diff forgets it and leaves it in the target.

    Raises UsageError when it is not managed.
    """
    with tools.store.write() as tx:
        entry = tx.ledger.get(key)
        if entry is None:
            hint = "`ordain ledger --person PERSON` lists what is managed"
            raise UsageError(Diagnostic(NOTHING_STORED, f"The {key} is not managed.", hint=hint, subject=str(key)))
        tx.ledger.put(replace(entry, unmanage=True))
        tx.audit.append(AuditEvent(tools.now(), "ledger.released", tools.actor, str(key), {"because": because}))


def read_audit(tools: Tools, start: int = 0, end: int | None = None) -> tuple[AuditEntry, ...]:
    """Entries of the audit log."""
    with tools.store.read() as tx:
        return tx.audit.entries(start, end)


def verify_audit(tools: Tools, seen: tuple[str, ...] = ()) -> AuditReport:
    """Recompute the whole log and hold it against every checkpoint, those `seen` elsewhere included."""
    with tools.store.read() as tx:
        return tx.audit.verify(seen)
