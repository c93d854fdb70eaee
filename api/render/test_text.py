"""Tests as a person reads them: a tick per test, and of what failed the place, what came instead, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from api.render.counting import counted
from api.render.test_problems import as_written
from engine.explain.text import answer_lines
from policy.diagnostics import Diagnostic
from policy.source import SourceFile
from policy.test_outcomes import ExpectationOutcome, FrozenInTest, TestOutcome, TestRun

GOOD, BAD, SMELL, FAINT = "green", "bold red", "yellow", "dim"


class Line(NamedTuple):
    """A line of text and the style it is shown in (None: plain)."""

    text: str
    style: str | None = None


def outcome_lines(outcome: TestOutcome, files: Mapping[str, SourceFile], *, verbose: bool) -> Iterator[Line]:
    """One test, below the name of its file. `verbose` lists the expectations that were met, too."""
    mark, style = ("✓", GOOD) if outcome.passed else ("✗", BAD)
    yield Line(f"  {mark} {outcome.test.title}", style)
    for problem in outcome.problems:
        yield from _problem_lines(problem)
    for one in outcome.expectations:
        if not one.passed:
            yield from _failure_lines(one, files)
        elif verbose:
            words = as_written(one.expectation.span, files)
            yield Line(f"      ✓ {one.day.isoformat()} {words}", FAINT)
    for frozen in outcome.frozen:
        yield _frozen_line(frozen)


def summary_lines(run: TestRun) -> Iterator[Line]:
    """How many there were, and how many failed."""
    count = len(run.tests)
    if not run.defined:
        yield Line("There are no tests in these rules.")
        yield Line("Write one: ordain test --write PERSON makes it from what somebody gets now.", FAINT)
        return
    outcomes = run.outcomes
    failed = sum(not one.passed for one in outcomes)
    expectations = [each for one in outcomes for each in one.expectations]
    unmet = sum(not one.passed for one in expectations)
    left_out = run.defined - count
    besides = f" ({left_out:,} of {run.defined:,} not run)" if left_out else ""
    ran = f"{counted(count, 'test')}, {counted(len(expectations), 'expectation')}{besides}"
    if failed:
        met = f", {counted(unmet, 'expectation')} not met" if unmet else ""
        yield Line(f"{ran}: {counted(failed, 'test')} failed{met}", BAD)
    else:
        yield Line(f"{ran}: all passed" if count else f"{ran}: nothing to do", GOOD if count else None)


def _failure_lines(one: ExpectationOutcome, files: Mapping[str, SourceFile]) -> Iterator[Line]:
    expectation = one.expectation
    yield Line(f"      {expectation.span.at}: on {one.day.isoformat()}, person {expectation.person}")
    yield Line(f"          {as_written(expectation.span, files)}", "bold")
    for sentence in one.came:
        yield Line(f"        {sentence}", BAD)
    for explanation in one.explanations:
        for answer in explanation.answers:
            yield from (Line(f"        {text}") for text in answer_lines(answer, present=explanation.present))
    for line in one.lines:
        yield from (Line(f"        {why.text}", FAINT) for why in line.why if not _is_told(why.text, one))
    yield Line("")


def _is_told(text: str, one: ExpectationOutcome) -> bool:
    return any(text.rstrip(".") in sentence for sentence in one.came)


def _problem_lines(problem: Diagnostic) -> Iterator[Line]:
    where = f"{problem.span.at}: " if problem.span else ""
    yield Line(f"      {where}{problem.code} {problem.detail}", BAD)
    if problem.hint:
        yield Line(f"        hint: {problem.hint}")


def _frozen_line(frozen: FrozenInTest) -> Line:
    why = " and ".join(problem.text for problem in frozen.problems)
    words = f"person {frozen.person} is frozen from {frozen.day.isoformat()} on, so in reality nothing changes: {why}"
    return Line(f"      ! {words}. Give what is missing, or write `expect frozen`.", SMELL)
