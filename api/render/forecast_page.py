"""A forecast as one html file that needs nothing else: no server, no network."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from api.render import forecast_view
from api.render.diff_page import page_templates
from api.render.diff_view import SIGNS
from api.render.forecast_chart import HEIGHT, WIDTH, chart_words, draw
from api.render.forecast_view import ForecastView
from policy.diff import Op, Status
from policy.entitlements import Kind
from policy.forecasts import ForecastDay, ForecastLine

MOST_LINES = 5_000
"""So many single lines a page holds; a forecast with more says how to see the rest."""


def render_forecast_page(view: ForecastView) -> str:
    """Page with a chart, a table of days and targets, and single lines by day and person."""
    chart = draw(view.forecast)
    days, left_out = _with_lines(view)
    return (
        page_templates()
        .get_template("forecast.html")
        .render(
            view=view,
            says=forecast_view,
            chart=chart,
            chart_words=chart_words(view.forecast, chart),
            size=(WIDTH, HEIGHT),
            days=days,
            listed={day.day for day, _ in days},
            left_out=left_out,
            columns=[(op, kind) for op in (Op.GRANT, Op.REVOKE) for kind in Kind],
            more=[(op, name) for op, name in _MORE if view.totals().of(op)],
            statuses=[one.value for one in Status if one is Status.PLANNED or view.totals().held_back[one]],
            signs=SIGNS,
        )
    )


_MORE = ((Op.DELETE, "deleted"), (Op.UNMANAGE, "let go"))
_Person = tuple[str, list[ForecastLine]]


def _with_lines(view: ForecastView) -> tuple[list[tuple[ForecastDay, list[_Person]]], int]:
    """Days with their lines by person, as many as a page holds, and how many lines are left out."""
    room, left_out = MOST_LINES, 0
    found: list[tuple[ForecastDay, list[_Person]]] = []
    for day in view.forecast.days:
        kept = day.lines[:room]
        room, left_out = room - len(kept), left_out + len(day.lines) - len(kept)
        people = groupby(kept, key=attrgetter("line.key.person"))
        if kept:
            found.append((day, [(view.called(person), [*lines]) for person, lines in people]))
    return found, left_out
