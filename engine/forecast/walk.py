"""The walk over the days: on each, only whoever it may turn something for is evaluated and reconciled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from engine.enforce.apply import Effect, apply_effects
from engine.forecast.budgets import Budgets
from engine.forecast.evaluations import Evaluations
from engine.forecast.holdings import Holdings
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.decisions import Decisions, Reason
from policy.diff import Line, Op, Status, Violation
from policy.entitlements import EntitlementKey
from policy.forecasts import Forecast, ForecastDay, ForecastLine, Start
from policy.ledger import ExecutedChange, ManagedState
from policy.rules import CheckedPolicy

_DAY = timedelta(days=1)

Progress = Callable[[int, int], None]
"""Told how many days are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """What is managed before the first day, what was executed for the budgets `in N days`, and the last enforced day.

    With nothing managed the first day is taken as enforced: its grants are where the forecast starts, not part of it.
    """

    managed: ManagedState
    executed: tuple[ExecutedChange, ...] = ()
    previous_as_of: date | None = None

    @property
    def kind(self) -> Start:
        """What the forecast starts from."""
        return Start.MANAGED if self.managed.entries else Start.FIRST_DAY


def forecast(
    policy: CheckedPolicy,
    evaluations: Evaluations,
    start: StartingPoint,
    days: tuple[date, date],
    *,
    progress: Progress = lambda _done, _total: None,
) -> Forecast:
    """Tell what changes on each day from `days[0]` to `days[1]` if nobody changes rules or data.

    Every day is taken as evaluated, approved and enforced in full: planned lines alone have an effect, and limits hold
    nothing back. INVARIANT: equal to evaluating and reconciling everybody on every single day (E8, E9). Targets are not
    read and attributes not mapped: nothing is updated, and nothing adopted but accounts that were disabled.
    """
    walk = _Walk(policy, evaluations, start, days)
    found = []
    for day in walk.days():
        progress((day - days[0]).days, (days[1] - days[0]).days + 1)
        found.append(walk.look(day))
    told = tuple(one for one in found if one.lines or one.violations)
    return Forecast(*days, start.kind, len(evaluations.persons()), walk.started_with, told)


@dataclass(slots=True)
class _Walk:
    policy: CheckedPolicy
    evaluations: Evaluations
    start: StartingPoint
    span: tuple[date, date]
    holdings: Holdings = field(init=False)
    budgets: Budgets = field(init=False)
    unlimited: CheckedPolicy = field(init=False)
    today: date = field(init=False)
    agenda: dict[date, set[str]] = field(default_factory=dict)
    seen: dict[str, _Seen] = field(default_factory=dict)
    started_with: int = 0

    def __post_init__(self) -> None:
        self.holdings = Holdings.of(self.start.managed)
        self.budgets = Budgets.of(self.policy.targets, self.start.executed)
        self.unlimited = _without_limits(self.policy)
        self.started_with = self.holdings.counts.total()
        self.today = self.span[0]
        self.agenda[self.today] = {*self.evaluations.persons(), *self.holdings.persons}
        for day, persons in self.evaluations.turning_days(*self.span).items():
            self.note(day, persons)
        for never in self.policy.nevers.values():
            for one in never.exceptions:
                self.note(_behind(one.until), [one.person])

    def days(self) -> Iterator[date]:
        """Each day on which somebody is to be looked at; looking may add later ones."""
        while self.agenda:
            self.today = min(self.agenda)
            yield self.today

    def note(self, day: date | None, persons: Iterable[str]) -> None:
        """Look at these persons on a day, when it is yet to come and lies in the span."""
        if day is not None and self.today < day <= self.span[1]:
            self.agenda.setdefault(day, set()).update(persons)

    def look(self, day: date) -> ForecastDay:
        """Evaluate and reconcile whoever is due on the day, as if all that was planned before had been carried out."""
        persons, opening = self.agenda.pop(day), day == self.span[0]
        decisions = self.evaluations.decide(None if opening else persons, day)
        before, managed = dict(self.holdings.counts), self.holdings.part(persons)
        previous = self.start.previous_as_of if opening else day - _DAY
        diff = reconcile(ReconcileInputs(decisions, self.unlimited, managed, previous_as_of=previous))
        planned = [line for line in diff.lines if line.status is Status.PLANNED]
        self.holdings.put(persons, apply_effects(managed, [(line, self._effect(line, day)) for line in planned]))
        lines = self._new_lines(diff.lines, decisions)
        violations = self._new_violations(diff.violations)
        self._look_ahead(day, persons, planned, decisions)
        self._remember(persons, decisions, diff.lines, diff.violations)
        if opening and self.start.kind is Start.FIRST_DAY:
            self.started_with = self.holdings.counts.total()
            return ForecastDay(day, tuple(one for one in lines if one.held_back), (), violations)
        return ForecastDay(day, lines, tuple(self.budgets.spend(planned, day, before)), violations)

    def _effect(self, line: Line, day: date) -> Effect:
        target = self.policy.targets.get(line.key.target)
        return Effect(day, staged=target is not None and target.staged_deletion is not None)

    def _new_lines(self, lines: Iterable[Line], decisions: Decisions) -> tuple[ForecastLine, ...]:
        """Lines that were not there when their person was looked at last: what still waits is not told again."""
        found: list[ForecastLine] = []
        for line in lines:
            seen = self.seen.get(line.key.person, _NOTHING)
            if (line.key, line.op, line.status) not in seen.waiting:
                before = () if line.key in decisions.desired else seen.reasons(line.key)
                found.append(ForecastLine(replace(line, n=len(found)), before))
        return tuple(found)

    def _new_violations(self, violations: Iterable[Violation]) -> tuple[Violation, ...]:
        return tuple(one for one in violations if one.never not in self.seen.get(one.person, _NOTHING).violated)

    def _look_ahead(self, day: date, persons: Collection[str], planned: Iterable[Line], decisions: Decisions) -> None:
        """Note the days on which something turns for these persons that hangs on more than their own dates."""
        # What was carried out may let something else go on that waited for it: the next diff tells.
        self.note(_behind(day), {line.key.person for line in planned})
        for person in persons & decisions.excluded.keys():
            for one in decisions.excluded[person]:
                self.note(_behind(self.policy.exclusions[one.exclusion].until), [person])
        for key, entry in self.holdings.part(persons).entries.items():
            if entry.disabled_on is not None:
                target = self.policy.targets.get(key.target)
                staged = target.staged_deletion if target else None
                wait = staged.delete_after_days if staged else 0
                self.note(_later(entry.disabled_on, wait), [key.person])

    def _remember(
        self, persons: Iterable[str], decisions: Decisions, lines: Iterable[Line], violations: Iterable[Violation]
    ) -> None:
        for person in persons:
            self.seen[person] = _Seen(decisions)
        for line in lines:
            if line.status is not Status.PLANNED:
                self.seen[line.key.person].waiting.add((line.key, line.op, line.status))
        for one in violations:
            self.seen[one.person].violated.add(one.never)


@dataclass(slots=True)
class _Seen:
    """What was found when a person was looked at last: what they were entitled to, what waited, what was violated."""

    decisions: Decisions | None = None
    waiting: set[tuple[EntitlementKey, Op, Status]] = field(default_factory=set)
    violated: set[str] = field(default_factory=set)

    def reasons(self, key: EntitlementKey) -> tuple[Reason, ...]:
        """Why somebody was entitled to it."""
        return () if self.decisions is None else self.decisions.desired.get(key, ())


_NOTHING = _Seen()


def _without_limits(policy: CheckedPolicy) -> CheckedPolicy:
    return replace(policy, targets={name: replace(one, limits=()) for name, one in policy.targets.items()})


def _behind(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + _DAY


def _later(day: date, days: int) -> date | None:
    return None if (date.max - day).days < days else day + timedelta(days=days)
