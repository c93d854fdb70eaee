"""Cuts and days of asking, beside the calendar walked day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.prove.cuts import BEHIND, cut_of, first_day, holds_between
from engine.prove.days import cells_of, days_that_matter
from engine.prove.formula import DayOrder, DayTerm, Var
from policy.moments import Duration, Unit, move

START, END = Var(1, "start_date"), Var(1, "end_date")
TODAY = DayTerm("today")

days = st.dates(date(2023, 11, 1), date(2025, 4, 1))
durations = st.none() | st.builds(Duration, st.integers(0, 9), st.sampled_from(Unit))
directions = st.sampled_from(("before", "after"))


@given(durations, directions, days)
def test_the_first_day_is_the_first(offset: Duration | None, direction: str, reached: date) -> None:
    number = first_day(offset, direction, reached.toordinal())
    day = date.fromordinal(number)
    assert move(day, offset, direction) >= reached
    assert move(day - timedelta(days=1), offset, direction) < reached


@given(durations, directions, st.dates(date(9999, 10, 1)))
def test_where_the_calendar_ends_the_first_day_may_lie_behind(
    offset: Duration | None, direction: str, reached: date
) -> None:
    number = first_day(offset, direction, reached.toordinal())
    before = date.fromordinal(number - 1)
    assert move(before, offset, direction) < reached
    assert number == BEHIND or move(date.fromordinal(number), offset, direction) >= reached


terms = st.builds(DayTerm, st.just(START), durations, directions)
todays = st.builds(DayTerm, st.just("today") | days, durations, directions)
orders = st.builds(DayOrder, terms, todays, st.booleans()) | st.builds(DayOrder, todays, terms, st.booleans())


def truth(order: DayOrder, start: date, today: date) -> bool:
    known = {"today": today, START: start}
    left, right = order.left.base, order.right.base
    return holds_between(order, known.get(left, left), known.get(right, right))


@given(orders, days, days)
def test_an_order_turns_at_its_cut_and_nowhere_else(order: DayOrder, start: date, today: date) -> None:
    other = order.right.base if order.left.base == START else order.left.base
    cut = cut_of(order, START, today if other == "today" else other)
    turned = start.toordinal() >= cut
    assert truth(order, start, today) == (turned != (order.left.base == START))


@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(st.lists(orders, min_size=1, max_size=3).map(tuple), st.data())
def test_every_day_looks_like_one_of_those_that_matter(asked: tuple[DayOrder, ...], data: st.DataObject) -> None:
    chosen = days_that_matter(asked)
    assert chosen.complete

    def possible(today: date) -> frozenset[tuple[bool, ...]]:
        firsts = (date.fromordinal(low) for low, _ in cells_of(START, asked, today))
        return frozenset(tuple(truth(one, start, today) for one in asked) for start in firsts)

    known = {possible(today) for today in chosen.days}
    for _ in range(20):
        assert possible(data.draw(st.dates(date(1900, 1, 1), date(2199, 12, 31)) | days)) in known


def test_without_months_or_fixed_days_one_day_is_like_another() -> None:
    order = DayOrder(DayTerm(START, Duration(14, Unit.DAYS), "before"), TODAY, strict=False)
    assert len(days_that_matter((order,)).days) == 1


@pytest.mark.parametrize("unit", [Unit.MONTHS, Unit.YEARS])
def test_a_month_against_its_days_is_asked_in_more_than_one_month(unit: Unit) -> None:
    days_of = {Unit.MONTHS: 30, Unit.YEARS: 365}[unit]
    asked = (
        DayOrder(DayTerm(START), DayTerm("today", Duration(1, unit), "before"), strict=False),
        DayOrder(DayTerm("today", Duration(days_of, Unit.DAYS), "before"), DayTerm(START), strict=True),
    )
    assert len(days_that_matter(asked).days) > 1
