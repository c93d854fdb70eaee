"""Everything a diff is made of, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policy.canonical import JsonValue
from policy.decisions import Decisions
from policy.diff import Ended
from policy.entitlements import EntitlementKey
from policy.ledger import ExecutedChange, ManagedState
from policy.rules import CheckedPolicy
from policy.targets import AccountPayload, Observation


@dataclass(frozen=True, slots=True)
class Correlation:
    """How accounts of a target are matched with persons.

    An account belongs to the person whose value equals its `account_field`. A person without a value matches none.
    """

    account_field: str
    values: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReconcileInputs:
    """What `reconcile` looks at.

    `payloads` are the attributes an update would set, by account key, for desired accounts that are managed or could
    be adopted; `payload_problems` say why an account could not be mapped (the person's line is frozen for it).
    `observations` and `correlations` are by target; a target that was not read has none. `executed` are past changes
    for the budgets `in N days`. `secret_fields` (by target) show in before/after as digests salted with `salt` only.
    `previous_as_of` is the day of the diff enforced last: exclusions that held then and have ended are named in the
    lines that they release. `endings` say of managed keys that are not desired why not (`engine.explain.losses`).
    """

    decisions: Decisions
    policy: CheckedPolicy
    managed: ManagedState
    payloads: Mapping[EntitlementKey, AccountPayload] = field(default_factory=dict)
    payload_problems: Mapping[EntitlementKey, str] = field(default_factory=dict)
    observations: Mapping[str, Observation] = field(default_factory=dict)
    correlations: Mapping[str, Correlation] = field(default_factory=dict)
    executed: tuple[ExecutedChange, ...] = ()
    secret_fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    salt: bytes = b""
    previous_as_of: date | None = None
    endings: Mapping[EntitlementKey, tuple[Ended, ...]] = field(default_factory=dict)
