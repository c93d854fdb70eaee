"""`ordain ledger`, `ordain audit`, `ordain history`: looking things up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.compose import open_tools
from api.usecases.books import LedgerFilter, read_audit, read_ledger, read_runs, unmanage, verify_audit
from api.usecases.explain import read_entitlement
from api.usecases.history import read_history
from api.usecases.load_policy import load_policy
from api.usecases.verify import read_bytes
from policy.audit import audit_json
from policy.entitlements import EntitlementKey
from policy.ledger import managed_json

audit = typer.Typer(help="The audit log: what was done, by whom, provably complete.", invoke_without_command=True)


def ledger(
    *,
    workspace: WorkspaceOption = HERE,
    person: Annotated[str | None, typer.Option("--person", help="Only this person.")] = None,
    target: Annotated[str | None, typer.Option("--target", help="Only this target.")] = None,
    runs: Annotated[bool, typer.Option("--runs", help="Show the runs instead.")] = False,
    release: Annotated[
        str | None,
        typer.Option(
            "--release", help='Release from management, with --person: "permission X in ad". The target keeps it.'
        ),
    ] = None,
    because: Annotated[str | None, typer.Option("--because", help="Why it is released.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what Ordain manages: every entitlement it granted or adopted, and the runs that did it."""
    output = Output(as_json=as_json)
    with open_tools(workspace) as tools:
        if runs:
            _show_runs(output, read_runs(tools))
            return
        if release is not None:
            if not (person and because and because.strip()):
                raise typer.BadParameter("--release goes with --person and --because")
            wanted = read_entitlement(load_policy(tools.workspace).require(), release)
            key = EntitlementKey.of(person, wanted)
            unmanage(tools, key, because)
            output.say(f"Released: {key}. The next diff forgets it and leaves it in the target.")
            output.emit({"released": str(key)})
            return
        state, entries = read_ledger(tools, LedgerFilter(person, target))
    output.table(
        ("person", "entitlement", "object in the target", ""),
        [
            (
                one.key.person,
                str(one.key.entitlement),
                one.anchor,
                f"disabled {one.disabled_on}" if one.disabled_on else "",
            )
            for one in entries
        ],
    )
    output.say(
        f"{len(entries):,} of {len(state.entries):,} entitlements; serial {state.serial} of {state.lineage[:12]}"
    )
    output.emit({"lineage": state.lineage, "serial": state.serial, "entries": [managed_json(one) for one in entries]})


def _show_runs(output: Output, runs: list) -> None:  # type: ignore[type-arg]  # see read_runs
    output.table(
        ("run", "diff", "mode", "state", "started (UTC)", "actions"),
        [
            (
                run.id,
                run.diff_id[:12],
                run.mode.value,
                run.state.value,
                f"{run.started_at:%Y-%m-%d %H:%M}",
                str(len(rows)),
            )
            for run, rows in runs
        ],
    )
    if not runs:
        output.say("No diff was enforced yet.")
    output.emit(
        [
            {
                "run": run.id,
                "diff": run.diff_id,
                "mode": run.mode.value,
                "state": run.state.value,
                "started_at": run.started_at.isoformat(),
                "ended_at": run.ended_at.isoformat() if run.ended_at else None,
                "actions": [
                    {
                        "line": row.line,
                        "op": row.op.value,
                        "key": str(row.key),
                        "state": row.state.value,
                        "text": row.text,
                    }
                    for row in rows
                ],
            }
            for run, rows in runs
        ]
    )


def history(
    person: Annotated[str, typer.Argument(help="External id of the person.")],
    *,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show what changed of a person: field, old value, new value, and when."""
    output = Output(as_json=as_json)
    with open_tools(workspace) as tools:
        entries = read_history(tools, person)
    output.table(
        ("when (UTC)", "contract", "field", "old", "new"),
        [
            (
                f"{one.at:%Y-%m-%d %H:%M}",
                one.change.contract,
                one.change.field,
                _text(one.change.old),
                _text(one.change.new),
            )
            for one in entries
        ],
    )
    if not entries:
        output.say(f"Nothing has changed of person {person}.")
    output.emit(
        [
            {
                "at": one.at.isoformat(),
                "import": one.import_id,
                "contract": one.change.contract,
                "field": one.change.field,
                "old": one.change.old,
                "new": one.change.new,
            }
            for one in entries
        ]
    )


@audit.callback()
def show_audit(
    context: typer.Context,
    *,
    workspace: WorkspaceOption = HERE,
    last: Annotated[int, typer.Option("--last", min=1, help="How many of the last entries.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show the last entries of the audit log."""
    if context.invoked_subcommand is not None:
        return
    output = Output(as_json=as_json)
    with open_tools(workspace) as tools:
        entries = read_audit(tools)[-last:]
    output.table(
        ("#", "when (UTC)", "who", "what", "to what"),
        [
            (str(one.index), f"{one.event.at:%Y-%m-%d %H:%M:%S}", one.event.actor, one.event.kind, one.event.subject)
            for one in entries
        ],
    )
    output.emit([{"index": one.index, **audit_json(one.event)} for one in entries])


@audit.command("verify")
def verify_log(
    *,
    workspace: WorkspaceOption = HERE,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A checkpoint kept elsewhere (may be repeated).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Recompute the whole log from its entries, and hold it against every checkpoint.

    Exit code 3 when it was changed.
    """
    output = Output(as_json=as_json)
    seen = tuple(read_bytes(path).decode("utf-8", "replace") for path in checkpoint or [])
    with open_tools(workspace) as tools:
        report = verify_audit(tools, seen)
    if report.intact:
        output.say(
            f"The audit log is whole: {report.size} entries, {report.checkpoints} checkpoints, root {report.root.hex()}"
        )
    elif not as_json:
        output.problems(report.problems)
    output.emit(
        {
            "intact": report.intact,
            "entries": report.size,
            "checkpoints": report.checkpoints,
            "root": report.root.hex(),
            "problems": [one.detail for one in report.problems],
        }
    )
    if not report.intact:
        raise typer.Exit(Exit.REFUSED)


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
