"""Cuts: the day at which a comparison of one date with a known day turns, as months clamp and the calendar ends."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from engine.prove.formula import DayOrder, DayTerm, Var
from policy.moments import Duration, Unit, move

FIRST = date.min.toordinal()
BEHIND = date.max.toordinal() + 1
"""Ordinal behind the last day: a cut there never turns."""

_SLACK = 5
"""Months of different lengths, clamped, lie no more than this many days from a straight count back."""


def cut_of(order: DayOrder, var: Var, known: date) -> int:
    """Ordinal of the first day of `var` at which `order` turns, the other side having its base at `known`.

    Before it `order` has one truth and from there on the other: true first where `var` stands on the left. `FIRST`:
    turned from the beginning, `BEHIND`: never.
    """
    on_left = order.left.base == var
    mine, other = (order.left, order.right) if on_left else (order.right, order.left)
    reached = other.moved(known).toordinal() + (on_left is not order.strict)
    return BEHIND if reached >= BEHIND else first_day(mine.offset, mine.direction, reached)


def holds_between(order: DayOrder, left: date, right: date) -> bool:
    """Truth of `order` where its sides have these bases."""
    first, second = order.left.moved(left), order.right.moved(right)
    return first < second or (first == second and not order.strict)


@lru_cache(maxsize=1 << 16)
def first_day(offset: Duration | None, direction: Literal["before", "after"], reached: int) -> int:
    """Ordinal of the first day that, moved so, is day number `reached` or later; `BEHIND` when there is none."""
    wanted = date.fromordinal(reached)
    back = move(wanted, offset, "before" if direction == "after" else "after").toordinal()
    at = max(FIRST, back - _SLACK)
    while at < BEHIND and move(date.fromordinal(at), offset, direction).toordinal() < reached:
        at += 1
    while at > FIRST and move(date.fromordinal(at - 1), offset, direction).toordinal() >= reached:
        at -= 1  # where the calendar ends, many days are moved to the same one
    return at


def is_exact(term: DayTerm) -> bool:
    """Tell whether moving is by days alone, so that differences of days are all that matters."""
    return term.offset is None or term.offset.unit in {Unit.DAYS, Unit.WEEKS}


def reach_of(order: DayOrder) -> int:
    """Days, at most, by which both sides of `order` are moved together."""
    return sum(_days_of(one.offset) for one in (order.left, order.right))


def _days_of(offset: Duration | None) -> int:
    if offset is None:
        return 0
    days = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 31, Unit.YEARS: 366}[offset.unit]
    return min(offset.count * days, (date.max - date.min) // timedelta(days=1))
