"""Approvals: reviewers sign elsewhere, with keys that never come here."""

from __future__ import annotations

import base64
from typing import Annotated, Self

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.http.access import GuardedRoute
from api.http.answers import CallerHere, DiffName, ToolsHere, answer
from api.http.operation import READERS, operation
from api.render.diff_view import approval_json
from api.tools import Tools
from api.usecases.approve import Review
from api.usecases.diffs import view_diff
from api.usecases.submit_approval import prepare_review, submit_approval
from api.usecases.tokens import Right
from engine.trust.envelopes import PAYLOAD_TYPE
from policy.statements import ApprovalScope, Decision, Releases

router = APIRouter(prefix="/diffs/{diff}/approvals", tags=["approvals"], route_class=GuardedRoute)
_ID = "3f9a0c51d7e24b68"
_ENVELOPE = {
    "payload": "eyJfdHlwZSI6…",
    "payloadType": PAYLOAD_TYPE,
    "signatures": [{"keyid": "c0ffee…", "sig": "m1RkF…"}],
}
_VERDICT = {
    "approved": True,
    "approved_by": ["alice@example.org"],
    "rejected_by": [],
    "required": 1,
    "missing": 0,
}
_GIVEN = {"diff": _ID, "approval": _VERDICT}


class Statement(BaseModel):
    """What a reviewer wants to say: of all lines, of targets, or of single lines."""

    model_config = ConfigDict(extra="forbid")
    decision: Decision
    targets: Annotated[frozenset[str], Field(min_length=1)] | None = None
    lines: Annotated[frozenset[Annotated[int, Field(ge=0)]], Field(min_length=1)] | None = None
    release_buckets: frozenset[str] = frozenset()
    release_lines: frozenset[Annotated[int, Field(ge=0)]] = frozenset()
    authentication: Annotated[str, Field(min_length=1, max_length=200)] = "bearer token and key file"

    @model_validator(mode="after")
    def _one_scope(self) -> Self:
        if self.targets is not None and self.lines is not None:
            raise ValueError("speaks of targets and of lines; an approval speaks of one of them")
        return self


@router.get("", **operation("Read who approved", READERS, example={**_GIVEN, "envelopes": [_ENVELOPE]}))
def list_approvals(diff: DiffName, tools: ToolsHere) -> JSONResponse:
    """Give the verdict over all statements now, and the statements as they were signed."""
    with tools.store.read() as tx:
        full_id = tx.diffs.full_id(diff)
        envelopes = [one.decode() for one in tx.diffs.approvals(full_id)]
    verdict = view_diff(tools, full_id).verdict
    assert verdict is not None, "the view of a stored diff has a verdict"
    return answer({"diff": full_id, "approval": approval_json(verdict), "envelopes": envelopes})


@router.post(
    "/statement",
    **operation(
        "Write down a review to be signed",
        (Right.REVIEWER,),
        example={"payloadType": PAYLOAD_TYPE, "payload": "eyJfdHlwZSI6…", "to_sign": "RFNTRXYxIDI4IG…"},
        body={"decision": "approve", "targets": ["ad"]},
    ),
)
def write_statement(diff: DiffName, wanted: Statement, tools: ToolsHere, caller: CallerHere) -> JSONResponse:
    """Give the statement in its one form, and the bytes (`to_sign`, base64) to sign with Ed25519. Nothing is kept."""
    review = Review(
        caller.person,
        wanted.decision,
        ApprovalScope(wanted.targets, wanted.lines),
        Releases(wanted.release_buckets, wanted.release_lines),
        wanted.authentication,
    )
    with tools.store.read() as tx:
        full_id = tx.diffs.full_id(diff)
    unsigned = prepare_review(tools, full_id, review)
    return answer(
        {
            "payloadType": PAYLOAD_TYPE,
            "payload": base64.b64encode(unsigned.payload).decode(),
            "to_sign": base64.b64encode(unsigned.to_sign).decode(),
        }
    )


@router.post("", **operation("Hand in a signed review", (Right.REVIEWER,), example=_GIVEN, body=_ENVELOPE, status=201))
async def hand_in(request: Request, diff: DiffName, tools: ToolsHere, caller: CallerHere) -> JSONResponse:
    """Take a DSSE envelope that you signed yourself, as a file byte for byte. It is kept only when it counts."""
    envelope = await request.body()
    return await run_in_threadpool(_submit, tools, diff, envelope, caller.person)


def _submit(tools: Tools, diff: str, envelope: bytes, person: str) -> JSONResponse:
    with tools.store.read() as tx:
        full_id = tx.diffs.full_id(diff)
    approved = submit_approval(tools, full_id, envelope.strip(), person=person)
    return answer({"diff": full_id, "approval": approval_json(approved.verdict)}, 201)
