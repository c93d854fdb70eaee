"""The description of the service, for programs and for people. Open to everybody: it says nothing of anybody."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from api.http.access import GuardedRoute
from api.http.answers import API, answer
from api.http.docs_page import render_docs
from api.http.operation import operation
from api.http.security_headers import STYLED_POLICY

router = APIRouter(tags=["description"], route_class=GuardedRoute)


@router.get(f"{API}/openapi.json", **operation("Describe the service to programs", None, example={"openapi": "3.1.0"}))
def read_openapi(request: Request) -> JSONResponse:
    """OpenAPI 3.1, with an example for every address."""
    return answer(request.app.openapi())


@router.get("/docs", **operation("Describe the service to people", None, example="<!doctype html>…", media="text/html"))
def read_docs(request: Request) -> HTMLResponse:
    """One page without scripts."""
    return HTMLResponse(render_docs(request.app.openapi()), headers={"Content-Security-Policy": STYLED_POLICY})
