"""The application: routes, errors and limits put together around the tools of one workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool

from api.http.answers import API
from api.http.body_limit import BodyLimit
from api.http.job_runner import JobRunner
from api.http.openapi import describe_service
from api.http.problems import install_problems
from api.http.routes import (
    approvals,
    audit,
    description,
    diffs,
    enforcements,
    evaluations,
    forecasts,
    health,
    imports,
    jobs,
    ledger,
    people,
    policy,
)
from api.http.security_headers import SecurityHeaders
from api.http.service import Service
from api.tools import Tools

ROUTES = (
    health,
    jobs,
    imports,
    evaluations,
    forecasts,
    diffs,
    approvals,
    enforcements,
    people,
    ledger,
    audit,
    policy,
)
_OURSELVES = "ordain service"
_PATIENCE_SECONDS = 10.0


def create_app(tools: Tools, *, patience_seconds: float = _PATIENCE_SECONDS) -> FastAPI:
    """Application that serves one workspace.

    `tools` stay the caller's to close. Runs that were interrupted are taken up when it starts; when it stops it waits
    up to `patience_seconds` for the step at work.
    """
    service = Service(tools, JobRunner(tools))

    @asynccontextmanager
    async def live(_app: FastAPI) -> AsyncIterator[None]:
        service.jobs.start()
        await run_in_threadpool(_take_up, service)
        yield
        await run_in_threadpool(service.jobs.stop, patience_seconds)

    app = _Application(lifespan=live, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.service = service
    install_problems(app)
    versioned = APIRouter(prefix=API)
    for module in ROUTES:
        versioned.include_router(module.router)
    app.include_router(versioned)
    app.include_router(description.router)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    return app


class _Application(FastAPI):
    """Describes itself in our way."""

    def openapi(self) -> dict[str, Any]:
        """OpenAPI document, worked out once."""
        if self.openapi_schema is None:
            self.openapi_schema = describe_service(self)
        return self.openapi_schema


def _take_up(service: Service) -> None:
    with service.tools.store.read() as tx:
        interrupted = tx.runs.unfinished()
    if interrupted:
        service.jobs.submit("resume", _OURSELVES, enforcements.run_resume)
