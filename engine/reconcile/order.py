"""The order in which lines settle and are carried out, and which line stands behind which.

INVARIANT: one deterministic order serves statuses, limits and plans, so no bucket is ever judged before what it
depends on:

1. removals (unmanage, revoke, delete): dependent targets before those they depend on; in a target permissions, then
   access, then accounts;
2. updates of accounts: targets before those that depend on them;
3. grants and adoptions: targets before those that depend on them; in a target accounts, then access, then
   permissions.

Removals never depend on grants, so a blocked grant cannot lower what a revoke bucket counts; a blocked account bucket
makes what hangs on it waiting before the buckets of that are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.graph.ordering import in_order
from policy.diff import Op
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.targets import TargetPolicy

REMOVALS = frozenset({Op.REVOKE, Op.DELETE, Op.UNMANAGE})
ADDITIONS = frozenset({Op.GRANT, Op.ADOPT})

_REMOVED_FIRST = (Kind.PERMISSION, Kind.ACCESS, Kind.ACCOUNT)
_REMOVING = (Op.UNMANAGE, Op.REVOKE, Op.DELETE)


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """Lines that limits count together. Adoptions count as grants, a staged deletion has a bucket of its own."""

    target: str
    op: Op
    kind: Kind

    @classmethod
    def of(cls, key: EntitlementKey, op: Op) -> Bucket:
        """Bucket of a line."""
        return cls(key.target, Op.GRANT if op is Op.ADOPT else op, key.kind)

    def __str__(self) -> str:
        return f"{self.target}/{self.op}/{self.kind}"


def entitlement_id(entitlement: Entitlement) -> str:
    """Text that names an entitlement in `Why.id`: `ad/account`, `ad/permission/SEC-Nurse`."""
    return f"{entitlement.target}/{entitlement.kind}" + (f"/{entitlement.name}" if entitlement.name else "")


def target_order(targets: Mapping[str, TargetPolicy]) -> tuple[str, ...]:
    """Targets, each behind those it depends on, by id where nothing else decides. A cycle is our own bug here."""
    return in_order(
        {name: [one.target for one in target.depends_on if one.target in targets] for name, target in targets.items()}
    )


def stages(targets: tuple[str, ...]) -> Iterator[Bucket]:
    """Every bucket of `targets` (in target order), in the order above."""
    for target in reversed(targets):
        for kind in _REMOVED_FIRST:
            for op in _REMOVING:
                yield Bucket(target, op, kind)
    for target in targets:
        yield Bucket(target, Op.UPDATE, Kind.ACCOUNT)
    for target in targets:
        for kind in reversed(_REMOVED_FIRST):
            yield Bucket(target, Op.GRANT, kind)


def stage_ranks(targets: Mapping[str, TargetPolicy], seen: frozenset[str]) -> dict[Bucket, int]:
    """Place of every bucket in the order. Targets `seen` that policy does not declare come last, by id."""
    order = (*target_order(targets), *sorted(seen - targets.keys()))
    return {bucket: place for place, bucket in enumerate(stages(order))}


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Which lines of a person stand behind which. Lines of two persons never depend on one another."""

    ops: Mapping[EntitlementKey, Op]
    targets: Mapping[str, TargetPolicy]
    _removed_from: dict[EntitlementKey, list[EntitlementKey]] = field(default_factory=dict)
    _dependents: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in sorted(self.ops):
            if key.kind is not Kind.ACCOUNT and self.ops[key] in REMOVALS:
                self._removed_from.setdefault(key.account, []).append(key)
        for target in sorted(self.targets):
            for one in self.targets[target].depends_on:
                self._dependents.setdefault(one.target, []).append(target)

    def needs(self, key: EntitlementKey) -> tuple[EntitlementKey, ...]:
        """Accounts that must be there before `key` can be granted.

        The account in its target, or for an account those in the targets it depends on.
        """
        if key.kind is not Kind.ACCOUNT:
            return (key.account,)
        policy = self.targets.get(key.target)
        upstream = {one.target for one in policy.depends_on} if policy else set()
        return tuple(EntitlementKey(key.person, target, Kind.ACCOUNT) for target in sorted(upstream))

    def after(self, key: EntitlementKey) -> tuple[EntitlementKey, ...]:
        """Lines that must be carried out before the line of `key`."""
        op = self.ops[key]
        if op in ADDITIONS:
            return tuple(need for need in self.needs(key) if self.ops.get(need) in ADDITIONS)
        if op in REMOVALS and key.kind is Kind.ACCOUNT:
            below = [EntitlementKey(key.person, one, Kind.ACCOUNT) for one in self._dependents.get(key.target, ())]
            dependents = [one for one in below if self.ops.get(one) in REMOVALS]
            return (*self._removed_from.get(key, ()), *dependents)
        return ()
