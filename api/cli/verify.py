"""`ordain verify`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.kernels import use_kernels
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
    use_kernels()
    output = Output(as_json=as_json)
    moment = _moment(at)
    gathered = gather_files(files)
    root = _trust(trust, workspace)
    disclosed = [verify_disclosed(path, root) for path in gathered.disclosures]
    for one in disclosed:
        output.say(f"ok: line {one.line.n} was signed in diff {one.statement.id} by {', '.join(one.signed_by)}:")
        output.say(f"    {one.line.op} {one.line.key.entitlement} of person {one.line.key.person} [{one.line.status}]")
    report = None if gathered.diff is None else verify_gathered(gathered, root, moment)
    checks = report.checks if report else ()
    for check in checks:
        output.say(f"{'ok' if check.ok else 'FAILS'}: {check.words}", style=None if check.ok else "bold red")
        if check.problem is not None:
            output.say(f"    {check.problem.detail} [{check.problem.code}]")
            if check.problem.hint:
                output.say(f"    hint: {check.problem.hint}", style="dim")
    absent = () if gathered.diff is None else gathered.absent
    for name in absent:
        output.say(f"not looked at: there is no {name}", style="yellow")
    output.emit(
        {
            "ok": report is None or report.ok,
            "diff": report.diff.id if report and report.diff else None,
            "checks": [{"ok": check.ok, "words": check.words} for check in checks],
            "not_looked_at": list(absent),
            "disclosed": [{"diff": one.statement.id, "line": line_json(one.line)} for one in disclosed],
            "problems": render_json([check.problem for check in checks if check.problem]),
        }
    )
    if report is not None and not report.ok:
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
