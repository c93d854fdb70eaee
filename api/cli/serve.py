"""`ordain serve`."""

from __future__ import annotations

import ipaddress
import signal
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import HERE, WorkspaceOption
from api.cli.output import Output
from api.compose import open_tools
from api.usecases.tokens import list_tokens
from policy.catalogue.service import CANNOT_LISTEN
from policy.diagnostics import Diagnostic, OrdainError

if TYPE_CHECKING:
    import uvicorn

_PATIENCE_SECONDS = 10


def serve(
    *,
    workspace: WorkspaceOption = HERE,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8400,
) -> None:
    """Serve this workspace over HTTP: imports, evaluations, diffs, approvals, enforcements, explanations and books.

    Every request needs a token of `ordain tokens create`. SIGTERM (or Ctrl-C) stops between two steps; a run that is
    interrupted so, or in any other way, goes on when the service starts again.
    """
    # Loaded here: no other command should wait for a web server.
    import uvicorn  # noqa: PLC0415

    from api.http.app import create_app  # noqa: PLC0415

    output = Output()
    with open_tools(workspace) as tools, _listen(host, port) as listener:
        app = create_app(tools, patience_seconds=_PATIENCE_SECONDS)
        address = _address(listener)
        output.say(f"Serving {tools.workspace.name} on {address}")
        output.say(f"What it takes: {address}/docs")
        if not any(one.revoked_at is None for one in list_tokens(tools)):
            output.warn("Nobody has a token yet: `ordain tokens create NAME --person PERSON --right RIGHT`.")
        if not _stays_here(listener):
            output.warn("Tokens and people's data travel in the clear: put a proxy with TLS in front.")
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_PATIENCE_SECONDS,
            )
        )
        _run(server, listener)
        output.say("Stopped.")


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve until a signal; the server hands the signal on once it has stopped, and then it has done its duty."""
    before = {one: signal.signal(one, lambda _signal, _frame: None) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets=[listener])
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _listen(host: str, port: int) -> socket.socket:
    """Socket that listens already, so that whoever reads our words can call. Raises OrdainError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        why = (getattr(error, "strerror", None) or "no reason given").lower()
        detail = f"Nothing can listen on {host}, port {port}: {why}."
        raise OrdainError(Diagnostic(CANNOT_LISTEN, detail, hint="choose another with --port or --host")) from None


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _stays_here(listener: socket.socket) -> bool:
    return ipaddress.ip_address(listener.getsockname()[0]).is_loopback
