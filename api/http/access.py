"""Who is calling and what that opens. Closed by default: a route that declares nothing is opened by nothing."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from api.http.service import Service
from api.usecases.tokens import Right, find_token
from policy.catalogue.service import NO_TOKEN, RIGHT_MISSING
from policy.diagnostics import Diagnostic, RefusedError

RIGHTS = "x-ordain-rights"
"""Where a route declares the rights that open it: a list, or `EVERYBODY`. It stands in the OpenAPI document too."""
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Caller:
    """The person whose token came with a request, and what it opens."""

    person: str
    token: str
    rights: frozenset[Right]

    def has(self, right: Right) -> bool:
        """Tell whether the token has a right."""
        return right in self.rights


class GuardedRoute(APIRoute):
    """A route that asks who is calling before anything else is done, the reading of the body included."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give a handler that refuses before it handles."""
        handle = super().get_route_handler()
        declared = (self.openapi_extra or {}).get(RIGHTS, [])

        async def guarded(request: Request) -> Response:
            if declared != EVERYBODY:
                request.state.caller = await run_in_threadpool(authorize, request, declared)
            return await handle(request)

        return guarded


def authorize(request: Request, declared: Sequence[str]) -> Caller:
    """Find out who is calling. Raises RefusedError without a valid token, or when none of its rights is declared."""
    service: Service = request.app.state.service
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    found = find_token(service.tools, secret.strip()) if scheme.lower() == "bearer" and secret else None
    if found is None:
        detail = "The header Authorization does not hold a token that is good now."
        hint = "send `Authorization: Bearer TOKEN`, with a token from `ordain tokens create`"
        raise RefusedError(Diagnostic(NO_TOKEN, detail, hint=hint))
    caller = Caller(found.person, found.id, frozenset(one for one in Right if one.value in found.rights))
    if not caller.rights & set(declared):
        opening = " or ".join(declared) or "no right at all"
        had = ", ".join(sorted(caller.rights)) or "none"
        detail = f"This is opened by the right {opening}; the token {found.name} has {had}."
        hint = "ask whoever makes the tokens for one with that right"
        raise RefusedError(Diagnostic(RIGHT_MISSING, detail, hint=hint, subject=found.name))
    return caller
