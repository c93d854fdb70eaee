"""The policy: checking rules that are not in force yet, and the graph of those that are."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import GuardedRoute
from api.http.answers import ToolsHere, answer
from api.http.operation import operation
from api.render.diagnostics import render_json
from api.usecases.check_posted import check_posted
from api.usecases.load_policy import load_policy
from api.usecases.tokens import Right
from engine.graph.build import PolicyGraph, build_graph
from engine.graph.exports import graph_dot, graph_json, graph_mermaid, graph_text
from policy.diagnostics import Severity

router = APIRouter(prefix="/policy", tags=["policy"], route_class=GuardedRoute)
_PROBLEM: dict[str, object] = {
    "code": "ORD0203",
    "severity": "error",
    "summary": "A name that nobody declared",
    "detail": "There is no set named sites-west.",
    "hint": "did you mean sites?",
    "subject": None,
    "place": {"path": "hr.ordain", "line": 12, "column": 5, "end_line": 12, "end_column": 15},
    "related": [],
}
_Path = Annotated[str, Field(pattern=r"^[^/\\\x00-\x1f]+(/[^/\\\x00-\x1f]+)*\.ordain$", max_length=500)]


class PostedRules(BaseModel):
    """Rules as text by path, relative to the rules folder: the whole policy, not a part of it."""

    model_config = ConfigDict(extra="forbid")
    files: Annotated[dict[_Path, str], Field(min_length=1, max_length=2000)]


class GraphForm(StrEnum):
    """Ways to write the graph."""

    JSON = "json"
    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"


@router.post(
    "/check",
    **operation(
        "Check rules",
        (Right.AUTHOR, Right.ADMIN),
        example={"ok": False, "errors": 1, "warnings": 0, "rules": 0, "problems": [_PROBLEM]},
        body={"files": {"hr.ordain": 'policy "Meridian Care"\n    language 1\n    timezone "Europe/Amsterdam"\nend\n'}},
    ),
)
def check_rules(posted: PostedRules, tools: ToolsHere) -> JSONResponse:
    """Every problem of every file, as `ordain check` finds them: they are an answer, not a failure. Keeps nothing."""
    loaded, diagnostics = check_posted(tools.workspace, posted.files, tools.now().date())
    policy = loaded.compilation.policy
    errors = sum(one.severity is Severity.ERROR for one in diagnostics)
    warnings = sum(one.severity is Severity.WARNING for one in diagnostics)
    return answer(
        {
            "ok": errors == 0,
            "errors": errors,
            "warnings": warnings,
            "rules": len(policy.rules) if policy else 0,
            "problems": render_json(diagnostics),
        }
    )


@router.get(
    "/graph",
    **operation(
        "Read what uses what",
        (Right.AUTHOR, Right.ADMIN, Right.REVIEWER),
        example={"nodes": [{"id": "rule:basic-ad-account"}], "edges": []},
    ),
)
def read_graph(
    tools: ToolsHere,
    *,
    form: Annotated[GraphForm, Query(alias="format")] = GraphForm.JSON,
    around: Annotated[str | None, Query(description="Only around this part, such as `rule:basic-ad-account`.")] = None,
    depth: Annotated[int, Query(ge=1, le=50, description="How many steps around it.")] = 1,
) -> Response:
    """Fields, sets, defines, roles, rules, entitlements, targets, exclusions and nevers of the rules as they stand."""
    whole = build_graph(load_policy(tools.workspace).require())
    part = whole.around(whole.find(around), depth) if around else whole
    return _write(part, form)


def _write(part: PolicyGraph, form: GraphForm) -> Response:
    match form:
        case GraphForm.JSON:
            return answer(graph_json(part))
        case GraphForm.TEXT:
            return PlainTextResponse(graph_text(part))
        case GraphForm.MERMAID:
            return PlainTextResponse(graph_mermaid(part))
        case GraphForm.DOT:
            return PlainTextResponse(graph_dot(part))
