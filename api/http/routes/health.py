"""Whether the service lives and can read its store. Open to everybody, and tells nothing else."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.http.access import GuardedRoute
from api.http.answers import ServiceHere, answer
from api.http.operation import operation
from api.version import our_version

router = APIRouter(prefix="/health", tags=["health"], route_class=GuardedRoute)


@router.get("", **operation("Tell whether the service lives", None, example={"status": "ok", "version": "0.1.0"}))
def read_health(service: ServiceHere) -> JSONResponse:
    """Answers 503 while the store cannot be read."""
    with service.tools.store.read() as tx:
        tx.facts.get("health")
    return answer({"status": "ok", "version": our_version()})
