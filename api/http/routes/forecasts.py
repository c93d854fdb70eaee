"""Forecasts: what the coming days bring if nobody changes rules or data. Nothing is written."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.http.access import GuardedRoute
from api.http.answers import ToolsHere, answer
from api.http.operation import operation
from api.render.forecast_json import forecast_json
from api.render.forecast_view import ForecastView
from api.usecases.forecast import ForecastRequest, forecast_workspace
from api.usecases.tokens import Right
from engine.forecast.selection import Selection

router = APIRouter(prefix="/forecast", tags=["forecast"], route_class=GuardedRoute)
_ALL = 2**53
_NONE = {"account": 0, "access": 0, "permission": 0}
_COUNTS = {
    "grants": {"account": 1, "access": 0, "permission": 5},
    "revokes": _NONE,
    "deletes": _NONE,
    "let_go": _NONE,
    "held_back": {"frozen": 2},
}
_FORECAST = {
    "from": "2026-03-02",
    "until": "2026-05-31",
    "start": "managed",
    "persons": 13,
    "managed": 66,
    "only": {"persons": [], "targets": [], "rules": []},
    "totals": _COUNTS,
    "days": [
        {
            "day": "2026-03-10",
            "persons": 1,
            "targets": [{"target": "ad", **_COUNTS}],
            "limits": [],
            "violations": [],
        }
    ],
}


@router.get(
    "",
    **operation(
        "Look ahead: what will be granted and revoked on which day",
        (Right.AUTHOR, Right.ADMIN, Right.REVIEWER),
        example=_FORECAST,
    ),
)
def read_forecast(  # noqa: PLR0913  # as many questions as the command has options
    tools: ToolsHere,
    *,
    first: Annotated[date | None, Query(alias="from", description="First day (default: today).")] = None,
    until: Annotated[date | None, Query(description="Last day (default: 90 days later).")] = None,
    lines: Annotated[bool, Query(description="Every line with its reasons.")] = False,
    person: Annotated[list[str] | None, Query(description="Lines of this person alone; may be repeated.")] = None,
    target: Annotated[list[str] | None, Query(description="Lines of this target alone; may be repeated.")] = None,
    rule: Annotated[list[str] | None, Query(description="Lines that name this rule; may be repeated.")] = None,
    drafts: Annotated[bool, Query(description="Let draft rules take part.")] = False,
) -> JSONResponse:
    """From what is managed, as if every day were enforced in full; limits that would trip are told, day by day."""
    selection = Selection(frozenset(person or ()), frozenset(target or ()), frozenset(rule or ()))
    request = ForecastRequest(first, until, selection, drafts=drafts, most_explained=_ALL if lines else 0)
    found = forecast_workspace(tools, request)
    view = ForecastView(found.forecast, found.workspace, found.names, found.selection)
    return answer(forecast_json(view, lines=lines))
