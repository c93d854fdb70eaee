"""Limits day by day: each is judged by what is managed then and what was carried out before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from engine.reconcile.limits import LimitBasis, judge_bucket
from engine.reconcile.order import Bucket
from policy.diff import LimitVerdict, Line
from policy.entitlements import Kind
from policy.ledger import ExecutedChange, ManagedState
from policy.targets import TargetPolicy


@dataclass(slots=True)
class Budgets:
    """What was carried out so far, by bucket and day, and the targets with their limits."""

    targets: Mapping[str, TargetPolicy]
    executed: dict[Bucket, Counter[date]]

    @classmethod
    def of(cls, targets: Mapping[str, TargetPolicy], executed: Iterable[ExecutedChange]) -> Budgets:
        """Begin with what was executed before the first day."""
        before = LimitBasis.of(targets, ManagedState("", 0), executed, date.min).executed
        return cls(targets, {bucket: Counter(days) for bucket, days in before.items()})

    def spend(self, planned: Iterable[Line], day: date, managed: Mapping[tuple[str, Kind], int]) -> list[LimitVerdict]:
        """Judge the planned lines of a day by what is managed before them, and count them as carried out."""
        basis = LimitBasis(self.targets, day, managed, self.executed)
        counts = Counter(Bucket.of(line.key, line.op) for line in planned)
        verdicts = [verdict for bucket in sorted(counts) for verdict in judge_bucket(basis, bucket, counts[bucket])]
        for bucket, count in counts.items():
            self.executed.setdefault(bucket, Counter())[day] += count
        return verdicts
