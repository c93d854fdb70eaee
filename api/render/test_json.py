"""Tests for a machine: one JSON value."""

from __future__ import annotations

from collections.abc import Mapping

from api.render.diagnostics import render_json
from api.render.test_problems import as_written, problems_of_all
from policy.canonical import JsonValue
from policy.diff import line_json
from policy.explanations import explanation_json
from policy.source import SourceFile
from policy.test_outcomes import ExpectationOutcome, TestOutcome, TestRun


def run_json(run: TestRun, files: Mapping[str, SourceFile]) -> dict[str, JsonValue]:
    """Every test with its expectations, the problems as `check` has them, and counts."""
    outcomes = run.outcomes
    expectations = [each for one in outcomes for each in one.expectations]
    return {
        "passed": run.passed,
        "counts": {
            "tests": len(outcomes),
            "failed": sum(not one.passed for one in outcomes),
            "not_run": run.defined - len(outcomes),
            "expectations": len(expectations),
            "not_met": sum(not one.passed for one in expectations),
        },
        "tests": [_test(one, files) for one in outcomes],
        "problems": render_json(problems_of_all(outcomes, files)),
    }


def _test(outcome: TestOutcome, files: Mapping[str, SourceFile]) -> JsonValue:
    return {
        "title": outcome.test.title,
        "path": outcome.test.span.path,
        "line": outcome.test.span.line,
        "passed": outcome.passed,
        "expectations": [_expectation(one, files) for one in outcome.expectations],
    }


def _expectation(one: ExpectationOutcome, files: Mapping[str, SourceFile]) -> JsonValue:
    expectation = one.expectation
    record: dict[str, JsonValue] = {
        "on": one.day.isoformat(),
        "person": expectation.person,
        "words": as_written(expectation.span, files),
        "at": expectation.span.at,
        "passed": one.passed,
    }
    if not one.passed:
        record["came"] = list(one.came)
        record["explanations"] = [explanation_json(each) for each in one.explanations]
        record["lines"] = [line_json(each) for each in one.lines]
    return record
