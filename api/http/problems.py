"""Errors as RFC 9457 problem documents: the same codes, words and hints as everywhere else."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.http.validation_words import describe_invalid
from api.render.diagnostics import render_json
from policy.canonical import JsonValue
from policy.catalogue import evaluation, service
from policy.diagnostics import DataError, Diagnostic, OrdainError, RefusedError, TransientError, UsageError

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("ordain.service")
_RETRY_AFTER_SECONDS = 5.0
_STATUS_BY_CODE = {
    service.NO_TOKEN.code: 401,
    service.RIGHT_MISSING.code: 403,
    service.OTHER_REVIEWER.code: 403,
    service.NOTHING_HERE.code: 404,
    service.UNKNOWN_JOB.code: 404,
    service.NOTHING_STORED.code: 404,
    service.UNKNOWN_PERSON.code: 404,
    evaluation.UNKNOWN_NODE.code: 404,
    service.WRONG_METHOD.code: 405,
    service.NO_SNAPSHOT.code: 409,
    service.BODY_TOO_LARGE.code: 413,
    service.BAD_REQUEST.code: 422,
    service.INTERNAL_MISTAKE.code: 500,
}
_OF_OTHERS = ("ORD05", "ORD08")
"""Codes of sources and targets: it is they who failed, not this service."""
_NOT_FOUND, _WRONG_METHOD = 404, 405


def status_of(error: OrdainError) -> int:
    """HTTP status of an error."""
    code = error.diagnostic.code
    if code in _STATUS_BY_CODE:
        return _STATUS_BY_CODE[code]
    match error:
        case DataError():
            return 422
        case UsageError():
            return 400
        case RefusedError():
            return 409
        case TransientError():
            return 503
        case _:
            return 502 if code.startswith(_OF_OTHERS) else 500


def problem_json(error: OrdainError, *, instance: str | None = None) -> dict[str, JsonValue]:
    """Problem document: the first problem in front, all of them in `problems`."""
    first = error.diagnostic
    problem: dict[str, JsonValue] = {
        "type": f"urn:ordain:problem:{first.code}",
        "title": first.kind.summary,
        "status": status_of(error),
        "detail": first.detail,
        "code": first.code,
        "hint": first.hint,
        "problems": render_json(error.diagnostics),
    }
    return problem if instance is None else {**problem, "instance": instance}


def mistake() -> OrdainError:
    """Error for what should never happen; what it was stays in the log."""
    detail = "The service made a mistake. Nothing was left half done."
    return OrdainError(
        Diagnostic(service.INTERNAL_MISTAKE, detail, hint="tell those who run the service when it happened")
    )


def problem_response(error: OrdainError, *, instance: str) -> JSONResponse:
    """Answer for an error."""
    headers = {}
    if error.diagnostic.kind is service.NO_TOKEN:
        headers["WWW-Authenticate"] = 'Bearer realm="ordain"'
    if isinstance(error, TransientError):
        headers["Retry-After"] = str(round(error.retry_after_seconds or _RETRY_AFTER_SECONDS))
    content = problem_json(error, instance=instance)
    return JSONResponse(content, status_of(error), headers=headers, media_type=MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Let every error leave as a problem document, the framework's own ones too."""

    @app.exception_handler(OrdainError)
    async def _of_ours(request: Request, error: OrdainError) -> JSONResponse:
        return problem_response(error, instance=request.url.path)

    @app.exception_handler(RequestValidationError)
    async def _of_form(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(DataError(*describe_invalid(error)), instance=request.url.path)

    @app.exception_handler(HTTPException)
    async def _of_framework(request: Request, error: HTTPException) -> JSONResponse:
        response = problem_response(_translate(request, error), instance=request.url.path)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def _of_mistake(request: Request, error: Exception) -> JSONResponse:
        _LOG.error("A mistake at %s %s", request.method, request.url.path, exc_info=error)
        return problem_response(mistake(), instance=request.url.path)


def _translate(request: Request, error: HTTPException) -> OrdainError:
    path = request.url.path
    hint = "/docs lists every address and what it takes"
    if error.status_code == _NOT_FOUND:
        return UsageError(Diagnostic(service.NOTHING_HERE, f"{path} is no address of this service.", hint=hint))
    if error.status_code == _WRONG_METHOD:
        takes = (error.headers or {}).get("allow") or (error.headers or {}).get("Allow") or "another method"
        detail = f"{path} does not take {request.method}; it takes {takes}."
        return UsageError(Diagnostic(service.WRONG_METHOD, detail, hint=hint))
    return UsageError(Diagnostic(service.BAD_REQUEST, "The request cannot be read.", hint=hint))
