"""`ordain verify`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.render.diagnostics import render_json
from api.settings.workspace import open_workspace
from api.usecases.keys import read_trust_file
from api.usecases.verify import gather_files, verify_disclosed, verify_gathered
from policy.diff import line_json
from policy.trust import TrustRoot


def verify(
    files: Annotated[list[Path], typer.Argument(help="A diff, its folder, or a disclosed line.")],
    *,
    workspace: WorkspaceOption = HERE,
    trust: Annotated[Path | None, typer.Option("--trust", help="Trust root file; without it the workspace's.")] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="Verify as of this moment (ISO 8601), to read an old diff.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Verify signed files alone, offline: signatures, lines, Merkle root, approvals, execution.

    Takes lines.ndjson, salts.ndjson and the statements lying beside the diff. Fails closed: exit code 3 when anything
    does not hold.
    """
    output = Output(as_json=as_json)
    gathered = gather_files(files)
    root = _trust(trust, workspace)
    for path in gathered.disclosures:
        disclosed = verify_disclosed(path, root)
        line = disclosed.line
        output.say(
            f"ok: line {line.n} was signed in diff {disclosed.statement.id} by {', '.join(disclosed.signed_by)}:"
        )
        output.say(f"    {line.op} {line.key.entitlement} of person {line.key.person} [{line.status}]")
        output.emit({"ok": True, "diff": disclosed.statement.id, "line": line_json(line)})
    if gathered.diff is None:
        return
    report = verify_gathered(gathered, root, _moment(at))
    for check in report.checks:
        output.say(f"{'ok' if check.ok else 'FAILS'}: {check.words}", style=None if check.ok else "bold red")
        if check.problem is not None:
            output.say(f"    {check.problem.detail} [{check.problem.code}]")
            if check.problem.hint:
                output.say(f"    hint: {check.problem.hint}", style="dim")
    output.emit(
        {
            "ok": report.ok,
            "diff": report.diff.id if report.diff else None,
            "checks": [{"ok": check.ok, "words": check.words} for check in report.checks],
            "problems": render_json([check.problem for check in report.checks if check.problem]),
        }
    )
    if not report.ok:
        raise typer.Exit(Exit.REFUSED)


def _trust(named: Path | None, workspace: Path) -> TrustRoot:
    return read_trust_file(named if named is not None else open_workspace(workspace).trust_path)


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no moment; write it as 2026-03-01T12:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
