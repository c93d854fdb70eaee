"""The walk over the days: on each, only whoever it may turn something for is evaluated and reconciled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from engine.enforce.apply import Effect, apply_effects
from engine.forecast.budgets import Budgets
from engine.forecast.evaluations import Evaluations
from engine.forecast.holdings import Holdings, granted, held_back
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
    found = [walk.open()]
    for day in walk.days():
        progress((day - days[0]).days, (days[1] - days[0]).days + 1)
        found.append(walk.look(day))
    told = tuple(one for one in found if one.lines or one.violations)
    return Forecast(*days, start.kind, evaluations.person_count, walk.started_with, told)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one day brings: decisions about some persons, lines and violations of their diff."""

    decisions: Decisions
    lines: Sequence[Line]
    violations: Sequence[Violation]


@dataclass(slots=True)
class _Seen:
    """What was found when a person was looked at last: what they were entitled to, what waited, what was violated."""

    decisions: Decisions | None = None
    waiting: set[tuple[EntitlementKey, Op, Status]] = field(default_factory=set)
    violated: set[str] = field(default_factory=set)

    def reasons(self, key: EntitlementKey) -> tuple[Reason, ...]:
        """Why somebody was entitled to it."""
        return () if self.decisions is None else self.decisions.desired.get(key, ())


@dataclass(slots=True)
class _Walk:
    policy: CheckedPolicy
    evaluations: Evaluations
    start: StartingPoint
    span: tuple[date, date]
    today: date = field(init=False)
    holdings: Holdings = field(init=False)
    budgets: Budgets = field(init=False)
    unlimited: CheckedPolicy = field(init=False)
    unseen: _Seen = field(default_factory=_Seen)
    """What was found on the first day about whoever nothing more is known of."""
    agenda: dict[date, set[str]] = field(default_factory=dict)
    seen: dict[str, _Seen] = field(default_factory=dict)
    started_with: int = 0

    def __post_init__(self) -> None:
        self.today = self.span[0]
        self.budgets = Budgets.of(self.policy.targets, self.start.executed)
        self.unlimited = _without_limits(self.policy)
        for day, persons in self.evaluations.turning_days(*self.span).items():
            self.note(day, persons)
        for never in self.policy.nevers.values():
            for one in never.exceptions:
                self.note(_behind(one.until), [one.person])

    def open(self) -> ForecastDay:
        """Evaluate and reconcile everybody on the first day."""
        start = self.start
        decisions = self.evaluations.decide_all(self.today)
        diff = self.evaluations.reconcile_all(
            ReconcileInputs(decisions, self.unlimited, start.managed, previous_as_of=start.previous_as_of)
        )
        begins_empty = start.kind is Start.FIRST_DAY
        lines = held_back(diff.lines) if begins_empty else [*diff.lines]
        self.holdings = Holdings.of(granted(diff.lines, start.managed) if begins_empty else start.managed)
        self.started_with = self.holdings.counts.total()
        self._note_exclusions(decisions, decisions.excluded)
        self._note_deletions({*self.holdings.disabled()})
        if begins_empty:
            self.note(_behind(self.today), _restless(lines))
        people = {line.key.person for line in lines} | {one.person for one in diff.violations}
        found = self._settle(_Found(decisions, lines, diff.violations), people)
        self.unseen = _Seen(decisions)
        return found

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
        persons = self.agenda.pop(day)
        decisions = self.evaluations.decide(persons, day)
        managed = self.holdings.part(persons)
        diff = reconcile(ReconcileInputs(decisions, self.unlimited, managed, previous_as_of=day - _DAY))
        self._note_exclusions(decisions, persons & decisions.excluded.keys())
        return self._settle(_Found(decisions, diff.lines, diff.violations), persons)

    def _settle(self, found: _Found, persons: Iterable[str]) -> ForecastDay:
        """Carry out what is planned for these persons, and remember what was found about them."""
        planned = [line for line in found.lines if line.status is Status.PLANNED]
        limits = self.budgets.spend(planned, self.today, self.holdings.counts)
        movers = {line.key.person for line in planned}
        done = [(line, self._effect(line)) for line in planned]
        self.holdings.put(movers, apply_effects(self.holdings.part(movers), done))
        self.note(_behind(self.today), _restless(found.lines) & movers)
        self._note_deletions(movers)
        told = ForecastDay(self.today, self._new_lines(found), tuple(limits), self._new_violations(found))
        self._remember(found, persons)
        return told

    def _effect(self, line: Line) -> Effect:
        target = self.policy.targets.get(line.key.target)
        return Effect(self.today, staged=target is not None and target.staged_deletion is not None)

    def _new_lines(self, found: _Found) -> tuple[ForecastLine, ...]:
        """Lines that were not there when their person was looked at last: what still waits is not told again."""
        told: list[ForecastLine] = []
        for line in found.lines:
            seen = self.seen.get(line.key.person, self.unseen)
            if (line.key, line.op, line.status) not in seen.waiting:
                before = () if line.because else seen.reasons(line.key)
                told.append(ForecastLine(replace(line, n=len(told)), before))
        return tuple(told)

    def _new_violations(self, found: _Found) -> tuple[Violation, ...]:
        known = ((one, self.seen.get(one.person, self.unseen)) for one in found.violations)
        return tuple(one for one, seen in known if one.never not in seen.violated)

    def _note_exclusions(self, decisions: Decisions, persons: Iterable[str]) -> None:
        """Look again when an exclusion is over that holds for these persons."""
        for person in persons:
            for one in decisions.excluded[person]:
                self.note(_behind(self.policy.exclusions[one.exclusion].until), [person])

    def _note_deletions(self, persons: Iterable[str]) -> None:
        """Look again when an account that a staged deletion disabled is due: at the earliest in the next diff."""
        for key, entry in self.holdings.part(persons).entries.items():
            if entry.disabled_on is not None:
                target = self.policy.targets.get(key.target)
                staged = target.staged_deletion if target else None
                due = _later(entry.disabled_on, staged.delete_after_days if staged else 0)
                self.note(_behind(self.today) if due is not None and due <= self.today else due, [key.person])

    def _remember(self, found: _Found, persons: Iterable[str]) -> None:
        for person in persons:
            self.seen[person] = _Seen(found.decisions)
        for line in found.lines:
            if line.status is not Status.PLANNED:
                self.seen[line.key.person].waiting.add((line.key, line.op, line.status))
        for one in found.violations:
            self.seen[one.person].violated.add(one.never)


def _restless(lines: Iterable[Line]) -> set[str]:
    """Persons whose next diff may have lines although nothing turns: something waits, or is given back.

    Where all is carried out and nothing was taken away that a rule asks for, everybody holds what they are entitled
    to.
    """
    return {
        line.key.person
        for line in lines
        if line.status is not Status.PLANNED or line.op is Op.UNMANAGE or (line.op is Op.REVOKE and line.because)
    }


def _without_limits(policy: CheckedPolicy) -> CheckedPolicy:
    return replace(policy, targets={name: replace(one, limits=()) for name, one in policy.targets.items()})


def _behind(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + _DAY


def _later(day: date, days: int) -> date | None:
    return None if (date.max - day).days < days else day + timedelta(days=days)
