"""Coverage and mutation of `ordain test`: worked out behind the tests, told below them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.cli.output import Output, TerminalProgress
from api.render.coverage_lcov import render_lcov
from api.render.coverage_page import render_coverage_page
from api.render.coverage_text import coverage_json, coverage_lines, percent, survivor_lines
from api.render.test_text import BAD, FAINT, Line
from api.runners.mutation import MutationJob, TriedMutant, count_mutants, try_mutants
from api.usecases.files import write_whole
from api.usecases.test_rules import PreparedTests
from engine.testing.cover_items import items_of
from policy.canonical import JsonValue
from policy.coverage import Coverage
from policy.ports import ScriptRunner
from policy.test_outcomes import TestRun


@dataclass(frozen=True, slots=True)
class CoverDemand:
    """What is wanted besides outcomes: coverage on the source, as files, and a least share (percent); mutants."""

    show: bool = False
    html: Path | None = None
    lcov: Path | None = None
    least_percent: int | None = None
    mutate: bool = False

    @property
    def wanted(self) -> bool:
        """Whether tests have to leave marks; mutants are tried in an order that marks suggest."""
        return self.show or self.mutate or bool(self.html or self.lcov) or self.least_percent is not None


@dataclass(frozen=True, slots=True)
class CoverTold:
    """Whether everything demanded holds, and the JSON of it."""

    passed: bool
    json: dict[str, JsonValue]


def tell_coverage(
    demand: CoverDemand, prepared: PreparedTests, run: TestRun, *, output: Output, folder: str
) -> CoverTold:
    """Work out coverage of a run, write the files that were asked for, and tell a person."""
    marks = frozenset(mark for outcome in run.outcomes for mark in outcome.marks)
    coverage = Coverage.of(items_of(prepared.policy), marks)
    if demand.html is not None:
        page = render_coverage_page(coverage, prepared.files, title=prepared.policy.title)
        write_whole(demand.html, page.encode())
    if demand.lcov is not None:
        write_whole(demand.lcov, render_lcov(coverage, folder=folder).encode())
    passed = demand.least_percent is None or coverage.per_mille >= 10 * demand.least_percent
    if demand.show or demand.least_percent is not None:
        lines = coverage_lines(coverage, prepared.files)
        _say(output, lines if demand.show else [*lines][-1:])
    if not passed:
        words = f"Coverage is {percent(coverage)}; at least {demand.least_percent} % are asked for."
        _say(output, [Line(words, BAD)])
    files = [str(one) for one in (demand.html, demand.lcov) if one is not None]
    if files:
        _say(output, [Line(f"Written: {', '.join(files)}", FAINT)])
    return CoverTold(passed, {"coverage": coverage_json(coverage)})


def tell_mutants(
    prepared: PreparedTests, run: TestRun, scripts: ScriptRunner, *, output: Output, jobs: int
) -> CoverTold:
    """Change the rules in small ways, and tell which changes no test notices. Tests that fail already are left out."""
    job = MutationJob(prepared.bench, tuple(one for one in run.outcomes if one.passed))
    total = count_mutants(job)
    progress = TerminalProgress(output.errors)
    tried: list[TriedMutant] = []
    for one in try_mutants(job, scripts, total=total, jobs=jobs):
        tried.append(one)
        progress("changing rules", len(tried), total)
    survivors = [one for one in tried if one.noticed_by is None]
    _say(output, [Line("")])
    _say(output, survivor_lines(((one.place.at, one.owner, one.text) for one in survivors), tried=len(tried)))
    listed: list[JsonValue] = [
        {"owner": one.owner, "path": one.place.path, "line": one.place.line, "change": one.text} for one in survivors
    ]
    return CoverTold(not survivors, {"mutation": {"tried": len(tried), "survivors": listed}})


def _say(output: Output, lines: Iterable[Line]) -> None:
    for line in lines:
        output.say(line.text, style=line.style)
