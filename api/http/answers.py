"""What routes share: the tools of a request, answers, pages of long lists, and jobs that were begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.responses import JSONResponse

from api.http.access import Caller
from api.http.job_runner import Work
from api.http.jobs import job_json
from api.http.service import Service
from api.tools import Tools
from policy.canonical import JsonValue

API = "/api/v1"
_MOST_ITEMS = 1000


def service_of(request: Request) -> Service:
    """Give what all requests share."""
    service: Service = request.app.state.service
    return service


def caller_of(request: Request) -> Caller:
    """Whoever is calling."""
    caller: Caller = request.state.caller
    return caller


def tools_of(request: Request) -> Tools:
    """Tools that act for whoever is calling."""
    return replace(service_of(request).tools, actor=caller_of(request).person)


ServiceHere = Annotated[Service, Depends(service_of)]
CallerHere = Annotated[Caller, Depends(caller_of)]
ToolsHere = Annotated[Tools, Depends(tools_of)]
Offset = Annotated[int, Query(ge=0, le=2**53 - 1, description="How many to leave out at the beginning.")]
Limit = Annotated[int, Query(ge=1, le=_MOST_ITEMS, description="How many to give at most.")]
DiffName = Annotated[str, Path(pattern="^[0-9a-f]{6,64}$", description="Id of the diff, or its beginning.")]


def answer(value: JsonValue, status: int = 200, *, location: str | None = None) -> JSONResponse:
    """JSON answer, as it stands."""
    return JSONResponse(value, status, headers={} if location is None else {"Location": location})


def page(request: Request, items: Sequence[JsonValue], total: int, *, offset: int, limit: int) -> JSONResponse:
    """Page of a list with the address of the next one (null at the end)."""
    following = offset + limit
    url = request.url.include_query_params(offset=following, limit=limit)
    return answer(
        {
            "total": total,
            "offset": offset,
            "limit": limit,
            "next": f"{url.path}?{url.query}" if following < total else None,
            "items": items,
        }
    )


def begin_job(request: Request, kind: str, work: Work) -> JSONResponse:
    """Queue a job and answer with the place to look."""
    job = service_of(request).jobs.submit(kind, caller_of(request).person, work)
    return answer(job_json(job), 202, location=f"{API}/jobs/{job.id}")
