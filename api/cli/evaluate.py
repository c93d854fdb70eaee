"""`ordain evaluate`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, AsOfOption, JsonOption, WorkspaceOption, read_date
from api.cli.output import Output, TerminalProgress
from api.compose import open_tools
from api.render.diff_text import render_limits, render_totals
from api.render.diff_view import limits_json, totals_json
from api.render.events_text import count_events, render_event_counts
from api.render.work_text import Stage, render_stages, render_work, stats_json
from api.runners.stage_meter import StageMeter
from api.tools import Tools
from api.usecases.evaluate import evaluate_workspace
from api.usecases.evaluators import Engine, evaluator_of, work_of
from api.usecases.sign import EVENTS_FILE, FILE_NAMES, SignedEvaluation, sign_evaluation, write_diff
from engine.columnar.desired import Work


def evaluate(
    *,
    workspace: WorkspaceOption = HERE,
    as_of: AsOfOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for lines.ndjson, salts.ndjson, diff.dsse.json, and events.ndjson."),
    ] = None,
    import_first: Annotated[bool, typer.Option("--import", help="Import before evaluating.")] = False,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Let draft rules take part; the diff can then never be enforced.")
    ] = False,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            help="Who decides: columnar, ray (the same on a cluster), or the slow reference they are held against.",
        ),
    ] = Engine.COLUMNAR,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            help="With --engine ray: the cluster, as HOST:PORT or auto. Else workers are started on this machine.",
        ),
    ] = None,
    stats: Annotated[
        bool, typer.Option("--stats", help="Tell how long each stage took, its memory, and how it was decided.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Evaluate the rules over everybody, and sign what would change.

    Imports first when there is no snapshot yet. Prints the diff's id, totals per target, kind, operation and status,
    and the limits that tripped. Nothing is changed in any target: that takes `ordain approve` and `ordain enforce`.
    """
    if out is not None and out.exists() and not out.is_dir():
        raise typer.BadParameter(f"{out} is a file; --out names a folder")
    if address is not None and engine is not Engine.RAY:
        raise typer.BadParameter("--address is that of a cluster: it goes with --engine ray")
    output = Output(as_json=as_json)
    day = read_date(as_of)
    meter = StageMeter(TerminalProgress(output.errors))
    evaluator = evaluator_of(engine, address, meter)
    with open_tools(workspace, progress=meter) as tools:
        if import_first or _has_no_snapshot(tools):
            from api.cli.import_ import show_import  # noqa: PLC0415  # a snapshot is mostly there
            from api.usecases.import_people import import_people  # noqa: PLC0415

            imported = import_people(tools)
            if not as_json:
                show_import(output, imported)
            if imported.blocked:
                if as_json:
                    show_import(output, imported)
                raise typer.Exit(Exit.REFUSED)
        signed = sign_evaluation(tools, evaluate_workspace(tools, day, include_drafts=drafts, evaluator=evaluator))
    if out is not None:
        meter("writing files", 0, 0)
        write_diff(out, signed)
    told = _Stats(meter.finish(), work_of(signed.evaluated.decisions)) if stats else None
    _show(output, signed, out, told)


def _has_no_snapshot(tools: Tools) -> bool:
    with tools.store.read() as tx:
        return tx.snapshots.latest() is None and not tx.imports.list()


@dataclass(frozen=True, slots=True)
class _Stats:
    stages: tuple[Stage, ...]
    work: Work


def _show(output: Output, signed: SignedEvaluation, out: Path | None, stats: _Stats | None) -> None:
    diff = signed.evaluated.diff
    output.say(f"Diff {signed.signed.id}, as of {diff.as_of}")
    for text in (*render_totals(diff.totals()), *render_limits(diff.limits)):
        output.say(text)
    for violation in diff.violations:
        output.say(f"! {violation.text} ({violation.at})")
    output.say(
        f"{len(diff.unchanged):,} entitlements are as they should be; {len(diff.unmanaged):,} objects unmanaged."
    )
    for text in render_event_counts(signed.evaluated.events):
        output.say(text)
    if not output.as_json:
        output.problems(diff.warnings)
    if not diff.enforceable:
        output.say("Draft rules took part: this diff is only to be looked at.", style="yellow")
    elif diff.lines:
        name = signed.signed.id[:12]
        output.say(f"Read it: ordain show {name}   approve it: ordain approve {name}", style="dim")
    if out is not None:
        names = ", ".join(f"{out}/{name}" for name in (*FILE_NAMES.values(), EVENTS_FILE))
        output.say(f"Files: {names}", style="dim")
    if stats is not None:
        for text in (*render_work(stats.work), *render_stages(stats.stages)):
            output.say(text)
    output.emit(
        {
            **({} if stats is None else {"stats": stats_json(stats.stages, stats.work)}),
            "diff": signed.signed.id,
            "as_of": diff.as_of.isoformat(),
            "enforceable": diff.enforceable,
            "totals": totals_json(diff.totals()),
            "limits": limits_json(diff.limits),
            "violations": [
                {"at": one.at, "never": one.never, "person": one.person, "severity": one.severity, "text": one.text}
                for one in diff.violations
            ],
            "unchanged": len(diff.unchanged),
            "unmanaged": len(diff.unmanaged),
            "events": dict(count_events(signed.evaluated.events)),
        }
    )
