"""A forecast as JSON, for machines (docs/forecast.md has the schema)."""

from __future__ import annotations

from api.render.diff_view import limits_json
from api.render.forecast_view import ForecastView
from policy.canonical import JsonValue
from policy.diff import Op, line_json
from policy.entitlements import Kind
from policy.forecasts import DayCount, ForecastDay, ForecastLine

_NAMES = {Op.GRANT: "grants", Op.REVOKE: "revokes", Op.DELETE: "deletes", Op.UNMANAGE: "let_go"}


def forecast_json(view: ForecastView, *, lines: bool) -> dict[str, JsonValue]:
    """Everything a machine may want of a forecast; single lines only with `lines`."""
    forecast = view.forecast
    return {
        "from": forecast.first.isoformat(),
        "until": forecast.last.isoformat(),
        "start": forecast.start.value,
        "persons": forecast.persons,
        "managed": forecast.managed,
        "only": {
            "persons": sorted(view.selection.persons),
            "targets": sorted(view.selection.targets),
            "rules": sorted(view.selection.rules),
        },
        "totals": _count_json(view.totals()),
        "days": [_day_json(day, lines=lines) for day in forecast.days],
    }


def _day_json(day: ForecastDay, *, lines: bool) -> JsonValue:
    record: dict[str, JsonValue] = {
        "day": day.day.isoformat(),
        "persons": len({one.line.key.person for one in day.lines}),
        "targets": [{"target": target, **_count_json(count)} for target, count in day.counts().items()],
        "limits": limits_json(day.limits),
        "violations": [
            {"at": one.at, "never": one.never, "person": one.person, "severity": one.severity, "text": one.text}
            for one in day.violations
        ],
    }
    if lines:
        record["lines"] = [_line_json(one) for one in day.lines]
    return record


def _count_json(count: DayCount) -> dict[str, JsonValue]:
    changes: dict[str, JsonValue] = {
        name: {kind.value: count.of(op, kind) for kind in Kind} for op, name in _NAMES.items()
    }
    return {**changes, "held_back": {status.value: number for status, number in sorted(count.held_back.items())}}


def _line_json(one: ForecastLine) -> JsonValue:
    before: list[JsonValue] = [
        {"at": reason.at, "contract": reason.contract, "rule": reason.rule} for reason in one.before
    ]
    return {**line_json(one.line), "before": before}
