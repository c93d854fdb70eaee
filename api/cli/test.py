"""`ordain test`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, AsOfOption, JsonOption, WorkspaceOption, read_date
from api.cli.output import Output
from api.cli.registry import load
from api.cli.test_coverage import CoverDemand
from api.cli.testing import Demand, TestFormat, run_and_tell, watch_and_tell
from api.runners.bench import open_scripts
from api.usecases.choose_tests import Choice


def run_tests(
    *,
    workspace: WorkspaceOption = HERE,
    text: Annotated[
        str | None, typer.Option("--filter", help="Only tests whose title or file holds this text.")
    ] = None,
    changed_since: Annotated[
        str | None,
        typer.Option("--changed-since", help="Only tests that what changed since this git revision can touch."),
    ] = None,
    output_format: Annotated[
        TestFormat, typer.Option("--format", help="How the outcome is printed.")
    ] = TestFormat.TEXT,
    junit: Annotated[
        Path | None, typer.Option("--junit", help="Write the outcome as JUnit XML to this file, too.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Run again whenever rules or what they name change.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="How many processes run tests.", show_default="as many as there are cores"),
    ] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first test that fails.")] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show on the source what no test saw of the rules.")
    ] = False,
    least: Annotated[
        int | None,
        typer.Option("--min", min=0, max=100, metavar="N", help="Fail when less than N percent is covered."),
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write coverage as a page to this file.")] = None,
    lcov: Annotated[Path | None, typer.Option("--lcov", help="Write coverage as an lcov tracefile.")] = None,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Change every rule in small ways: list changes that no test notices.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show what was expected and came, too.")] = False,
    write: Annotated[
        str | None,
        typer.Option("--write", help="Run nothing: write a test from what this person of the snapshot gets now."),
    ] = None,
    as_of: AsOfOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="With --write: put the test at the end of this file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the tests in the rules: made-up people on made-up days, and what is expected of them.

    Of an expectation that is not met: where it stands, what came instead, and why, with the conditions and the values
    they saw. Nothing is read but the workspace, and nothing is changed. Exit code 0 when every test passes (or there is
    none), 1 when one fails or the rules have errors.
    """
    chosen = TestFormat.JSON if as_json else output_format
    if write is not None:
        tell = load("api.cli.test_writing:write_and_tell")  # it needs the database, which running tests does not
        tell(workspace, write, as_of=read_date(as_of), out=out, output=Output(as_json=chosen is TestFormat.JSON))
        return
    if out is not None or as_of is not None:
        raise typer.BadParameter("--as-of and --out belong to --write")
    demand = Demand(
        workspace=workspace,
        choice=Choice(text, changed_since),
        output=Output(as_json=chosen is TestFormat.JSON),
        format=chosen,
        junit=junit,
        jobs=jobs or os.cpu_count() or 1,
        at_once=jobs is not None,
        fail_fast=fail_fast,
        verbose=verbose,
        cover=CoverDemand(coverage, html, lcov, least, mutate),
    )
    with open_scripts() as scripts:
        if watch:
            watch_and_tell(demand, scripts)
        elif not run_and_tell(demand, scripts).passed:
            raise typer.Exit(Exit.PROBLEMS)
