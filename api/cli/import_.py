"""`ordain import`."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output, TerminalProgress
from api.compose import open_tools
from api.render.counting import counted
from api.render.diagnostics import render_json
from api.usecases.import_people import Imported, import_people, release_import
from policy.canonical import JsonValue


def import_command(
    *,
    workspace: WorkspaceOption = HERE,
    release: Annotated[
        str | None, typer.Option("--release", metavar="IMPORT", help="Let a blocked import through, by your name.")
    ] = None,
    because: Annotated[str | None, typer.Option("--because", help="Why it is released.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read every source and keep a new snapshot of persons, contracts and departments.

    An import that changes too much at once (limits in ordain.toml) is blocked and nothing of it is in force, until
    somebody releases it: `ordain import --release IMPORT --because "…"`. Exit code 3 when it is blocked.
    """
    output = Output(as_json=as_json)
    with open_tools(workspace, progress=TerminalProgress(output.errors)) as tools:
        if release is not None:
            if not (because and because.strip()):
                raise typer.BadParameter("say why, with --because")
            record = release_import(tools, release, because)
            output.say(f"Import {record.id} is released by {record.released_by}: {record.because}")
            output.emit({"import": record.id, "state": record.state.value})
            return
        imported = import_people(tools)
    show_import(output, imported)
    if imported.blocked:
        raise typer.Exit(Exit.REFUSED)


def show_import(output: Output, imported: Imported) -> None:
    """Say what an import brought, who is frozen and why, and what blocks it."""
    counts = imported.counts
    output.say(
        f"{counted(counts.persons, 'person')}, {counted(counts.contracts, 'contract')}, "
        f"{counted(counts.departments, 'department')}; {counted(len(imported.frozen), 'person')} frozen, "
        f"{counted(imported.changed, 'field')} changed."
    )
    output.say(f"Snapshot {imported.snapshot.digest[:12]} by import {imported.record.id} ({imported.record.state}).")
    for person, problems in imported.frozen.items():
        for one in problems:
            where = f", contract {one.contract}" if one.contract else ""
            output.say(f"  frozen: {person}{where}: {one.text} [{one.code}]")
    shown = {(person, problem.code) for person, problems in imported.frozen.items() for problem in problems}
    notes = [one for one in imported.diagnostics if (one.subject, one.code) not in shown]
    if not output.as_json:
        output.problems(notes)
    for verdict in imported.verdicts:
        if verdict.problem is not None:
            output.say(f"Blocked: {verdict.problem.detail}")
            output.say(f"  {verdict.problem.hint}", style="dim")
            output.say(f'  release it: ordain import --release {imported.record.id} --because "…"', style="dim")
    output.emit(_json(imported))


def _json(imported: Imported) -> JsonValue:
    counts = imported.counts
    return {
        "import": imported.record.id,
        "state": imported.record.state.value,
        "snapshot": imported.snapshot.digest,
        "persons": counts.persons,
        "contracts": counts.contracts,
        "departments": counts.departments,
        "unaddressable": counts.unaddressable,
        "changed_fields": imported.changed,
        "frozen": {
            person: [
                {"code": one.code, "contract": one.contract, "field": one.field, "text": one.text} for one in problems
            ]
            for person, problems in imported.frozen.items()
        },
        "limits": [one.problem.detail for one in imported.verdicts if one.problem],
        "problems": render_json(imported.diagnostics),
    }
