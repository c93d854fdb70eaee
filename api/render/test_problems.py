"""Failed expectations and smells of tests as diagnostics, so that they show wherever problems do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from policy.catalogue.testing import EXPECTATION_FAILED, PERSON_FROZEN_IN_TEST
from policy.diagnostics import Diagnostic
from policy.source import SourceFile, Span
from policy.test_outcomes import ExpectationOutcome, FrozenInTest, TestOutcome
from policy.testing import PolicyTest


def problems_of_all(outcomes: Iterable[TestOutcome], files: Mapping[str, SourceFile]) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with tests, in order of place. `files` are those of the rules, by path."""
    found = [problem for one in outcomes for problem in problems_of(one, files)]
    return tuple(sorted(found, key=lambda one: one.sort_key))


def problems_of(outcome: TestOutcome, files: Mapping[str, SourceFile]) -> Iterator[Diagnostic]:
    """Problems of one test: why it cannot be run, what failed, who is frozen unawares."""
    yield from outcome.problems
    for one in outcome.failures:
        yield _failed(outcome.test, one, files)
    for frozen in outcome.frozen:
        yield _frozen(outcome.test, frozen)


def as_written(span: Span, files: Mapping[str, SourceFile]) -> str:
    """Words of a stretch of the rules on one line; "" when the file is not among `files`."""
    file = files.get(span.path)
    if file is None:
        return ""
    lines = [file.line(number) for number in range(span.line, span.end_line + 1)]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return " ".join(" ".join(lines).split())


def nearest_failures(outcome: ExpectationOutcome) -> tuple[str, ...]:
    """Tell what stands in the way in the nearest rule of each entitlement in question, with their places."""
    return tuple(
        f"{failure.text} ({failure.at})"
        for explanation in outcome.explanations
        for answer in explanation.answers
        for grant in answer.nearest[:1]
        for failure in grant.failures
    )


def _failed(test: PolicyTest, one: ExpectationOutcome, files: Mapping[str, SourceFile]) -> Diagnostic:
    words = as_written(one.expectation.span, files)
    said = f"`{words}`" if words else "this"
    why = [f"Nearest: {sentence}" for sentence in nearest_failures(one)]
    detail = "\n".join((f"“{test.title}” on {one.day.isoformat()}: {said} is not met.", *one.came, *why))
    return Diagnostic(EXPECTATION_FAILED, detail, span=one.expectation.span, subject=test.title)


def _frozen(test: PolicyTest, frozen: FrozenInTest) -> Diagnostic:
    span = next((one.span for one in test.persons if one.person.external_id == frozen.person), test.span)
    why = " and ".join(problem.text for problem in frozen.problems)
    detail = f"“{test.title}”: nothing changes for person “{frozen.person}” from {frozen.day.isoformat()} on: {why}."
    hint = "give the person what is missing, or write `expect frozen` where that is meant"
    return Diagnostic(PERSON_FROZEN_IN_TEST, detail, span=span, hint=hint, subject=test.title)
