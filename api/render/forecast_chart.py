"""The chart of a forecast: bars of what is granted above a line, of what is taken away below it, ready to be drawn.

Heights grow with the square root of numbers: quiet days can be seen beside a heavy one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import sqrt

from api.render.counting import counted
from policy.diff import Op
from policy.entitlements import Kind
from policy.forecasts import DayCount, Forecast, ForecastDay

WIDTH, HEIGHT = 1000, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 6, 24, 26
_MOST_DAYS, _MOST_WEEKS = 130, 130
_LEAST_SHARE = 0.15  # of the height, for either side
_LABEL_WIDTH, _LABEL_HEIGHT = 56, 18
_STEPS = (5, 2, 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of a bar; `style` names what it stands for (`grant-account`, `gone-permission`)."""

    style: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """What happens in one period: its rectangles, what they say in words, and where a limit that would trip is marked.

    `mark` is the height of the mark, None without one.
    """

    x: float
    width: float
    pieces: tuple[Piece, ...]
    words: str
    mark: float | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A label beside an axis, and where it stands."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything to be drawn, in units of `WIDTH` and `HEIGHT`; `unit` is what a bar stands for (day, week, month)."""

    unit: str
    zero: float
    left: float
    bars: tuple[Bar, ...]
    times: tuple[Tick, ...]
    amounts: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class _Period:
    first: date
    last: date
    count: DayCount
    tripped: tuple[date, ...]

    @property
    def up(self) -> int:
        return self.count.of(Op.GRANT)

    @property
    def down(self) -> int:
        return self.count.total - self.up


def draw(forecast: Forecast) -> Chart:
    """Lay out the chart: one bar for each day, or for each week or month where days would be too narrow."""
    length = (forecast.last - forecast.first).days + 1
    unit = "day" if length <= _MOST_DAYS else "week" if length <= _MOST_WEEKS * 7 else "month"
    periods = [*_periods(forecast, unit)]
    scale = _Scale.of(max((one.up for one in periods), default=0), max((one.down for one in periods), default=0))
    wide = (WIDTH - _LEFT - _RIGHT) / length
    bars = [_bar(one, forecast.first, wide, scale) for one in periods if one.count.total or one.tripped]
    return Chart(unit, scale.zero, _LEFT, tuple(bars), tuple(_times(forecast, wide)), tuple(_amounts(scale)))


@dataclass(frozen=True, slots=True)
class _Scale:
    """How high numbers stand: `zero` is the line, `up` and `down` the greatest numbers on either side."""

    up: int
    down: int
    zero: float
    unit: float

    @classmethod
    def of(cls, up: int, down: int) -> _Scale:
        room = HEIGHT - _TOP - _BOTTOM
        roots = sqrt(up), sqrt(down)
        least = _LEAST_SHARE * (sum(roots) or 1)
        above, below = (max(one, least) for one in roots)
        unit = room / (above + below)
        return cls(up, down, _TOP + above * unit, unit)

    def height(self, number: int) -> float:
        return sqrt(number) * self.unit


def _periods(forecast: Forecast, unit: str) -> Iterator[_Period]:
    for first, days in groupby(forecast.days, key=lambda day: _begin(day.day, unit)):
        listed: list[ForecastDay] = [*days]
        count = DayCount.empty()
        for one in (line for day in listed for line in day.lines):
            count.add(one)
        last = min(_end(first, unit), forecast.last)
        yield _Period(max(first, forecast.first), last, count, tuple(day.day for day in listed if day.tripped))


def _begin(day: date, unit: str) -> date:
    match unit:
        case "day":
            return day
        case "week":
            return day - timedelta(days=min(day.weekday(), (day - date.min).days))
        case _:
            return day.replace(day=1)


def _end(first: date, unit: str) -> date:
    if unit == "day":
        return first
    room = (date.max - first).days
    if unit == "week":
        return first + timedelta(days=min(6, room))
    behind = first + timedelta(days=min(31, room))  # some day of the next month
    return max(first, behind.replace(day=1) - timedelta(days=1)) if room else first


def _bar(period: _Period, first: date, wide: float, scale: _Scale) -> Bar:
    days = (period.last - period.first).days + 1
    x, width = _LEFT + (period.first - first).days * wide, days * wide
    gap = min(width * 0.2, 3)
    up, down = scale.height(period.up), scale.height(period.down)
    pieces = [*_stack(_ups(period.count), scale.zero - up, up), *_stack(_downs(period.count), scale.zero, down)]
    mark = scale.zero - up - 5 if period.tripped else None
    return Bar(x + gap / 2, width - gap, tuple(pieces), _words(period), mark)


def _ups(count: DayCount) -> list[tuple[str, int]]:
    return [(f"grant-{kind}", count.of(Op.GRANT, kind)) for kind in reversed(Kind)]


def _downs(count: DayCount) -> list[tuple[str, int]]:
    gone = [(f"gone-{kind}", count.of(Op.REVOKE, kind)) for kind in Kind]
    return [*gone, ("gone-deleted", count.of(Op.DELETE) + count.of(Op.UNMANAGE))]


def _stack(parts: list[tuple[str, int]], top: float, height: float) -> Iterator[Piece]:
    """Rectangles from the top downwards that share the height as they share the number."""
    total = sum(number for _, number in parts)
    for style, number in parts:
        if number:
            part = height * number / total
            yield Piece(style, top, part)
            top += part


def _words(period: _Period) -> str:
    when = str(period.first) if period.first == period.last else f"{period.first} to {period.last}"
    said = [f"{period.up:,} granted", f"{period.down:,} taken away"]
    if period.tripped:
        said.append(f"a limit would trip on {', '.join(map(str, period.tripped))}")
    return f"{when}: {'; '.join(said)}"


def _times(forecast: Forecast, wide: float) -> Iterator[Tick]:
    """Firsts of months, as many as there is room for; the first day when there is none."""
    length = (forecast.last - forecast.first).days
    days = (forecast.first + timedelta(days=number) for number in range(length + 1))
    months = [day for day in days if day.day == 1] or [forecast.first]
    every = max(1, round(_LABEL_WIDTH / (30 * wide) + 0.5))
    for number, day in enumerate(months):
        at = _LEFT + (day - forecast.first).days * wide
        if number % every == 0 and at + _LABEL_WIDTH <= WIDTH:
            yield Tick(at, f"{day:%Y-%m}" if day.day == 1 else str(day))


def _amounts(scale: _Scale) -> Iterator[Tick]:
    """Round numbers above and below the line, as many as there is room for, the greatest first."""
    yield Tick(scale.zero, "0")
    for most, way in ((scale.up, -1), (scale.down, 1)):
        above = float("inf")
        for number in _round_numbers(most):
            height = scale.height(number)
            if above - height >= _LABEL_HEIGHT and height >= _LABEL_HEIGHT:
                yield Tick(scale.zero + way * height, f"{number:,}")
                above = height


def _round_numbers(most: int) -> list[int]:
    """1, 2, 5, 10, 20 … up to `most`, the greatest first."""
    powers = [10**digits for digits in range(len(str(most)))]
    return [digit * power for power in reversed(powers) for digit in _STEPS if digit * power <= most]


def chart_words(forecast: Forecast, chart: Chart) -> str:
    """Say what the chart shows, for whoever does not see it."""
    days = counted(len(chart.bars), chart.unit)
    return (
        f"Bars for {days} from {forecast.first} to {forecast.last}: what is granted stands above the line, "
        "what is taken away below it, both by the square root of the number. The table below has the same numbers."
    )
