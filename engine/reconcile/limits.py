"""Limits: when too much of one kind would happen at once (LANGUAGE.md section 7.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.reconcile.order import Bucket
from policy.diff import LimitVerdict, Op
from policy.entitlements import Kind
from policy.ledger import ExecutedChange, ManagedState
from policy.targets import Limit, TargetPolicy

_PLURALS = {Kind.ACCOUNT: "accounts", Kind.ACCESS: "accounts with access", Kind.PERMISSION: "permissions"}


@dataclass(frozen=True, slots=True)
class LimitBasis:
    """What limits are judged by: the rules, how much is managed now, what was executed before, and the day.

    Build one with `LimitBasis.of`. `bases` counts managed entitlements by target and kind, without accounts that a
    staged deletion disabled; `executed` counts past changes by bucket and day.
    """

    targets: Mapping[str, TargetPolicy]
    as_of: date
    bases: Mapping[tuple[str, Kind], int] = field(default_factory=dict)
    executed: Mapping[Bucket, Mapping[date, int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        targets: Mapping[str, TargetPolicy],
        managed: ManagedState,
        executed: Iterable[ExecutedChange],
        as_of: date,
    ) -> LimitBasis:
        """Count once what every limit asks for."""
        by_bucket: dict[Bucket, Counter[date]] = {}
        for change in executed:
            op = Op.GRANT if change.op is Op.ADOPT else change.op
            by_bucket.setdefault(Bucket(change.target, op, change.kind), Counter())[change.executed_on] += change.times
        return cls(targets, as_of, managed.counts(), by_bucket)

    def executed_within(self, bucket: Bucket, days: int) -> int:
        """Count changes of the bucket executed in the last `days` days, the day of the evaluation counting as the last.

        Later ones count too (`as_of - days < executed_on`): a diff dated back cannot slip under a budget.
        """
        first = self.as_of - timedelta(days=min(days - 1, (self.as_of - date.min).days))
        return sum(count for day, count in self.executed.get(bucket, {}).items() if day >= first)


def judge_bucket(basis: LimitBasis, bucket: Bucket, count: int) -> tuple[LimitVerdict, ...]:
    """Judge `count` lines that would otherwise be planned by every limit on their bucket, in order of the rules.

    A limit is reached at its count or percentage (`>=`, exact integers); with nothing managed a percentage does not
    apply. A bucket without lines is never tripped, however much was executed before. The limits on `revoke account`
    hold for staged deletions as well, which are counted in a bucket of their own; unmanaging has no limits.
    """
    policy = basis.targets.get(bucket.target)
    if policy is None:
        return ()
    action = Op.REVOKE if bucket.op is Op.DELETE else bucket.op
    limits = sorted(policy.limits, key=lambda limit: limit.span)
    return tuple(
        _judge(basis, bucket, count, limit)
        for limit in limits
        if limit.action == action.value and limit.kind is bucket.kind
    )


def _judge(basis: LimitBasis, bucket: Bucket, count: int, limit: Limit) -> LimitVerdict:
    base = basis.bases.get((bucket.target, bucket.kind), 0)
    executed = 0 if limit.days is None else basis.executed_within(bucket, limit.days)
    total = count + executed
    by_count = limit.count is not None and total >= limit.count
    hundredths = limit.percent_hundredths
    by_percent = hundredths is not None and base > 0 and total * 10_000 >= hundredths * base
    tripped = count > 0 and (by_count or by_percent)
    return LimitVerdict(
        target=bucket.target,
        op=bucket.op,
        kind=bucket.kind,
        count=count,
        executed=executed,
        limit=limit_text(limit),
        base=base,
        days=limit.days,
        tripped=tripped,
        at=limit.span.at,
        text=_verdict_text(bucket, limit, (count, executed, base), tripped=tripped),
    )


def limit_text(limit: Limit) -> str:
    """Limit as its author wrote it: `5 or 2 %`, `20 in 7 days`."""
    parts = [] if limit.count is None else [str(limit.count)]
    if limit.percent_hundredths is not None:
        parts.append(f"{limit.percent} %")
    days = "" if limit.days is None else f" in {limit.days} {'day' if limit.days == 1 else 'days'}"
    return " or ".join(parts) + days


def _verdict_text(bucket: Bucket, limit: Limit, numbers: tuple[int, int, int], *, tripped: bool) -> str:
    count, executed, base = numbers
    said = f"{bucket.op} {bucket.kind} in {bucket.target}"
    lines = f"{count} {'line' if count == 1 else 'lines'}"
    before = "" if limit.days is None else f" and {executed} executed in the last {limit.days} days"
    verdict = "is reached" if tripped else "is not reached"
    managed = f"{base} {_PLURALS[bucket.kind]} managed there now"
    return f"{said}: {lines}{before}; the limit of {limit_text(limit)} {verdict} ({limit.span.at}; {managed})."
