"""A forecast as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from api.render.diagnostics import show_unseen
from api.render.diff_text import render_line
from api.render.forecast_view import ForecastView, limit_sentence
from policy.diff import Op
from policy.entitlements import Kind
from policy.forecasts import DayCount, ForecastDay, ForecastLine

_NONE = "·"
_COLUMNS = [(op, kind) for op in (Op.GRANT, Op.REVOKE) for kind in Kind]


def render_forecast(view: ForecastView, *, lines: bool) -> str:
    """Heading, a row for each day and target, limits that would trip, and with `lines` every line with its reasons."""
    parts = [view.title(), view.origin(), *filter(None, [view.narrowed()]), ""]
    parts += [*_table(view)]
    parts += [f"! {limit_sentence(day, one)}" for day, one in view.tripped]
    parts += [f"! {day}: person {view.called(person)}: {text}" for day, person, text in view.violations]
    parts += [view.summary(), *filter(None, [view.held_back()])]
    if lines:
        for day in view.forecast.days:
            parts += _lines(view, day)
    return "\n".join(show_unseen(part) for part in parts) + "\n"


def _table(view: ForecastView) -> Iterator[str]:
    rows = [*view.rows]
    if not rows:
        return
    totals = view.totals()
    more = [op for op in (Op.DELETE, Op.UNMANAGE) if totals.of(op)]
    held, trips = bool(totals.held_back), bool(view.tripped)
    head = ["day", "target", "persons", *(f"{'+' if op is Op.GRANT else '-'}{kind}" for op, kind in _COLUMNS)]
    head += [{Op.DELETE: "deleted", Op.UNMANAGE: "let go"}[op] for op in more]
    head += ["held back"] * held + ["limit"] * trips
    body = [head]
    for day, target, count in rows:
        cells = [
            day.day.isoformat(),
            target,
            _number(view.persons(day, target)),
            *(_number(count.of(op, kind)) for op, kind in _COLUMNS),
        ]
        cells += [_number(count.of(op)) for op in more]
        cells += [_number(count.held_back.total())] * held
        cells += ["would trip" if any(one.target == target for one in day.tripped) else ""] * trips
        body.append(cells)
    body.append(_totals(totals, view.everybody, more, held=held, trips=trips))
    yield from _aligned(body)
    yield ""


def _totals(totals: DayCount, people: int, more: Sequence[Op], *, held: bool, trips: bool) -> list[str]:
    cells = ["total", "", _number(people), *(_number(totals.of(op, kind)) for op, kind in _COLUMNS)]
    cells += [_number(totals.of(op)) for op in more]
    return cells + [_number(totals.held_back.total())] * held + [""] * trips


def _number(count: int) -> str:
    return f"{count:,}" if count else _NONE


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Texts to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    left = {0, 1} | ({len(widths) - 1} if rows[0][-1] == "limit" else set())
    for row in rows:
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _lines(view: ForecastView, day: ForecastDay) -> Iterator[str]:
    for person, lines in groupby(day.lines, key=lambda one: one.line.key.person):
        yield ""
        yield f"{day.day}  {view.called(person)}"
        for one in lines:
            yield from _line(one)


def _line(one: ForecastLine) -> Iterator[str]:
    first, *rest = render_line(one.line)
    yield first
    for reason in one.before:
        yield f"      until then because {reason.rule} ({reason.at})" + (
            f", contract {reason.contract}" if reason.contract else ""
        )
    yield from rest
