"""Jobs: where long work can be watched."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.http.access import GuardedRoute
from api.http.answers import CallerHere, ServiceHere, answer
from api.http.jobs import job_json
from api.http.operation import READERS, example_job, operation
from api.usecases.tokens import Right

router = APIRouter(prefix="/jobs", tags=["jobs"], route_class=GuardedRoute)
_DONE = example_job("evaluation", state="done", result={"location": "/api/v1/diffs/3f9a0c51d7e24b68"})


@router.get("", **operation("List the last jobs", READERS, example={"jobs": [_DONE]}))
def list_jobs(service: ServiceHere, caller: CallerHere) -> JSONResponse:
    """Your own, oldest first; an admin sees everybody's."""
    everybody = caller.has(Right.ADMIN)
    return answer({"jobs": [job_json(job) for job in service.jobs.list() if everybody or job.by == caller.person]})


@router.get("/{job}", **operation("Look how a job stands", READERS, example=_DONE))
def read_job(job: str, service: ServiceHere, caller: CallerHere) -> JSONResponse:
    """Once it is done, `result.location` is where its outcome lies; once it failed, `problem` says why."""
    by = None if caller.has(Right.ADMIN) else caller.person
    return answer(job_json(service.jobs.find(job, by=by)))
