"""The description of the service: what every address has in common, added to what the routes say of themselves."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.http.access import EVERYBODY, RIGHTS
from api.http.problems import MEDIA_TYPE, problem_json
from api.version import our_version
from policy.canonical import JsonValue
from policy.catalogue.service import BAD_REQUEST, NO_TOKEN, NOTHING_STORED, RIGHT_MISSING
from policy.diagnostics import DataError, Diagnostic, DiagnosticKind, OrdainError, RefusedError, UsageError

_TEXT: dict[str, JsonValue] = {"type": "string"}
_PROBLEM_SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "description": "A problem (RFC 9457). `code` is that of the catalogue of diagnostics.",
    "required": ["type", "title", "status", "detail", "code", "problems"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "instance": _TEXT,
        "code": {"type": "string", "pattern": "^ORD[0-9]{4}$"},
        "hint": {"type": ["string", "null"]},
        "problems": {"type": "array", "items": {"type": "object"}},
    },
}
_FRAMEWORK_SCHEMAS = ("HTTPValidationError", "ValidationError")


def describe_service(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 document of the service."""
    document = get_openapi(
        title="Ordain",
        version=our_version(),
        summary="Rules as code for who gets which access.",
        routes=app.routes,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _FRAMEWORK_SCHEMAS:
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM_SCHEMA
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for methods in document["paths"].values():
        for operation in methods.values():
            _complete(operation)
    return document


def _complete(operation: dict[str, Any]) -> None:
    rights = operation[RIGHTS]
    operation["security"] = [] if rights == EVERYBODY else [{"token": []}]
    responses: dict[str, Any] = operation["responses"]
    if "422" in responses:
        responses["422"] = _problem("The request cannot be understood", DataError(_invalid()))
    if rights != EVERYBODY:
        opening = " or ".join(rights)
        operation["description"] = f"{operation.get('description', '')}\n\nRight: {opening}.".strip()
        responses["401"] = _problem("No valid token", RefusedError(_said(NO_TOKEN, "No token that is good now.")))
        wrong = _said(RIGHT_MISSING, f"This is opened by the right {opening}.")
        responses["403"] = _problem("The token does not open this", RefusedError(wrong))
    example = UsageError(_said(NOTHING_STORED, "There is no diff `0badc0de`."))
    responses["4XX"] = _problem("The demand is wrong, or refused", example)
    responses["5XX"] = _problem("The world failed; 503 with Retry-After when it may pass", None)


def _problem(description: str, example: OrdainError | None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if example is not None:
        content["example"] = problem_json(example)
    return {"description": description, "content": {MEDIA_TYPE: content}}


def _said(kind: DiagnosticKind, detail: str) -> Diagnostic:
    return Diagnostic(kind, detail)


def _invalid() -> Diagnostic:
    return Diagnostic(BAD_REQUEST, "In the request, query limit is not a whole number.", subject="query limit")
