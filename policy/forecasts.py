"""What the coming days bring when nobody changes rules or data: the forecast, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy.decisions import Reason
from policy.diff import LimitVerdict, Line, Op, Status, Violation
from policy.entitlements import Kind


class Start(StrEnum):
    """What a forecast starts from: what is managed, or what the rules ask for on its first day."""

    MANAGED = "managed"
    FIRST_DAY = "first_day"


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """A line of that day's diff that was not there the day before.

    `before` are the reasons for which somebody was entitled to it until then: what a revoke loses. They are empty when
    no rule asked for it within the forecast.
    """

    line: Line
    before: tuple[Reason, ...] = ()

    @property
    def held_back(self) -> bool:
        """Whether something stands in the way; the line is told on the day on which it begins to wait."""
        return self.line.status is not Status.PLANNED

    @property
    def rules(self) -> frozenset[str]:
        """Ids of all rules the line names."""
        reasons = (*self.line.because, *self.before)
        return frozenset({one.rule for one in reasons} | {one.rule for one in self.line.ended if one.rule})


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """A day on which something happens; `lines` in key order.

    `limits` are those on what is planned that day, each judged by what is managed then, as if no other held anything
    back. `violations` are forbidden pairs that are held from that day on.
    """

    day: date
    lines: tuple[ForecastLine, ...]
    limits: tuple[LimitVerdict, ...] = ()
    violations: tuple[Violation, ...] = ()

    @property
    def changes(self) -> tuple[ForecastLine, ...]:
        """Lines that are carried out that day."""
        return tuple(one for one in self.lines if not one.held_back)

    @property
    def held_back(self) -> tuple[ForecastLine, ...]:
        """Lines that wait from that day on."""
        return tuple(one for one in self.lines if one.held_back)

    @property
    def tripped(self) -> tuple[LimitVerdict, ...]:
        """Limits that would trip."""
        return tuple(one for one in self.limits if one.tripped)

    def counts(self) -> dict[str, DayCount]:
        """Count lines by target, in order of targets."""
        found: dict[str, DayCount] = {}
        for one in self.lines:
            target = one.line.key.target
            found.setdefault(target, DayCount.empty()).add(one)
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class DayCount:
    """Lines of one day in one target: those carried out by operation and kind, and those held back by status.

    An adoption counts as the grant it is to the person.
    """

    changes: Counter[tuple[Op, Kind]]
    held_back: Counter[Status]

    @classmethod
    def empty(cls) -> DayCount:
        """Nothing counted yet."""
        return cls(Counter(), Counter())

    def add(self, one: ForecastLine) -> None:
        """Count a line."""
        if one.held_back:
            self.held_back[one.line.status] += 1
        else:
            op = Op.GRANT if one.line.op is Op.ADOPT else one.line.op
            self.changes[op, one.line.key.kind] += 1

    def of(self, op: Op, kind: Kind | None = None) -> int:
        """Count what is carried out of an operation, of one kind or of all."""
        return sum(count for (each, what), count in self.changes.items() if each is op and kind in {None, what})

    @property
    def total(self) -> int:
        """Everything that is carried out."""
        return self.changes.total()


@dataclass(frozen=True, slots=True)
class Forecast:
    """Days from `first` to `last`, both included, on which something happens, in order.

    `persons` are those of the snapshot, `managed` counts the entitlements that it starts from.
    """

    first: date
    last: date
    start: Start
    persons: int
    managed: int
    days: tuple[ForecastDay, ...]

    @property
    def lines(self) -> Iterator[tuple[date, ForecastLine]]:
        """Every line with its day."""
        return ((day.day, one) for day in self.days for one in day.lines)
