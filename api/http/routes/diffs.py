"""Signed diffs: heading, lines, files, page, and single lines with their proof."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from api.http.access import GuardedRoute
from api.http.answers import API, DiffName, Limit, Offset, ServiceHere, ToolsHere, answer, page
from api.http.operation import READERS, operation
from api.http.security_headers import diff_page_policy
from api.render.diff_page import render_page
from api.render.diff_view import DiffView, heading_json
from api.store.records import DiffHeading, StoredDiff
from api.store.store import Transaction
from api.tools import Tools
from api.usecases.diffs import disclose_line, view_diff
from policy.canonical import JsonValue
from policy.catalogue.service import NOTHING_STORED
from policy.diagnostics import Diagnostic, UsageError
from policy.diff import Line, Op, Slot, Status, count_totals, line_json, lines_in_slots

router = APIRouter(prefix="/diffs", tags=["diffs"], route_class=GuardedRoute)
_ID = "3f9a0c51d7e24b68"
_HEADING = {
    "diff": _ID,
    "as_of": "2026-03-01",
    "created_at": "2026-03-01T08:00:00+00:00",
    "purpose": "enforce",
    "state": "open",
    "requested_by": "ops@example.org",
    "run": None,
    "consumed_at": None,
}
_TOTALS = [{"count": 3, "kind": "account", "op": "grant", "status": "planned", "target": "ad"}]
_LINE = {
    "because": [{"at": "hr.ordain:12", "contract": "C1", "rule": "basic-ad-account"}],
    "kind": "account",
    "n": 0,
    "name": "",
    "op": "grant",
    "person": "10001",
    "status": "planned",
    "target": "ad",
}
_DIFF = {
    "diff": _ID,
    "as_of": "2026-03-01",
    "purpose": "enforce",
    "tenant": "meridian",
    "created_at": "2026-03-01T08:00:00+00:00",
    "expires_at": "2026-03-04T08:00:00+00:00",
    "state": "open",
    "approval": {"approved": False, "approved_by": [], "rejected_by": [], "required": 1, "missing": 1},
    "totals": _TOTALS,
    "limits": [],
    "line_count": 3,
    "lines": f"{API}/diffs/{_ID}/lines",
}


class DiffFile(StrEnum):
    """Files of a diff, as anybody can verify them offline; `events.ndjson` is not signed."""

    ENVELOPE = "diff.dsse.json"
    LINES = "lines.ndjson"
    SALTS = "salts.ndjson"
    EXECUTION = "execution.dsse.json"
    EVENTS = "events.ndjson"


class LineQuery(BaseModel):
    """Which lines are wanted: what is left out does not matter. `person` is the external id."""

    model_config = ConfigDict(extra="forbid")
    person: str | None = None
    target: str | None = None
    op: Op | None = None
    status: Status | None = None
    offset: Offset = 0
    limit: Limit = 100

    def select(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Lines that are wanted, in order; of many, no others are built."""
        if (self.person, self.target, self.op, self.status) == (None, None, None, None):
            return lines
        slots = {slot for slot in count_totals(lines) if self._covers(slot)}
        return [one for one in lines_in_slots(lines, slots) if self.person in {None, one.key.person}]

    def _covers(self, slot: Slot) -> bool:
        target, _, op, status = slot
        return self.target in {None, target} and self.op in {None, op} and self.status in {None, status}


@router.get("", **operation("List diffs", READERS, example={"diffs": [_HEADING]}))
def list_diffs(tools: ToolsHere) -> JSONResponse:
    """Oldest first."""
    with tools.store.read() as tx:
        return answer({"diffs": [_heading_json(one) for one in tx.diffs.list()]})


@router.get("/{diff}", **operation("Read a diff without its lines", READERS, example=_DIFF))
def read_diff(diff: DiffName, tools: ToolsHere) -> JSONResponse:
    """Verify it, then show totals, limits, and who approved."""
    view = _view(tools, diff)
    return answer(
        {**heading_json(view), "line_count": len(view.lines), "lines": f"{API}/diffs/{view.statement.id}/lines"}
    )


@router.get(
    "/{diff}/lines",
    **operation(
        "Read lines of a diff",
        READERS,
        example={"total": 1, "offset": 0, "limit": 100, "next": None, "items": [_LINE]},
    ),
)
def read_lines(
    request: Request, diff: DiffName, service: ServiceHere, wanted: Annotated[LineQuery, Query()]
) -> JSONResponse:
    """In order of person, target, kind and name; `total` counts what the filters let through."""
    lines = service.lines.read(service.tools, _full_id(service.tools, diff))
    found = wanted.select(lines)
    items = [line_json(line) for line in found[wanted.offset : wanted.offset + wanted.limit]]
    return page(request, items, len(found), offset=wanted.offset, limit=wanted.limit)


@router.get(
    "/{diff}/lines/{number}/disclosure",
    **operation(
        "Disclose one line with its proof",
        READERS,
        example={"line": _LINE, "salt": "…", "proof": ["…"], "envelope": "…"},
    ),
)
def read_disclosure(diff: DiffName, number: Annotated[int, Path(ge=0, le=2**31)], tools: ToolsHere) -> Response:
    """Give a file that proves that the line was signed, without the others: `ordain verify` takes it."""
    return Response(disclose_line(tools, _full_id(tools, diff), number), media_type="application/json")


@router.get(
    "/{diff}/files/{name}",
    **operation(
        "Download a file of a diff",
        READERS,
        example="{…one canonical JSON object a line…}",
        media="application/octet-stream",
    ),
)
def read_file(diff: DiffName, name: DiffFile, tools: ToolsHere) -> Response:
    """Byte for byte what was signed: verify it with `ordain verify`, or with tools that know nothing of Ordain."""
    with tools.store.read() as tx:
        stored = tx.diffs.get(diff)
        content = _content(tx, stored, name)
    disposition = f'attachment; filename="{name.value}"'
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": disposition})


@router.get(
    "/{diff}/page", **operation("Read a diff as a page", READERS, example="<!doctype html>…", media="text/html")
)
def read_page(diff: DiffName, tools: ToolsHere) -> HTMLResponse:
    """One html file that needs nothing else."""
    return HTMLResponse(render_page(_view(tools, diff)), headers={"Content-Security-Policy": diff_page_policy()})


def _view(tools: Tools, diff: str) -> DiffView:
    return view_diff(tools, _full_id(tools, diff))


def _full_id(tools: Tools, diff: str) -> str:
    """Whole id: what use cases get is always the id of a stored diff, never the name of a file."""
    with tools.store.read() as tx:
        return tx.diffs.full_id(diff)


def _content(tx: Transaction, stored: StoredDiff, name: DiffFile) -> bytes:
    match name:
        case DiffFile.ENVELOPE:
            return stored.envelope
        case DiffFile.LINES:
            return stored.lines
        case DiffFile.SALTS:
            return stored.salts
        case DiffFile.EVENTS:
            return stored.events
        case DiffFile.EXECUTION:
            execution = tx.diffs.execution(stored.id)
            if execution is None:
                detail = f"Diff {stored.id} was not enforced to its end yet."
                raise UsageError(Diagnostic(NOTHING_STORED, detail, subject=stored.id))
            return execution


def _heading_json(heading: DiffHeading) -> dict[str, JsonValue]:
    return {
        "diff": heading.id,
        "as_of": heading.as_of.isoformat(),
        "created_at": heading.created_at.isoformat(),
        "purpose": heading.purpose,
        "state": heading.state.value,
        "requested_by": heading.requested_by,
        "run": heading.consumed_by,
        "consumed_at": heading.consumed_at.isoformat() if heading.consumed_at else None,
    }
