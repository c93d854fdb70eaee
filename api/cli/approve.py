"""`ordain approve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.compose import open_tools
from api.render.diff_view import approval_json
from api.usecases.approve import Approved, Review, approve_diff
from api.usecases.files import write_whole
from api.usecases.keys import find_reviewer
from policy.statements import ApprovalScope, Decision, Releases


def approve(
    diff: Annotated[str, typer.Argument(help="Id (or its beginning), or the folder that `evaluate --out` wrote.")],
    *,
    workspace: WorkspaceOption = HERE,
    person: Annotated[str | None, typer.Option("--as", metavar="PERSON", help="Whose key signs.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Private key file (PEM) to sign with.")] = None,
    reject: Annotated[
        bool, typer.Option("--reject", help="Reject instead: the diff can then not be enforced.")
    ] = False,
    target: Annotated[
        list[str] | None, typer.Option("--target", help="Only lines in this target (may be repeated).")
    ] = None,
    line: Annotated[list[int] | None, typer.Option("--line", help="Only this line (may be repeated).")] = None,
    release: Annotated[
        list[str] | None,
        typer.Option("--release", help="Let go what a limit blocked: a bucket (ad/revoke/account) or a line number."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the signed statement to this file too.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Approve (or reject) a diff: a statement of yours, signed with your key, bound to exactly this diff."""
    if target and line:
        raise typer.BadParameter("an approval speaks of all lines, of targets, or of lines: give --target or --line")
    output = Output(as_json=as_json)
    scope = ApprovalScope(frozenset(target) if target else None, frozenset(line) if line else None)
    with open_tools(workspace) as tools:
        signer, whose = find_reviewer(tools.workspace, person=person, key_file=key)
        decision = Decision.REJECT if reject else Decision.APPROVE
        approved = approve_diff(tools, diff, Review(whose, decision, scope, _releases(release or [])), signer=signer)
    if out is not None:
        write_whole(out, approved.envelope)
    _show(output, approved, whose, decision)


def _releases(named: list[str]) -> Releases:
    numbers = frozenset(int(one) for one in named if one.isdecimal())
    return Releases(frozenset(one for one in named if not one.isdecimal()), numbers)


def _show(output: Output, approved: Approved, whose: str, decision: Decision) -> None:
    verdict = approved.verdict
    if decision is Decision.REJECT:
        output.say(f"{whose} rejected diff {approved.diff}; it cannot be enforced.")
    elif verdict.missing:
        people = "person is" if verdict.missing == 1 else "people are"
        output.say(f"{whose} approved diff {approved.diff}. {verdict.missing} more {people} needed.")
    else:
        output.say(f"{whose} approved diff {approved.diff}. Enforce it: ordain enforce {approved.diff[:12]}")
    output.emit(
        {"diff": approved.diff, "person": whose, "decision": decision.value, "approval": approval_json(verdict)}
    )
