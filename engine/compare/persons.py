"""Which real people gain or lose something, today and on the first day on which it begins to matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from engine.compare.entitlements import Sides
from engine.compare.relevance import Compared
from engine.evaluate.boundaries import comparisons_with_today, person_boundaries, policy_boundaries
from engine.evaluate.context import Context, prepare
from engine.evaluate.persons import PersonDecision, decide_person
from engine.people.horizon import contract_horizon
from policy.comparison import PersonChange
from policy.entitlements import Entitlement
from policy.moments import Moment
from policy.people import Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.types import Field

Progress = Callable[[int, int], None]
"""Told how many persons are done, and how many there are."""


def person_changes(
    sides: Sides, wanted: Iterable[Compared], snapshot: Snapshot, days: tuple[date, date], *, progress: Progress
) -> tuple[PersonChange, ...]:
    """Every person, entitlement and direction once, with the first day from `days[0]` to `days[1]` on which it is so.

    Only rules that have a say in `wanted` are evaluated, so what is said of anything else says nothing. Both versions
    are evaluated on the first day, and on every day in between on which the decisions of either may change for that
    person. Sorted by person, entitlement and direction.
    """
    near = sides.limited_to(wanted)
    ready = (_Side.of(near.base, sides.base, snapshot), _Side.of(near.head, sides.head, snapshot))
    found: list[PersonChange] = []
    for number, person in enumerate(snapshot.persons):
        progress(number, len(snapshot.persons))
        found += _changes_of(person, ready, days)
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class _Side:
    """One version: its contexts by day as they are needed, and what tells the days of a person.

    `policy` holds the rules that are evaluated; how far back data problems matter is asked of the `whole` one.
    """

    policy: CheckedPolicy
    whole: CheckedPolicy
    snapshot: Snapshot
    undated: Context
    moments: tuple[tuple[Field, Moment], ...]
    fixed: frozenset[date]
    contexts: dict[date, Context] = field(default_factory=dict)

    @classmethod
    def of(cls, policy: CheckedPolicy, whole: CheckedPolicy, snapshot: Snapshot) -> _Side:
        undated = prepare(policy, snapshot, date.min, include_drafts=False)
        moments = tuple(comparisons_with_today(policy))
        return cls(policy, whole, snapshot, undated, moments, frozenset(policy_boundaries(policy)))

    def boundaries(self, person: Person) -> Iterator[date]:
        yield from self.fixed
        yield from person_boundaries(person, self.undated, self.moments)

    def decide(self, person: Person, day: date) -> PersonDecision:
        if day not in self.contexts:
            context = prepare(self.policy, self.snapshot, day, include_drafts=False)
            self.contexts[day] = replace(context, horizon=contract_horizon(self.whole, day))
        return decide_person(person, self.contexts[day])


def _changes_of(person: Person, sides: tuple[_Side, _Side], days: tuple[date, date]) -> list[PersonChange]:
    first, last = days
    later = {day for side in sides for day in side.boundaries(person) if first < day <= last}
    found: dict[tuple[Entitlement, bool], PersonChange] = {}
    for day in (first, *sorted(later)):
        base, head = (side.decide(person, day) for side in sides)
        for gains, has, has_not in ((True, head, base), (False, base, head)):
            for one in has.desired.keys() - has_not.desired.keys():
                alone = _left_alone(head, one.target)
                found.setdefault((one, gains), PersonChange(person.external_id, one, gains, day, alone))
    return [*found.values()]


def _left_alone(decision: PersonDecision, target: str) -> bool:
    excluded = any(one.targets is None or target in one.targets for one in decision.excluded)
    return bool(decision.frozen) or excluded
