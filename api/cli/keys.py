"""`ordain keys`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.settings.workspace import open_workspace
from api.usecases.keys import create_key, engine_signer, enroll_key, list_keys, read_trust
from api.usecases.verify import read_bytes
from connectors.keys.private_keys import load_key_file
from connectors.keys.public_keys import load_public_key, public_text
from policy.trust import TrustRole

keys = typer.Typer(help="Keys of the engine and of reviewers, and the trust root.", invoke_without_command=True)
RoleOption = Annotated[
    list[TrustRole] | None, typer.Option("--role", help="What the key may do (may be repeated; default: reviewer).")
]


@keys.callback()
def show_keys(context: typer.Context, *, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """List who is trusted for what, and which private keys lie in this workspace."""
    if context.invoked_subcommand is not None:
        return
    output = Output(as_json=as_json)
    opened = open_workspace(workspace)
    here = {one.public: one for one in list_keys(opened)}
    trust = read_trust(opened)
    rows = [
        (
            key.person,
            ", ".join(sorted(key.roles)),
            key.key_id[:16],
            str(here[key.public].path) if key.public in here else "",
        )
        for key in trust.keys
    ]
    output.table(("person", "roles", "key", "private key here"), rows)
    output.say(
        f"Trust root: {opened.trust_path}" if trust.keys else "Nobody is trusted yet: `ordain keys create PERSON`."
    )
    output.emit(
        [
            {
                "person": key.person,
                "roles": sorted(key.roles),
                "key_id": key.key_id,
                "public": public_text(key.public),
                "file": str(here[key.public].path) if key.public in here else None,
            }
            for key in trust.keys
        ]
    )


@keys.command("create")
def create(
    person: Annotated[str, typer.Argument(help="Whose key, such as alice@example.org.")],
    *,
    role: RoleOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make a private key for a person and enrol it in the trust root."""
    output = Output(as_json=as_json)
    opened = open_workspace(workspace)
    engine_signer(opened)
    made = create_key(opened, person, role or [TrustRole.REVIEWER])
    output.say(f"{person} can now sign with {made.path} ({', '.join(role or [TrustRole.REVIEWER])}).")
    output.say("Keep that file where only they can read it: --key names it when they approve.", style="dim")
    output.emit({"person": person, "file": str(made.path), "public": public_text(made.public)})


@keys.command("enroll")
def enroll(
    person: Annotated[str, typer.Argument(help="Whose key it is.")],
    *,
    key: Annotated[Path, typer.Option("--key", help="PEM file: the public key, or the private one.")],
    role: RoleOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Add a key that was made elsewhere to the trust root. Only its public half is kept."""
    opened = open_workspace(workspace)
    private = b"PRIVATE KEY" in read_bytes(key)
    public = load_key_file(key).public if private else load_public_key(key)
    entry = enroll_key(opened, person, public, role or [TrustRole.REVIEWER])
    output = Output(as_json=as_json)
    output.say(f"{person} is trusted with key {entry.key_id[:16]} ({', '.join(sorted(entry.roles))}).")
    output.emit({"person": person, "key_id": entry.key_id, "roles": sorted(entry.roles)})
