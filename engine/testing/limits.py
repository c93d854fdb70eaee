"""Limits in a test: a percentage means something once it amounts to at least one entitlement."""

from __future__ import annotations

from dataclasses import replace

from policy.ledger import ManagedState
from policy.rules import CheckedPolicy
from policy.targets import Limit, TargetPolicy

_WHOLE = 10_000  # hundredths of a percent


def with_fair_limits(policy: CheckedPolicy, managed: ManagedState) -> CheckedPolicy:
    """Give `policy` without the percentages that are less than one entitlement of those managed now.

    `limit revoke account to 5 %` speaks of an organisation. Of the one or two accounts of a test it would block every
    leaver, where the organisation's own limit would not trip. Counts hold as they are, and so does the percentage as
    soon as enough is managed (5 % from 20 on, 50 % from 2 on).
    """
    targets = {name: _fair(target, managed) for name, target in policy.targets.items()}
    return policy if targets == policy.targets else replace(policy, targets=targets)


def _fair(target: TargetPolicy, managed: ManagedState) -> TargetPolicy:
    if all(one.percent_hundredths is None for one in target.limits):
        return target
    kept = [_without_fraction(one, managed.count(target.id, one.kind)) for one in target.limits]
    return replace(target, limits=tuple(one for one in kept if one is not None))


def _without_fraction(limit: Limit, base: int) -> Limit | None:
    if limit.percent_hundredths is None or limit.percent_hundredths * base >= _WHOLE:
        return limit
    return None if limit.count is None else replace(limit, percent_hundredths=None)
