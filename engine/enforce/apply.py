"""What is managed after a line was carried out: one entry at a time, the same for every store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from policy.diff import Line, Op
from policy.enforcement import ActionResult
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState
from policy.targets import AccountPayload


@dataclass(frozen=True, slots=True)
class Effect:
    """What happened when a line was carried out.

    `result` is what the target said, `payload` what was sent (None for access, permissions and removals), secrets
    already digested. `generation` is the one of this key's new entry (grants and adoptions). `on` is the day it
    counts for, `staged` whether the target disables accounts on revoke and deletes them later.
    """

    on: date
    generation: int = 1
    result: ActionResult = field(default_factory=ActionResult)
    payload: AccountPayload | None = None
    staged: bool = False


def entry_after(line: Line, entry: ManagedEntitlement | None, effect: Effect) -> ManagedEntitlement | None:
    """Entry of the line's key after it was done; None when it is managed no longer.

    `entry` is the one before: None for a grant, and for an adoption that is no return of a disabled account.
    """
    match line.op:
        case Op.GRANT:
            return _with_payload(ManagedEntitlement(line.key, effect.generation, effect.result.anchor), effect)
        case Op.ADOPT:
            return _adopted(line, entry, effect)
        case Op.UPDATE:
            assert entry is not None, "only what is managed is updated"
            return _with_payload(entry, effect)
        case Op.REVOKE:
            assert entry is not None, "E6: what we do not manage is never revoked"
            staged = effect.staged and line.key.kind is Kind.ACCOUNT
            return replace(entry, disabled_on=effect.on) if staged else None
        case Op.DELETE | Op.UNMANAGE:
            return None


def apply_effects(managed: ManagedState, done: Iterable[tuple[Line, Effect]]) -> ManagedState:
    """Carry `done` into the managed state, in order; the serial grows by one with every line."""
    entries: dict[EntitlementKey, ManagedEntitlement] = dict(managed.entries)
    serial = managed.serial
    for line, effect in done:
        after = entry_after(line, entries.pop(line.key, None), effect)
        if after is not None:
            entries[line.key] = after
        serial += 1
    return ManagedState(managed.lineage, serial, dict(sorted(entries.items())))


def _adopted(line: Line, entry: ManagedEntitlement | None, effect: Effect) -> ManagedEntitlement:
    anchor = line.anchor if line.key.kind is Kind.ACCOUNT and line.anchor else effect.result.anchor
    fresh = ManagedEntitlement(line.key, effect.generation, anchor)
    if entry is not None:
        fresh = replace(entry, generation=effect.generation, anchor=anchor, disabled_on=None)
    return _with_payload(fresh, effect)


def _with_payload(entry: ManagedEntitlement, effect: Effect) -> ManagedEntitlement:
    payload = effect.payload
    if payload is None:
        return entry
    return replace(
        entry,
        anchor=entry.anchor or effect.result.anchor,
        attributes={**entry.attributes, **payload.attributes},
        account_data={**entry.account_data, **payload.account_data},
        iteration=payload.iteration,
    )
