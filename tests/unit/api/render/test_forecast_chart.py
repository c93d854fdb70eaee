"""The chart of a forecast: what a bar stands for, that bars keep their place, and that nothing is drawn for nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from api.render.forecast_chart import HEIGHT, WIDTH, Chart, draw
from policy.diff import LimitVerdict, Line, Op, Status
from policy.entitlements import Kind
from policy.forecasts import Forecast, ForecastDay, ForecastLine, Start
from tests.builders.diffs import key

FIRST = date(2026, 3, 2)
TRIPPED = LimitVerdict("ad", Op.GRANT, Kind.ACCESS, 1, 0, "1", 10, None, tripped=True, at="x.ordain:1", text="")


def day_of(number: int, *ops: tuple[Op, int], tripped: bool = False) -> ForecastDay:
    lines = [ForecastLine(Line(0, key("P1 ad access"), op, Status.PLANNED)) for op, count in ops for _ in range(count)]
    return ForecastDay(FIRST + timedelta(days=number), tuple(lines), (TRIPPED,) if tripped else ())


def chart_of(length: int, *days: ForecastDay) -> Chart:
    return draw(Forecast(FIRST, FIRST + timedelta(days=length - 1), Start.MANAGED, 1, 1, days))


def height(chart: Chart, bar: int) -> float:
    return sum(piece.height for piece in chart.bars[bar].pieces)


@pytest.mark.parametrize(("length", "unit"), [(1, "day"), (130, "day"), (131, "week"), (910, "week"), (911, "month")])
def test_a_bar_stands_for_what_there_is_room_for(length: int, unit: str) -> None:
    assert chart_of(length, day_of(0, (Op.GRANT, 1))).unit == unit


def test_grants_stand_above_the_line_and_the_rest_below() -> None:
    chart = chart_of(90, day_of(0, (Op.GRANT, 3), (Op.REVOKE, 1), (Op.DELETE, 1)))
    (bar,) = chart.bars
    assert [piece.style for piece in bar.pieces] == ["grant-access", "gone-access", "gone-deleted"]
    up, *down = bar.pieces
    assert up.y + up.height == pytest.approx(chart.zero)
    assert all(piece.y >= chart.zero - 0.001 for piece in down)
    assert bar.words == "2026-03-02: 3 granted; 2 taken away"


def test_heights_grow_with_the_square_root() -> None:
    chart = chart_of(90, day_of(0, (Op.GRANT, 4)), day_of(1, (Op.GRANT, 400)))
    assert height(chart, 1) == pytest.approx(10 * height(chart, 0))


def test_days_of_a_week_share_a_bar_that_ends_with_the_forecast() -> None:
    chart = chart_of(140, day_of(0, (Op.GRANT, 1)), day_of(6, (Op.GRANT, 2)), day_of(139, (Op.REVOKE, 1), tripped=True))
    assert [bar.words for bar in chart.bars] == [
        "2026-03-02 to 2026-03-08: 3 granted; 0 taken away",
        "2026-07-13 to 2026-07-19: 0 granted; 1 taken away; a limit would trip on 2026-07-19",
    ]
    assert [bar.mark is not None for bar in chart.bars] == [False, True]


def test_everything_lies_on_the_sheet() -> None:
    doomsday = ForecastDay(date.max, day_of(0, (Op.GRANT, 1)).lines)
    end_of_time = draw(Forecast(date.max - timedelta(days=2), date.max, Start.MANAGED, 1, 1, (doomsday,)))
    many = chart_of(1827, *(day_of(number, (Op.GRANT, number + 1), (Op.REVOKE, 5)) for number in range(1827)))
    for chart in (end_of_time, many, chart_of(90, day_of(89, (Op.REVOKE, 7)))):
        for bar in chart.bars:
            assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
            assert all(0 <= piece.y <= piece.y + piece.height <= HEIGHT for piece in bar.pieces)
        assert all(0 <= tick.at <= WIDTH for tick in chart.times)
        assert all(0 <= tick.at <= HEIGHT for tick in chart.amounts)


def test_nothing_is_drawn_for_nothing() -> None:
    chart = chart_of(90)
    assert (chart.bars, [tick.label for tick in chart.amounts]) == ((), ["0"])
