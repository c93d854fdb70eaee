"""Date fields that are compared with one another: which days of each to try.

A set of demands “this day lies so many days before that one” that can be met at all is met with every day a sum of
such counts away from a day that is fixed: so the days reached by going along the demands, from field to field, suffice
where all counts are of days. Months have no such law: there the days are only tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from engine.prove.cuts import BEHIND, FIRST, cut_of, is_exact, reach_of
from engine.prove.days import FIRST_ASKED, LAST_ASKED, by_field
from engine.prove.formula import DayOrder, DayTerm, Var, variables

_FAR = 100 * 366
_MOST = 300


def linked(orders: Iterable[DayOrder]) -> frozenset[Var]:
    """Fields that are compared with another field."""
    return frozenset(var for one in orders if len(variables(one)) > 1 for var in variables(one))


def days_to_try(
    fields: frozenset[Var], orders: Iterable[DayOrder], today: date
) -> tuple[Mapping[Var, tuple[date, ...]], bool]:
    """Days of every linked field, ascending; False: they may not be all that matter."""
    asked = [one for one in orders if fields & set(variables(one))]
    pairs = [one for one in asked if len(variables(one)) > 1]
    found = {var: {today.toordinal(), today.toordinal() + _FAR, today.toordinal() - _FAR} for var in fields}
    for var, single in by_field(asked).items():
        found[var] |= {cut - back for one in single for cut in [_single_cut(one, var, today)] for back in (0, 1)}
    complete = all(is_exact(term) for one in asked for term in (one.left, one.right))
    complete = complete and sum(map(reach_of, asked)) < _FAR
    for _ in fields:
        for order in pairs:
            one, other = variables(order)
            reached = {one: _across(order, one, found[other]), other: _across(order, other, found[one])}
            for var, days in reached.items():
                found[var] |= days
        if max(map(len, found.values())) > _MOST:
            complete = False
            break
    return {var: tuple(sorted(_possible(days))) for var, days in found.items()}, complete


def _single_cut(order: DayOrder, var: Var, today: date) -> int:
    other = order.right if order.left.base == var else order.left
    return cut_of(order, var, other.base if isinstance(other.base, date) else today)


def _across(order: DayOrder, var: Var, days: Iterable[int]) -> set[int]:
    """Days of `var` at which the order turns, and those before, while the other side has one of `days`."""
    cuts = {cut_of(order, var, date.fromordinal(day)) for day in days if FIRST <= day < BEHIND}
    return cuts | {cut - 1 for cut in cuts}


def _possible(days: Iterable[int]) -> Iterable[date]:
    return (date.fromordinal(day) for day in days if FIRST <= day < BEHIND)


def asked_days(orders: Iterable[DayOrder], ordinary: date) -> tuple[tuple[date, ...], bool]:
    """Days of asking that linked fields need beside the others, where days of the calendar are named."""
    today = Var(0, "")
    named = [DayOrder(_naming(one.left, today), _naming(one.right, today), one.strict) for one in orders]
    kept = [one for one in named if one.left.base != one.right.base and variables(one)]
    if not any(isinstance(term.base, date) for one in kept for term in (one.left, one.right)):
        return (), all(is_exact(term) for one in kept for term in (one.left, one.right))
    everything = frozenset(var for one in kept for var in variables(one)) | {today}
    found, complete = days_to_try(everything, kept, ordinary)
    return tuple(day for day in found[today] if FIRST_ASKED <= day <= LAST_ASKED), complete


def _naming(term: DayTerm, today: Var) -> DayTerm:
    return DayTerm(today, term.offset, term.direction) if term.base == "today" else term
