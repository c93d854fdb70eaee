"""Days that matter: on which days to ask at all, and which days of every date field to try then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from engine.prove.cuts import BEHIND, FIRST, cut_of, is_exact, reach_of
from engine.prove.formula import DayOrder, DayTerm, Var, variables

ORDINARY = date(2026, 6, 15)
"""A day like any other: where the calendar does not matter, a witness is made for this one."""

FIRST_ASKED = date(1900, 1, 1)
LAST_ASKED = date(2199, 12, 31)
"""Proofs speak of every day from the one to the other; dates of people may be any of the calendar."""

_CYCLE = 1461
_LEFT_OUT_LEAP_DAYS = (date(1900, 3, 1), date(2100, 3, 1), date(2200, 3, 1))
_MOST_DAYS = 40_000
_MONTH = 62
_MOST_REACH = 60 * 366


@dataclass(frozen=True, slots=True)
class Days:
    """Days to ask about, most ordinary first; `complete`: on every other day the answers are those of one of them."""

    days: tuple[date, ...]
    complete: bool


def alone(orders: Iterable[DayOrder]) -> tuple[DayOrder, ...]:
    """Orders of one date field against today or the calendar."""
    return tuple(one for one in orders if len(variables(one)) == 1 and not _is_own(one))


def cells_of(var: Var, orders: Iterable[DayOrder], today: date) -> tuple[tuple[int, int], ...]:
    """First and last day (ordinals) of every cell of `var`: all days of a cell give the same truth to `orders`."""
    cuts = {cut_of(one, var, _known(one, var, today)) for one in orders}
    edges = [FIRST, *sorted(cuts - {FIRST, BEHIND}), BEHIND]
    return tuple((low, high - 1) for low, high in pairwise(edges))


@lru_cache(maxsize=1 << 8)
def days_that_matter(asked: tuple[DayOrder, ...]) -> Days:
    """Choose days of asking so that every possible arrangement of all cells occurs on one of them."""
    star = [(one, variables(one)[0]) for one in alone(asked)]
    bare = [one for one in asked if not variables(one)]
    moving = [one for one, _ in star if _moves(one)]
    fixed = {cut_of(one, var, _known(one, var, ORDINARY)) for one, var in star if not _moves(one)}
    fixed |= {turn for one in bare for turn in _turn(one)}
    if not all(is_exact(term) for one in moving for term in (one.left, one.right)):
        candidates, complete = _whole_calendar(sorted(fixed), max(map(reach_of, moving)) + _MONTH)
    elif fixed:
        candidates, complete = _near_turns(star, bare), True
    else:
        return Days((ORDINARY,), complete=True)
    kept: dict[tuple[object, ...], date] = {}
    for number in sorted(candidates, key=lambda one: abs(one - ORDINARY.toordinal())):
        if FIRST_ASKED.toordinal() <= number <= LAST_ASKED.toordinal():
            today = date.fromordinal(number)
            kept.setdefault(_arrangement(star, bare, today), today)
    return Days(tuple(kept.values()), complete)


def _is_own(order: DayOrder) -> bool:
    """Tell whether a date field is compared with itself, moved: that hangs on no day at all."""
    return order.left.base == order.right.base


def _known(order: DayOrder, var: Var, today: date) -> date:
    other = order.right.base if order.left.base == var else order.left.base
    assert not isinstance(other, Var), "the order speaks of one field alone"
    return other if isinstance(other, date) else today


def _moves(order: DayOrder) -> bool:
    """Tell whether the order turns on another day of its field as today goes on."""
    return "today" in (order.left.base, order.right.base)


def _turn(order: DayOrder) -> Iterator[int]:
    """Ordinal of the day of asking at which an order of today and a day of the calendar turns."""
    today = Var(0, "")
    named = DayOrder(_naming(order.left, today), _naming(order.right, today), order.strict)
    if not _is_own(named):
        yield cut_of(named, today, _known(named, today, ORDINARY))


def _arrangement(star: list[tuple[DayOrder, Var]], bare: list[DayOrder], today: date) -> tuple[object, ...]:
    """Tell what a day of asking decides: the order of all cuts of every field, and what hangs on today alone."""
    cuts: dict[Var, list[int]] = {}
    for order, var in star:
        cuts.setdefault(var, []).append(cut_of(order, var, _known(order, var, today)))
    ranks = []
    for found in cuts.values():
        place = {cut: number for number, cut in enumerate(sorted({FIRST, *found, BEHIND}))}
        ranks.append((*(place[cut] for cut in found), len(place)))
    return (*ranks, *(bare_truth(one, today) for one in bare))


def bare_truth(order: DayOrder, today: date) -> bool:
    """Truth of an order of today and days of the calendar."""
    return day_of(order.left, today) < day_of(order.right, today) or (
        not order.strict and day_of(order.left, today) == day_of(order.right, today)
    )


def day_of(term: DayTerm, today: date) -> date:
    """Day of a term that rests on no field."""
    assert not isinstance(term.base, Var), "a field's day is not known here"
    return term.moved(term.base if isinstance(term.base, date) else today)


def _near_turns(star: list[tuple[DayOrder, Var]], bare: list[DayOrder]) -> set[int]:
    """Days around which a cut that moves with today meets one that does not, and days far from all of them."""
    found = {ORDINARY.toordinal(), FIRST_ASKED.toordinal(), LAST_ASKED.toordinal()}
    fields: dict[Var, tuple[set[int], set[int]]] = {}
    for order, var in star:
        still, moving = fields.setdefault(var, (set(), set()))
        cut = cut_of(order, var, _known(order, var, ORDINARY))
        if _moves(order):
            moving.add(cut - ORDINARY.toordinal())
        else:
            still.add(cut)
    turns = {cut - shift for still, moving in fields.values() for cut in still for shift in moving}
    turns |= {turn for order in bare for turn in _turn(order)}
    return found | {turn + near for turn in turns for near in (-1, 0, 1)}


def _naming(term: DayTerm, today: Var) -> DayTerm:
    return DayTerm(today, term.offset, term.direction) if term.base == "today" else term


def _whole_calendar(fixed: list[int], reach: int) -> tuple[set[int], bool]:
    """Every day of a cycle of leap years, around the leap days that are left out, and around the days that are named.

    Elsewhere months are as long as in the cycle, and nothing named is near.
    """
    start = ORDINARY.toordinal()
    found = set(range(start, start + _CYCLE))
    for day in _LEFT_OUT_LEAP_DAYS:
        found |= set(range(day.toordinal() - reach, day.toordinal() + reach))
    around = 2 * reach + _CYCLE
    for number in fixed:
        if FIRST_ASKED.toordinal() - around <= number <= LAST_ASKED.toordinal() + around:
            found |= set(range(number - around, number + around))
        if len(found) > _MOST_DAYS:
            return found, False
    return found, reach <= _MOST_REACH


def by_field(orders: Iterable[DayOrder]) -> Mapping[Var, tuple[DayOrder, ...]]:
    """Orders of one field alone, by the field."""
    found: dict[Var, tuple[DayOrder, ...]] = {}
    for one in alone(orders):
        var = variables(one)[0]
        found[var] = (*found.get(var, ()), one)
    return found
