"""Outcomes in order, whatever runs where, and as few processes as are worth their start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.runners.bench import TestBench, _is_long, open_scripts, run_in_order
from policy.catalogue.testing import FIXTURE_UNREADABLE
from policy.diagnostics import Diagnostic
from tests.builders.played import on, policy_of, scenario

POLICY = policy_of('rule everybody "E"\n    grant account in ad\nend\n')
TESTS = tuple(
    replace(scenario(on("2026-03-01", "entitled ad account" if number % 2 else "nothing")), title=f"T{number}")
    for number in range(9)
)
BENCH = TestBench(replace(POLICY, tests={one.title: one for one in TESTS}))


@pytest.mark.parametrize("jobs", [1, 2])
def test_outcomes_come_in_order(jobs: int) -> None:
    with open_scripts() as scripts:
        found = [one.outcome for one in run_in_order(BENCH, TESTS, scripts, jobs=jobs, at_once=True)]

    assert [one.test.title for one in found] == [one.title for one in TESTS]
    assert [one.passed for one in found] == [bool(number % 2) for number in range(9)]


def test_whoever_has_heard_enough_stops_the_rest() -> None:
    with open_scripts() as scripts:
        running = run_in_order(BENCH, TESTS, scripts, jobs=2, at_once=True)
        assert next(running).outcome.test.title == "T0"
        running.close()  # type: ignore[attr-defined]  # a generator


def test_what_cannot_be_run_says_why() -> None:
    problem = Diagnostic(FIXTURE_UNREADABLE, "There is no file.")
    with open_scripts() as scripts:
        found = replace(BENCH, broken={"T1": (problem,)}).run(TESTS[1], scripts)

    assert (found.outcome.passed, found.outcome.problems, found.seconds) == (False, (problem,), 0.0)


@pytest.mark.parametrize(
    ("seconds", "done", "left", "long"),
    [(0.0, 0, 9000, False), (0.9, 1, 9000, False), (2.0, 100, 100, False), (2.0, 100, 1000, True), (70.0, 1, 1, True)],
)
def test_processes_start_when_much_is_left(seconds: float, done: int, left: int, *, long: bool) -> None:
    assert _is_long(seconds, done, left) is long
