"""How a route is declared: what it is for, which rights open it, and an example of what it takes and gives."""

from __future__ import annotations

from typing import Any

from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.http.access import EVERYBODY, RIGHTS
from api.usecases.tokens import Right

READERS = tuple(Right)
JSON = "application/json"
_CLASSES = {JSON: JSONResponse, "text/html": HTMLResponse}


def operation(
    summary: str,
    rights: tuple[Right, ...] | None,
    *,
    example: Any,  # noqa: ANN401  # JSON, or text of another media type
    body: Any = None,  # noqa: ANN401  # JSON
    status: int = 200,
    media: str = JSON,
) -> dict[str, Any]:
    """Keyword arguments of a route. `rights` None: open to everybody. `body` is an example of the request's body."""
    extra: dict[str, Any] = {RIGHTS: EVERYBODY if rights is None else [right.value for right in rights]}
    if body is not None:
        extra["requestBody"] = {"content": {JSON: {"example": body}}}
    return {
        "summary": summary,
        "status_code": status,
        "openapi_extra": extra,
        "response_class": _CLASSES.get(media, Response),
        "responses": {status: {"description": "Fine", "content": {media: {"example": example}}}},
    }


def job_operation(
    summary: str,
    rights: tuple[Right, ...],
    *,
    kind: str,
    body: Any = None,  # noqa: ANN401  # JSON
) -> dict[str, Any]:
    """Keyword arguments of a route that begins a job."""
    return operation(summary, rights, example=example_job(kind), body=body, status=202)


def example_job(kind: str, **more: object) -> dict[str, object]:
    """Job as an example shows it."""
    return {
        "job": "job-20260301080000-5f1e3c9a7b",
        "kind": kind,
        "by": "ops@example.org",
        "state": "queued",
        "asked_at": "2026-03-01T08:00:00+00:00",
        "started_at": None,
        "ended_at": None,
        "stage": "",
        "result": None,
        "problem": None,
        **more,
    }
