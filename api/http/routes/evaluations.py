"""Evaluations: the rules over everybody, to a signed diff."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from api.http.access import GuardedRoute
from api.http.answers import API, begin_job
from api.http.operation import job_operation
from api.http.routes.imports import run_import
from api.render.diff_view import limits_json, totals_json
from api.store.records import ImportState
from api.tools import Tools
from api.usecases.evaluate import evaluate_workspace
from api.usecases.sign import SignedEvaluation, sign_evaluation
from api.usecases.tokens import Right
from policy.canonical import JsonValue

router = APIRouter(prefix="/evaluations", tags=["evaluations"], route_class=GuardedRoute)


class Evaluation(BaseModel):
    """The day (default: today), whether to import first, and whether draft rules take part (never enforced)."""

    model_config = ConfigDict(extra="forbid")
    as_of: date | None = None
    import_first: bool = False
    drafts: bool = False


@router.post(
    "",
    **job_operation("Evaluate", (Right.ADMIN,), kind="evaluation", body={"as_of": "2026-03-01", "import_first": True}),
)
def begin_evaluation(request: Request, wanted: Evaluation | None = None) -> JSONResponse:
    """Evaluate and sign what would change. A job: its result names the diff. Whoever asks may not approve it."""
    asked = wanted or Evaluation()
    return begin_job(request, "evaluation", lambda tools: _evaluate(tools, asked))


def _evaluate(tools: Tools, wanted: Evaluation) -> JsonValue:
    if wanted.import_first:
        imported = run_import(tools)
        assert isinstance(imported, dict), "the result of an import is an object"
        if imported["state"] == ImportState.BLOCKED.value:
            return imported
    evaluated = evaluate_workspace(tools, wanted.as_of, include_drafts=wanted.drafts)
    return _result(sign_evaluation(tools, evaluated))


def _result(signed: SignedEvaluation) -> JsonValue:
    diff = signed.evaluated.diff
    return {
        "location": f"{API}/diffs/{signed.signed.id}",
        "diff": signed.signed.id,
        "as_of": diff.as_of.isoformat(),
        "enforceable": diff.enforceable,
        "totals": totals_json(diff.totals()),
        "limits": limits_json(diff.limits),
        "violations": [
            {"at": one.at, "never": one.never, "person": one.person, "severity": one.severity, "text": one.text}
            for one in diff.violations
        ],
        "unchanged": len(diff.unchanged),
        "unmanaged": len(diff.unmanaged),
    }
