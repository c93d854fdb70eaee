"""Managed state: what we granted or adopted, with its lineage and serial (M of DIFFS.md section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policy.canonical import JsonValue, digest_of
from policy.diff import Op
from policy.entitlements import EntitlementKey, Kind


@dataclass(frozen=True, slots=True)
class ManagedEntitlement:
    """An entitlement we manage.

    For an account: `anchor` is the target's unchanging reference, `attributes` the mapped attributes last applied,
    `account_data` what dependent targets and notifications may use (snake case names), `iteration` the one that made
    unique fields unique. `generation` grows by one each time this
    key is granted anew, so an action id is never reused. `disabled_on` is the day a staged deletion disabled the
    account: it is no longer desired, and is deleted later. `unmanage` marks an entitlement released by hand: the next
    diff forgets it and leaves it in the target.
    """

    key: EntitlementKey
    generation: int
    anchor: str = ""
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    account_data: Mapping[str, JsonValue] = field(default_factory=dict)
    iteration: int = 0
    disabled_on: date | None = None
    unmanage: bool = False


def managed_json(entry: ManagedEntitlement) -> dict[str, JsonValue]:
    """Canonical JSON object of an entry."""
    return {
        "account_data": entry.account_data,
        "anchor": entry.anchor,
        "attributes": entry.attributes,
        "disabled_on": entry.disabled_on.isoformat() if entry.disabled_on else None,
        "generation": entry.generation,
        "iteration": entry.iteration,
        "kind": entry.key.kind.value,
        "name": entry.key.name,
        "person": entry.key.person,
        "target": entry.key.target,
        "unmanage": entry.unmanage,
    }


@dataclass(frozen=True, slots=True)
class ManagedState:
    """All we manage.

    `lineage` names this ledger for ever; `serial` grows by one with every change. `entries` in key order.
    """

    lineage: str
    serial: int
    entries: Mapping[EntitlementKey, ManagedEntitlement] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over lineage, serial and every entry."""
        return digest_of(
            {
                "entries": [managed_json(self.entries[key]) for key in sorted(self.entries)],
                "lineage": self.lineage,
                "serial": self.serial,
            }
        )

    def count(self, target: str, kind: Kind) -> int:
        """Count entitlements of `kind` managed in `target` now: the base of percentages.

        Accounts that a staged deletion disabled are taken away already and do not count.
        """
        return sum(
            1
            for key, entry in self.entries.items()
            if key.target == target and key.kind is kind and entry.disabled_on is None
        )


@dataclass(frozen=True, slots=True)
class ExecutedChange:
    """Something that was done, for the budgets `in N days`."""

    target: str
    kind: Kind
    op: Op
    executed_on: date
