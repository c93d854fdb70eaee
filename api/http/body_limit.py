"""No request is larger than a limit: what is beyond it is not even read."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import problem_response
from policy.catalogue.service import BODY_TOO_LARGE
from policy.diagnostics import Diagnostic, UsageError

MOST_BYTES = 4 * 2**20


class BodyLimit:
    """Reads a request's body up to `most_bytes`, and hands it on whole."""

    def __init__(self, app: ASGIApp, most_bytes: int = MOST_BYTES) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages = await self._read(scope, receive)
        if messages is None:
            detail = f"A request of this service has at most {self._most_bytes:,} bytes."
            error = UsageError(Diagnostic(BODY_TOO_LARGE, detail, hint="send less at once"))
            await problem_response(error, instance=scope["path"])(scope, receive, send)
            return

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, replay, send)

    async def _read(self, scope: Scope, receive: Receive) -> list[Message] | None:
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._most_bytes:
            return None
        messages: list[Message] = []
        size, more = 0, True
        while more:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            more = message["type"] == "http.request" and message.get("more_body", False)
            if size > self._most_bytes:
                return None
        return messages
