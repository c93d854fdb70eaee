"""`ordain compare`."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, JsonOption, WorkspaceOption, read_date
from api.cli.output import Output, TerminalProgress
from api.cli.places import from_here
from api.render.compare_json import comparison_json
from api.render.compare_markdown import render_markdown
from api.render.compare_page import render_comparison_page
from api.render.compare_problems import comparison_problems
from api.render.compare_text import render_comparison
from api.render.counting import counted
from api.render.json_text import json_text
from api.render.sarif import render_sarif
from api.runners.bench import open_scripts
from api.usecases.compare import CompareRequest, Means, compare_versions, horizon
from api.usecases.compare_world import read_world
from api.usecases.files import write_whole
from api.usecases.keep_witnesses import keep_witnesses
from api.usecases.versions import RulesVersion, open_version
from api.version import our_version
from engine.compare.merging import header_of
from policy.comparison import Comparison
from policy.proofs import Budget


class CompareFormat(StrEnum):
    """Ways to print a comparison."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    SARIF = "sarif"


@dataclass(frozen=True, slots=True)
class _Demand:
    """What was asked for on the command line."""

    names: tuple[str, str]
    workspace: Path
    as_of: date | None
    until: date | None
    budget: Budget
    entitlement: str | None
    snapshot: Path | None


def compare(
    base: Annotated[str, typer.Argument(help="A git revision, a workspace or a folder of rules.")],
    head: Annotated[str, typer.Argument(help="The same, of the newer rules.")] = ".",
    *,
    workspace: WorkspaceOption = HERE,
    output_format: Annotated[
        CompareFormat, typer.Option("--format", help="How the comparison is printed.")
    ] = CompareFormat.TEXT,
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show entitlements that are the same, too.")] = False,
    entitlement: Annotated[
        str | None, typer.Option("--entitlement", help='Compare this one alone: "permission SEC-Nurse in ad".')
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Day to look at real people.", show_default="today in the policy's timezone"),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Last day to look at real people.", show_default="90 days later")
    ] = None,
    snapshot: Annotated[
        Path | None,
        typer.Option("--snapshot", help="Vault file with real people.", show_default="the workspace's snapshot"),
    ] = None,
    budget: Annotated[
        int, typer.Option("--budget", min=1, help="Cases to look at for one proof; past it: undecided.")
    ] = Budget().cases,
    write_tests: Annotated[
        Path | None,
        typer.Option("--write-tests", help="Keep the witnesses as tests, at the end of this file."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two versions of the rules: who gains and who loses what, over every possible person.

    Each entitlement is the same (proved), widened, narrowed, mixed or undecided; what differs comes with a smallest
    person for whom it does, the clause to blame in both sources, and the real people it touches. `.` is the workspace.
    Exit code 0 when all is the same, 1 otherwise.
    """
    chosen = CompareFormat.JSON if as_json else output_format
    output = Output(as_json=chosen is CompareFormat.JSON)
    demand = _Demand(
        names=(base, head),
        workspace=workspace,
        as_of=read_date(as_of),
        until=read_date(until),
        budget=Budget(cases=budget),
        entitlement=entitlement,
        snapshot=snapshot,
    )
    if write_tests is not None and write_tests.suffix != ".ordain":
        raise typer.BadParameter(f"{write_tests} is no *.ordain file, so no test in it would be found")
    with ExitStack() as stack:
        versions = _open(stack, demand)
        comparison = _compare(versions, demand, TerminalProgress(output.errors))
        colour = output.colour and out is None
        text = _render(comparison, versions[1], chosen, colour=colour, everything=everything)
        _show(output, chosen, text, out)
        if write_tests is not None:
            _keep(output, comparison, versions[1], write_tests)
    if not comparison.same:
        raise typer.Exit(Exit.PROBLEMS)


def _open(stack: ExitStack, demand: _Demand) -> tuple[RulesVersion, RulesVersion]:
    base, head = (
        stack.enter_context(open_version(name, side=side, workspace=demand.workspace))
        for name, side in zip(demand.names, ("BASE", "HEAD"), strict=True)
    )
    return base, head


def _compare(versions: tuple[RulesVersion, RulesVersion], demand: _Demand, progress: TerminalProgress) -> Comparison:
    base, head = versions
    timezone = head.policy.timezone
    day = demand.as_of or datetime.now(UTC).astimezone(ZoneInfo(timezone)).date()
    last = horizon(day, demand.until)
    if last < day:
        raise typer.BadParameter(f"--until {last} lies before {day}")
    request = CompareRequest(day, last, demand.budget, demand.entitlement)
    with open_scripts() as scripts:
        world = read_world(demand.workspace, demand.snapshot, timezone=timezone, scripts=scripts)
        return compare_versions(base, head, world, request, means=Means(scripts, progress))


def _render(
    comparison: Comparison,
    head: RulesVersion,
    chosen: CompareFormat,
    *,
    colour: bool,
    everything: bool,
) -> str:
    match chosen:
        case CompareFormat.TEXT:
            return render_comparison(comparison, everything=everything, colour=colour)
        case CompareFormat.JSON:
            return json_text(comparison_json(comparison, everything=everything)) + "\n"
        case CompareFormat.MARKDOWN:
            return render_markdown(comparison, everything=everything)
        case CompareFormat.HTML:
            return render_comparison_page(comparison)
        case CompareFormat.SARIF:
            problems = comparison_problems(comparison, anywhere=header_of(head.policy))
            return json_text(render_sarif(problems, version=our_version(), folder=from_here(head.folder))) + "\n"


def _show(output: Output, chosen: CompareFormat, text: str, out: Path | None) -> None:
    if out is not None:
        write_whole(out, text.encode())
        output.say(f"Written to {out}.")
    elif chosen is CompareFormat.TEXT:
        output.write(text)
    else:
        output.raw(text)


def _keep(output: Output, comparison: Comparison, head: RulesVersion, file: Path) -> None:
    kept = keep_witnesses(comparison, head.policy, file)
    said = f"{counted(kept.written, 'test')} written to {file}."
    said += f" {kept.already:,} stood in the rules already." if kept.already else ""
    output.warn(said)
    for one in kept.untold:
        output.warn(f"No test can tell the witness of {one.entitlement}: it rests on what facts of a test cannot say.")
