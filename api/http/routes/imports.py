"""Imports of persons from the sources."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import GuardedRoute
from api.http.answers import API, ToolsHere, answer, begin_job
from api.http.operation import job_operation, operation
from api.render.diagnostics import render_json
from api.store.records import ImportRecord
from api.tools import Tools
from api.usecases.import_people import import_people, release_import
from api.usecases.tokens import Right
from policy.canonical import JsonValue

router = APIRouter(prefix="/imports", tags=["imports"], route_class=GuardedRoute)
_READERS = (Right.ADMIN, Right.AUTHOR)
_EXAMPLE = {
    "import": "import-20260301080000-0a1b2c3d4e",
    "at": "2026-03-01T08:00:00+00:00",
    "by": "ops@example.org",
    "state": "blocked",
    "snapshot": "8c1f…",
    "released_by": None,
    "released_at": None,
    "because": None,
    "report": {"counts": {"persons": 412}, "limits": ["96 persons would be removed; the limit is 5 or 25 %."]},
}


class Release(BaseModel):
    """Why a blocked import is let through."""

    model_config = ConfigDict(extra="forbid")
    because: Annotated[str, Field(min_length=1, max_length=2000)]


@router.post("", **job_operation("Import everybody", (Right.ADMIN,), kind="import"))
def begin_import(request: Request) -> JSONResponse:
    """Read every source and keep a new snapshot. A job: its result has `state` imported or blocked."""
    return begin_job(request, "import", run_import)


@router.get("", **operation("List imports", _READERS, example={"imports": [_EXAMPLE]}))
def list_imports(tools: ToolsHere) -> JSONResponse:
    """Oldest first."""
    with tools.store.read() as tx:
        return answer({"imports": [_record_json(one) for one in tx.imports.list()]})


@router.get("/{import_id}", **operation("Read an import", _READERS, example=_EXAMPLE))
def read_import(import_id: str, tools: ToolsHere) -> JSONResponse:
    """Give what it brought, what is wrong with it, and who released it."""
    with tools.store.read() as tx:
        return answer(_record_json(tx.imports.get(import_id)))


@router.post(
    "/{import_id}/release",
    **operation(
        "Release a blocked import",
        (Right.ADMIN,),
        example={**_EXAMPLE, "state": "released", "released_by": "ops@example.org", "because": "A ward was closed"},
        body={"because": "A ward was closed"},
    ),
)
def release(import_id: str, wanted: Release, tools: ToolsHere) -> JSONResponse:
    """Put its snapshot in force, in your name."""
    return answer(_record_json(release_import(tools, import_id, wanted.because)))


def run_import(tools: Tools) -> JsonValue:
    """Import; the result of the job."""
    imported = import_people(tools)
    return {
        "location": f"{API}/imports/{imported.record.id}",
        "import": imported.record.id,
        "state": imported.record.state.value,
        "persons": imported.counts.persons,
        "frozen": len(imported.frozen),
        "changed_fields": imported.changed,
        "limits": [one.problem.detail for one in imported.verdicts if one.problem],
        "problems": render_json(imported.diagnostics),
    }


def _record_json(record: ImportRecord) -> dict[str, JsonValue]:
    return {
        "import": record.id,
        "at": record.at.isoformat(),
        "by": record.by,
        "state": record.state.value,
        "snapshot": record.snapshot_digest,
        "released_by": record.released_by,
        "released_at": record.released_at.isoformat() if record.released_at else None,
        "because": record.because,
        "report": record.report,
    }
