"""Order of execution: every line behind all it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.reconcile.order import Bucket, Dependencies, stage_ranks
from policy.diff import Line
from policy.entitlements import EntitlementKey
from policy.targets import TargetPolicy


def order_lines(lines: Sequence[Line], targets: Mapping[str, TargetPolicy]) -> tuple[Line, ...]:
    """Lines in the order of `engine.reconcile.order`, by number where nothing else decides.

    That order is a topological one: removals before grants, what depends behind what it depends on. A line's own
    dependencies (`find_earlier`) are what must have happened; the rest of the order is only tidy.
    """
    ranks = stage_ranks(targets, frozenset(line.key.target for line in lines))
    return tuple(sorted(lines, key=lambda line: (ranks[Bucket.of(line.key, line.op)], line.n)))


def find_earlier(
    lines: Sequence[Line], targets: Mapping[str, TargetPolicy]
) -> dict[EntitlementKey, tuple[EntitlementKey, ...]]:
    """Keys whose lines must be done before each line; persons are independent of one another.

    Access and permissions come behind the grant of their account, an account behind the grants of those in the
    targets its own depends on; the removal of an account comes behind the removal of all that hangs on it, dependent
    accounts included.
    """
    dependencies = Dependencies({line.key: line.op for line in lines}, targets)
    return {line.key: dependencies.after(line.key) for line in lines}
