"""`ordain enforce`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output, TerminalProgress
from api.compose import open_tools
from api.render.counting import counted
from api.usecases.bundle import write_bundle
from api.usecases.enforce import Enforced, enforce_diff, resume_runs
from policy.canonical import JsonValue
from policy.enforcement import ActionState, EnforceMode, outcome_json


def enforce(
    diff: Annotated[
        str | None, typer.Argument(help="Id (or its beginning), or the folder that `evaluate --out` wrote.")
    ] = None,
    *,
    workspace: WorkspaceOption = HERE,
    mode: Annotated[
        EnforceMode,
        typer.Option("--mode", help="strict: refuse when any input changed; rebase: do what is still the same."),
    ] = EnforceMode.STRICT,
    resume: Annotated[bool, typer.Option("--resume", help="Only bring interrupted runs to their end.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the diff, its approvals, the run and its outcomes.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Enforce an approved diff, once.

    Refused (exit code 3, nothing is done) unless it is signed, approved, not expired, not enforced before and still
    true. A run that was interrupted is brought to its end first: what is in doubt is looked up in the target before
    anything is sent again. Exit code 4 when an action failed or is still in doubt.
    """
    output = Output(as_json=as_json)
    if (diff is None) != resume:
        raise typer.BadParameter("name a diff, or give --resume")
    if out is not None and resume:
        raise typer.BadParameter("--out goes with a diff; `ordain show DIFF --bundle DIR` writes the files of any")
    with open_tools(workspace, progress=TerminalProgress(output.errors)) as tools:
        done = resume_runs(tools) if diff is None else [enforce_diff(tools, diff, mode)]
        today = {one.as_of for one in done} - {tools.now().date()}
        if out is not None and diff is not None:
            write_bundle(tools, done[0].run.diff, out)
    if not done:
        output.say("No run was interrupted.")
    for one in done:
        _show(output, one)
    if today and done:
        output.warn(f"Note: it was evaluated for {', '.join(map(str, sorted(today)))}, which is not today.")
    output.emit([_json(one) for one in done] if diff is None else _json(done[0]))
    if any(not one.finished or _failed(one) for one in done):
        raise typer.Exit(Exit.WORLD)


def _failed(one: Enforced) -> bool:
    return any(outcome.state is ActionState.FAILED for outcome in one.run.outcomes)


def _show(output: Output, one: Enforced) -> None:
    counts = Counter((outcome.op.value, outcome.state.value) for outcome in one.run.outcomes)
    output.say(f"Run {one.run.id} of diff {one.run.diff} ({one.run.mode}):")
    output.table(("operation", "state", "actions"), [(op, state, str(n)) for (op, state), n in sorted(counts.items())])
    if one.plan is not None and one.plan.skipped:
        were = "was" if len(one.plan.skipped) == 1 else "were"
        lines = counted(len(one.plan.skipped), "line")
        output.say(f"{lines} {were} not in the plan (not planned, not approved, or behind such a line).")
    for outcome in one.run.outcomes:
        if outcome.state is not ActionState.DONE:
            output.say(f"  {outcome.state}: {outcome.op} {outcome.key}: {outcome.text}")
    for note in one.notes:
        output.say(f"  {note.detail} [{note.code}]", style="yellow")
    if not one.finished:
        output.say("Some actions are open: their target cannot be read. Run `ordain enforce --resume` when it can.")


def _json(one: Enforced) -> JsonValue:
    return {
        "run": one.run.id,
        "diff": one.run.diff,
        "mode": one.run.mode.value,
        "finished": one.finished,
        "outcomes": [outcome_json(outcome) for outcome in one.run.outcomes],
        "skipped": {str(line): text for line, text in (one.plan.skipped if one.plan else {}).items()},
        "notes": [{"code": note.code, "detail": note.detail, "subject": note.subject} for note in one.notes],
        "serial": one.run.serial,
    }
