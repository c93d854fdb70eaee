"""Days on which decisions may change although nobody changes rules or data (DIFFS.md, invariant E8)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from engine.evaluate.context import Context, conditions_of, prepare
from engine.evaluate.typed_person import type_person
from engine.evaluate.values import value_of
from engine.evaluate.windows import period_of
from engine.people.horizon import contract_horizon
from engine.people.required import freezing_problems
from policy.expressions import Comparison, MomentOperand, walk
from policy.moments import Moment, move
from policy.people import Contract, Person
from policy.rules import CheckedPolicy, WindowBound
from policy.snapshot import Snapshot
from policy.types import Field

_DAY = timedelta(days=1)
_Moments = Sequence[tuple[Field, Moment]]


def date_boundaries(policy: CheckedPolicy, snapshot: Snapshot) -> tuple[date, ...]:
    """Days, ascending, such that decisions are constant from each to the day before the next; drafts included.

    Some of them may change nothing. A boundary is the first day of a contract or window, the day behind its last day,
    the day behind an exclusion's `until`, the day on which an
    ended contract no longer freezes anybody, or a day on which a comparison with a moment counted from today turns.
    """
    context = prepare(policy, snapshot, date.min, include_drafts=True)
    found, moments = set(policy_boundaries(policy)), comparisons_with_today(policy)
    for person in snapshot.persons:
        found.update(person_boundaries(person, context, moments))
    return tuple(sorted(found))


def policy_boundaries(policy: CheckedPolicy) -> Iterator[date]:
    """Boundaries that the policy has for everybody: the days behind the last days of exclusions."""
    for one in policy.exclusions.values():
        behind = None if one.until is None else day_behind(one.until)
        if behind is not None:
            yield behind


def person_boundaries(person: Person, context: Context, moments: _Moments) -> Iterator[date]:
    """Boundaries of one person, in no order and some of them more than once; the day of the context does not matter.

    `moments` are the `comparisons_with_today` of the context's policy.
    """
    policy = context.policy
    typed = type_person(person, context)
    troubled = bool(freezing_problems(person, policy.schema))
    found = [*_of_comparisons(typed, None, moments)]
    for contract in typed.contracts:
        found += [*_of_contract(contract), *_of_comparisons(typed, contract, moments)]
        found += [*_of_windows(typed, contract, context)]
        if troubled:
            found.append(_of_horizon(contract, policy))
    return (day for day in found if day is not None)


def _of_contract(contract: Contract) -> Iterator[date | None]:
    start, end = contract.values.get("start_date"), contract.values.get("end_date")
    if isinstance(start, date):
        yield start
    if isinstance(end, date):
        yield day_behind(end)


def _of_horizon(contract: Contract, policy: CheckedPolicy) -> date | None:
    """First day on which the contract is too long ago for its data problems to freeze anybody."""
    end = contract.values.get("end_date")
    return _first_day(lambda day: contract_horizon(policy, day) > end) if isinstance(end, date) else None


def _of_windows(person: Person, contract: Contract, context: Context) -> Iterator[date | None]:
    """First days and days behind last days; a bound counted from today moves along and is no boundary."""
    for window in context.windows:
        period = period_of(window, person, contract, as_of=context.as_of)
        if not _moves_along(window.starting):
            yield period.first
        if not _moves_along(window.ending) and period.last is not None:
            yield day_behind(period.last)


def _moves_along(bound: WindowBound | None) -> bool:
    return bound is not None and bound.moment is not None and bound.moment.base == "today"


def comparisons_with_today(policy: CheckedPolicy) -> _Moments:
    """Fields that are compared with a moment that moves along with today, and that moment; each pair once."""
    compared = (
        (one.field, one.operand.moment)
        for condition in conditions_of(policy)
        for one in walk(condition)
        if isinstance(one, Comparison) and isinstance(one.operand, MomentOperand)
        if one.operand.moment.base == "today"
    )
    return [*dict.fromkeys(compared)]


def _of_comparisons(person: Person, contract: Contract | None, comparisons: _Moments) -> Iterator[date | None]:
    for field, moment in comparisons:
        value = value_of(field, person, contract)
        if isinstance(value, date):
            yield from _turns(moment, value)


@lru_cache(maxsize=65_536)
def _turns(moment: Moment, value: date) -> tuple[date | None, date | None]:
    """Days on which the moment reaches the value, and on which it passes it (moving a day never turns the order)."""
    return (
        _first_day(lambda day: move(day, moment.offset, moment.direction) >= value),
        _first_day(lambda day: move(day, moment.offset, moment.direction) > value),
    )


def _first_day(reached: Callable[[date], bool]) -> date | None:
    """First day of the calendar on which `reached`, which never turns back, is true; None when there is none."""
    first, last = date.min.toordinal(), date.max.toordinal()
    at = bisect_left(range(first, last + 1), True, key=lambda number: reached(date.fromordinal(number)))  # noqa: FBT003  # false before true
    return date.fromordinal(first + at) if first + at <= last else None


def day_behind(day: date) -> date | None:
    """Give the day behind a last day; None behind the last of the calendar."""
    return None if day == date.max else day + _DAY
