"""Tests run and told: to a person as each one ends, to a machine when all have."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from api.cli.output import Output, TerminalProgress
from api.cli.places import from_here
from api.cli.test_coverage import CoverDemand, CoverTold, tell_coverage, tell_mutants
from api.render.diagnostics import render_json
from api.render.github import render_github
from api.render.test_json import run_json
from api.render.test_junit import render_junit, render_junit_of_problems
from api.render.test_problems import problems_of_all
from api.render.test_text import outcome_lines, summary_lines
from api.runners.bench import run_in_order
from api.settings.workspace import open_workspace
from api.usecases.choose_tests import Choice
from api.usecases.files import write_whole
from api.usecases.load_policy import PolicyError
from api.usecases.test_rules import PreparedTests, prepare_tests
from api.usecases.watch_rules import changes_of
from policy.diagnostics import OrdainError
from policy.ports import ScriptRunner
from policy.test_outcomes import TestRun, TimedOutcome


class TestFormat(StrEnum):
    """Ways to print what became of tests."""

    __test__ = False
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for. Up to `jobs` processes run tests: `at_once`, or where they are worth their start."""

    workspace: Path
    choice: Choice
    output: Output
    format: TestFormat
    junit: Path | None
    jobs: int
    at_once: bool
    fail_fast: bool
    verbose: bool
    cover: CoverDemand = field(default_factory=CoverDemand)


@dataclass(frozen=True, slots=True)
class Told:
    """Whether every test passed, and the files besides the rules folder that this hangs on."""

    passed: bool
    files: tuple[Path, ...] = ()


def run_and_tell(demand: Demand, scripts: ScriptRunner) -> Told:
    """Run the tests once. Errors in the rules are told like failures; every other problem is raised."""
    opened = open_workspace(demand.workspace)
    folder = from_here(opened.rules_folder)
    try:
        prepared = prepare_tests(opened, scripts, demand.choice)
    except PolicyError as error:
        if demand.junit is not None:
            write_whole(demand.junit, render_junit_of_problems(error.diagnostics).encode())
        _tell_errors(demand, error, folder)
        return Told(passed=False)
    if prepared.note:
        demand.output.warn(prepared.note)
    if demand.cover.wanted:
        prepared = replace(prepared, bench=replace(prepared.bench, cover=True))
    run = _gather(demand, prepared, scripts)
    if demand.junit is not None:
        write_whole(demand.junit, render_junit(run, prepared.files).encode())
    if demand.format is TestFormat.TEXT:
        for line in summary_lines(run):
            demand.output.say(line.text, style=line.style)
    covered = _tell_covered(demand, prepared, run, scripts, folder=folder)
    match demand.format:
        case TestFormat.TEXT:
            pass
        case TestFormat.JSON:
            demand.output.json({**run_json(run, prepared.files), **covered.json})
        case TestFormat.GITHUB:
            demand.output.raw(render_github(problems_of_all(run.outcomes, prepared.files), folder=folder))
            for line in summary_lines(run):
                demand.output.warn(line.text)
    return Told(run.passed and covered.passed, (*prepared.fixtures.values(), *prepared.mapping_files))


def _tell_covered(
    demand: Demand, prepared: PreparedTests, run: TestRun, scripts: ScriptRunner, *, folder: str
) -> CoverTold:
    """Coverage and mutation, as far as they are asked for; only where a person reads it is told here."""
    output = demand.output if demand.format is TestFormat.TEXT else Output(as_json=True)
    told = CoverTold(passed=True, json={})
    if demand.cover.wanted and demand.cover != CoverDemand(mutate=True):
        told = tell_coverage(demand.cover, prepared, run, output=output, folder=folder)
    if demand.cover.mutate:
        mutants = tell_mutants(prepared, run, scripts, output=output, jobs=demand.jobs)
        told = CoverTold(told.passed and mutants.passed, {**told.json, **mutants.json})
    return told


def watch_and_tell(demand: Demand, scripts: ScriptRunner) -> None:
    """Run the tests now and after every change of what they hang on, until an interrupt."""
    told = Told(passed=True)
    try:
        for changed in changes_of(open_workspace(demand.workspace), lambda: told.files):  # noqa: B023  # those of the last run
            if changed:
                demand.output.say(f"\nChanged: {', '.join(sorted(one.name for one in changed))}", style="dim")
            try:
                told = run_and_tell(demand, scripts)
            except OrdainError as error:  # a workspace in the middle of an edit: the next change mends it
                demand.output.problems(error.diagnostics)
            demand.output.say("Watching for changes; Ctrl-C ends it.", style="dim")
    except KeyboardInterrupt:
        demand.output.say("Watched no longer.", style="dim")


def _tell_errors(demand: Demand, error: PolicyError, folder: str) -> None:
    match demand.format:
        case TestFormat.TEXT:
            demand.output.problems(error.diagnostics, error.files)
        case TestFormat.JSON:
            demand.output.json({"problems": render_json(error.diagnostics)})
        case TestFormat.GITHUB:
            demand.output.raw(render_github(error.diagnostics, folder=folder))


def _gather(demand: Demand, prepared: PreparedTests, scripts: ScriptRunner) -> TestRun:
    """Run the tests; where a person reads, tell each as it ends."""
    progress = TerminalProgress(demand.output.errors)
    done: list[TimedOutcome] = []
    path = ""
    for timed in run_in_order(prepared.bench, prepared.tests, scripts, jobs=demand.jobs, at_once=demand.at_once):
        done.append(timed)
        if demand.format is TestFormat.TEXT:
            if timed.outcome.test.span.path != path:
                path = timed.outcome.test.span.path
                demand.output.say(path, style="bold")
            for line in outcome_lines(timed.outcome, prepared.files, verbose=demand.verbose):
                demand.output.say(line.text, style=line.style)
        else:
            progress("running tests", len(done), len(prepared.tests))
        if demand.fail_fast and not timed.outcome.passed:
            break
    return TestRun(tuple(done), len(prepared.policy.tests))
