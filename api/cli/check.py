"""`ordain check`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.known import Looking
from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.cli.places import from_here
from api.render.counting import counted
from api.render.diagnostics import count_by_severity, render_json, render_text
from api.render.github import render_github
from api.render.sarif import render_sarif
from api.settings.workspace import open_workspace
from api.usecases.check import check_workspace
from api.version import our_version
from policy.diagnostics import Diagnostic, Severity


class CheckFormat(StrEnum):
    """Ways to print problems."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


def check(
    *,
    workspace: WorkspaceOption = HERE,
    output_format: Annotated[
        CheckFormat, typer.Option("--format", help="How problems are printed.")
    ] = CheckFormat.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the rules: every problem of every file in one run, and everything that `lint` finds.

    Exit code 0 when there are no errors, 1 otherwise. Warnings are shown and do not fail, unless --strict is given.
    """
    output = Output(as_json=as_json)
    opened = open_workspace(workspace)
    loaded, diagnostics = check_workspace(opened, datetime.now(UTC), Looking(opened, output))
    folder = from_here(opened.rules_folder)
    chosen = CheckFormat.JSON if as_json else output_format
    match chosen:
        case CheckFormat.JSON:
            output.json({"problems": render_json(diagnostics)})
        case CheckFormat.GITHUB:
            output.raw(render_github(diagnostics, folder=folder))
        case CheckFormat.SARIF:
            output.json(render_sarif(diagnostics, version=our_version(), folder=folder))
        case CheckFormat.TEXT:
            output.write(render_text(diagnostics, loaded.files, colour=output.colour))
            rules = loaded.compilation.policy.rules if loaded.compilation.policy else {}
            what = f"{counted(len(rules), 'rule')} in {counted(len(loaded.files), 'file')}: " if rules else ""
            output.say(("\n" if diagnostics else "") + what + count_by_severity(diagnostics))
    if fails(diagnostics, strict=strict):
        raise typer.Exit(Exit.PROBLEMS)


def fails(diagnostics: Iterable[Diagnostic], *, strict: bool) -> bool:
    """Tell whether problems make a command end with exit code 1: an error does, and where `strict` a warning."""
    return any(one.severity is Severity.ERROR or (strict and one.severity is Severity.WARNING) for one in diagnostics)
