"""Enforcements: carrying out an approved diff, once, and what became of every action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import GuardedRoute
from api.http.answers import API, Limit, Offset, ToolsHere, answer, begin_job, page
from api.http.operation import job_operation, operation
from api.store.records import StoredAction, StoredRun
from api.tools import Tools
from api.usecases.enforce import Enforced, enforce_diff, resume_runs
from api.usecases.tokens import Right
from policy.canonical import JsonValue
from policy.enforcement import EnforceMode

router = APIRouter(prefix="/enforcements", tags=["enforcements"], route_class=GuardedRoute)
_READERS = (Right.ADMIN, Right.REVIEWER, Right.ENFORCER)
_RUN = {
    "run": "run-20260301090000-77aa11bb22",
    "diff": "3f9a0c51d7e24b68",
    "mode": "strict",
    "state": "done",
    "started_at": "2026-03-01T09:00:00+00:00",
    "ended_at": "2026-03-01T09:00:04+00:00",
    "requested_by": "ops@example.org",
}
_ACTION = {
    "line": 0,
    "op": "grant",
    "person": "10001",
    "target": "ad",
    "kind": "account",
    "name": "",
    "state": "done",
    "attempts": 1,
    "text": "",
}


class Enforcement(BaseModel):
    """What to enforce: a diff, and whether to refuse when any input changed (strict) or do what is the same."""

    model_config = ConfigDict(extra="forbid")
    diff: Annotated[str, Field(pattern="^[0-9a-f]{6,64}$")]
    mode: EnforceMode = EnforceMode.STRICT


@router.post(
    "",
    **job_operation(
        "Enforce a diff",
        (Right.ENFORCER,),
        kind="enforcement",
        body={"diff": "3f9a0c51d7e24b68", "mode": "strict"},
    ),
)
def begin_enforcement(request: Request, wanted: Enforcement, tools: ToolsHere) -> JSONResponse:
    """Enforce it, once. A job: it fails, and nothing is done, for a diff that is stale, unapproved or used up."""
    with tools.store.read() as tx:
        full_id = tx.diffs.full_id(wanted.diff)
    return begin_job(request, "enforcement", lambda tools: _result(enforce_diff(tools, full_id, wanted.mode)))


@router.post("/resume", **job_operation("Go on with interrupted runs", (Right.ENFORCER,), kind="resume"))
def begin_resume(request: Request) -> JSONResponse:
    """Bring every interrupted run to its end. The service does this by itself when it starts. A job."""
    return begin_job(request, "resume", run_resume)


@router.get("", **operation("List runs", _READERS, example={"runs": [_RUN]}))
def list_runs(tools: ToolsHere) -> JSONResponse:
    """Oldest first."""
    with tools.store.read() as tx:
        return answer({"runs": [_run_json(run) for run in tx.runs.list()]})


@router.get("/{run}", **operation("Read a run", _READERS, example={**_RUN, "counts": {"grant done": 1}}))
def read_run(run: str, tools: ToolsHere) -> JSONResponse:
    """Give how many actions are in which state."""
    with tools.store.read() as tx:
        stored, actions = tx.runs.get(run), tx.actions.of_run(run)
    return answer({**_run_json(stored), "counts": _counts((one.op.value, one.state.value) for one in actions)})


@router.get(
    "/{run}/outcomes",
    **operation(
        "Read the outcomes of a run",
        _READERS,
        example={"total": 1, "offset": 0, "limit": 100, "next": None, "items": [_ACTION]},
    ),
)
def read_outcomes(
    request: Request, run: str, tools: ToolsHere, *, offset: Offset = 0, limit: Limit = 100
) -> JSONResponse:
    """One item per action, by line."""
    with tools.store.read() as tx:
        actions = tx.actions.of_run(tx.runs.get(run).id)
    items = [_action_json(one) for one in actions[offset : offset + limit]]
    return page(request, items, len(actions), offset=offset, limit=limit)


def run_resume(tools: Tools) -> JsonValue:
    """Bring interrupted runs to their end; the result of the job."""
    return {"location": f"{API}/enforcements", "runs": [_result(one) for one in resume_runs(tools)]}


def _result(enforced: Enforced) -> JsonValue:
    run = enforced.run
    return {
        "location": f"{API}/enforcements/{run.id}",
        "run": run.id,
        "diff": run.diff,
        "finished": enforced.finished,
        "counts": _counts((one.op.value, one.state.value) for one in run.outcomes),
        "skipped": len(enforced.plan.skipped) if enforced.plan else 0,
    }


def _counts(pairs: Iterable[tuple[str, str]]) -> JsonValue:
    return {f"{op} {state}": count for (op, state), count in sorted(Counter(pairs).items())}


def _run_json(run: StoredRun) -> dict[str, JsonValue]:
    return {
        "run": run.id,
        "diff": run.diff_id,
        "mode": run.mode.value,
        "state": run.state.value,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "requested_by": run.requested_by,
    }


def _action_json(action: StoredAction) -> dict[str, JsonValue]:
    return {
        "line": action.line,
        "op": action.op.value,
        "person": action.key.person,
        "target": action.key.target,
        "kind": action.key.kind.value,
        "name": action.key.name,
        "state": action.state.value,
        "attempts": action.attempts,
        "text": action.text,
    }
