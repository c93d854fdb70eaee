"""`ordain tokens`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.compose import open_tools
from api.store.records import StoredToken
from api.usecases.tokens import Right, create_token, list_tokens, revoke_token
from policy.canonical import JsonValue

tokens = typer.Typer(help="Bearer tokens that open the service (`ordain serve`).", no_args_is_help=True)


@tokens.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What it is for, such as nightly or alice-laptop.")],
    *,
    person: Annotated[str, typer.Option("--person", help="Who acts with it; a reviewer as the trust root names them.")],
    right: Annotated[list[Right], typer.Option("--right", help="What it opens (may be repeated).")],
    expires: Annotated[int | None, typer.Option("--expires", metavar="DAYS", help="Good for so many days.")] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make a token and print it, once: only its digest is kept."""
    output = Output(as_json=as_json)
    with open_tools(workspace) as tools:
        made = create_token(tools, name, person, right, expires_days=expires)
    output.say(made.secret)
    if not as_json:
        until = f" until {made.stored.expires_at:%Y-%m-%d %H:%M} UTC" if made.stored.expires_at else ""
        output.warn(f"This is shown once. It opens {', '.join(made.stored.rights)} for {person}{until}.")
    output.emit({**_json(made.stored), "token": made.secret})


@tokens.command("list")
def show_tokens(*, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """List tokens, never what they are."""
    output = Output(as_json=as_json)
    with open_tools(workspace) as tools:
        found, now = list_tokens(tools), tools.now()
    output.table(
        ("token", "name", "person", "rights", "made (UTC)", ""),
        [
            (one.id, one.name, one.person, ", ".join(one.rights), f"{one.created_at:%Y-%m-%d %H:%M}", _state(one, now))
            for one in found
        ],
    )
    if not found:
        output.say("There are no tokens yet: `ordain tokens create NAME --person PERSON --right RIGHT`.")
    output.emit([_json(one) for one in found])


@tokens.command("revoke")
def revoke(
    token: Annotated[str, typer.Argument(help="Its id, or its name when only one has it.")],
    *,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """End a token at once."""
    output = Output(as_json=as_json)
    with open_tools(workspace) as tools:
        ended = revoke_token(tools, token)
    output.say(f"Token {ended.name} ({ended.id}) of {ended.person} opens nothing any more.")
    output.emit({"token": ended.id, "revoked": True})


def _state(token: StoredToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return f"revoked {token.revoked_at:%Y-%m-%d %H:%M}"
    if token.expires_at is None:
        return ""
    return f"{'expired' if token.expires_at <= now else 'until'} {token.expires_at:%Y-%m-%d %H:%M}"


def _json(token: StoredToken) -> dict[str, JsonValue]:
    return {
        "id": token.id,
        "name": token.name,
        "person": token.person,
        "rights": list(token.rights),
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
    }
