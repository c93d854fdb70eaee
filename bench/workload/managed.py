"""The state that was managed before: what is desired, but for two pairs of a hundred."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.workload.domains import AS_OF
from bench.workload.firings import desired_pairs
from bench.workload.plain_rules import PlainRules, plain_rules
from engine.columnar.columns import Columns
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState
from policy.rules import CheckedPolicy

CHANGED_SHARE = 0.02
LINEAGE = "workload"


@dataclass(frozen=True, eq=False)
class ManagedPairs:
    """Who holds what: `pairs` are the row of the person times the number of `entitlements`, plus the entitlement.

    Both ascending.
    """

    entitlements: tuple[Entitlement, ...]
    pairs: NDArray[np.int64]

    @property
    def person(self) -> NDArray[np.int32]:
        """Row of the person of every pair."""
        return (self.pairs // len(self.entitlements)).astype(np.int32)

    @property
    def entitlement(self) -> NDArray[np.int32]:
        """Place of the entitlement of every pair."""
        return (self.pairs % len(self.entitlements)).astype(np.int32)


def make_managed(columns: Columns, policy: CheckedPolicy, seed: int = 1) -> ManagedPairs:
    """Work out what is desired, and change two pairs of a hundred of it."""
    rules = plain_rules(policy, columns.departments, AS_OF)
    return change_pairs(desired_pairs(rules, columns), rules, columns.person_count, seed=seed)


def change_pairs(desired: NDArray[np.int64], rules: PlainRules, persons: int, *, seed: int) -> ManagedPairs:
    """Take away one pair of a hundred, and add as many permissions that are not desired."""
    draw = np.random.default_rng([seed, 98])
    count = int(len(desired) * CHANGED_SHARE / 2)
    kept = np.delete(desired, draw.choice(len(desired), count, replace=False) if count else [])
    permissions = [place for place, one in enumerate(rules.entitlements) if one.kind is Kind.PERMISSION]
    who = draw.integers(0, persons, 2 * count, dtype=np.int64)
    what = np.asarray(permissions, np.int64)[draw.integers(0, len(permissions), 2 * count)]
    added = np.setdiff1d(np.unique(who * len(rules.entitlements) + what), desired, assume_unique=True)
    draw.shuffle(added)
    return ManagedPairs(rules.entitlements, np.sort(np.concatenate((kept, added[:count]))))


def managed_state(pairs: ManagedPairs, columns: Columns) -> ManagedState:
    """Give the same state as the ledger has it, entry by entry."""
    persons = columns.person_ids.to_pylist()
    keys = [
        EntitlementKey.of(persons[person], pairs.entitlements[entitlement])
        for person, entitlement in zip(pairs.person.tolist(), pairs.entitlement.tolist(), strict=True)
    ]
    return ManagedState(LINEAGE, 1, {key: ManagedEntitlement(key, 1, _anchor(key)) for key in keys})


def _anchor(key: EntitlementKey) -> str:
    return f"{key.target}:{key.person}" if key.kind is Kind.ACCOUNT else ""
