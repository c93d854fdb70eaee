"""Tests of both versions under the rules of HEAD: which fail now, and did not before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.runners.bench import TestBench
from api.runners.targets import read_mappings
from api.tools import Progress
from api.usecases.choose_tests import in_reading_order
from api.usecases.fixtures import read_fixtures
from api.usecases.versions import RulesVersion
from engine.compare.meaning import same_meaning
from engine.testing.run import uses_field_mapping
from policy.comparison import FailingTest, Side
from policy.ports import ScriptRunner
from policy.rules import CheckedPolicy
from policy.test_outcomes import TestOutcome
from policy.testing import PolicyTest


def failing_tests(
    base: RulesVersion, head: RulesVersion, scripts: ScriptRunner, *, progress: Progress
) -> tuple[FailingTest, ...]:
    """Run the tests of both versions with the rules of HEAD; tell those that fail, and did not fail with those of BASE.

    A test that both have alike is run once. One that HEAD changed or dropped is run as BASE had it, too: what it
    expects may be what HEAD takes away.
    """
    changed = [one for title, one in base.policy.tests.items() if not same_meaning(one, head.policy.tests.get(title))]
    found: list[FailingTest] = []
    asked: tuple[tuple[Side, RulesVersion, Sequence[PolicyTest]], ...] = (
        ("head", head, tuple(head.policy.tests.values())),
        ("base", base, changed),
    )
    for side, version, tests in asked:
        progress("running tests", 0, len(tests))
        failed = [one for one in _run(head.policy, version, tests, scripts) if not one.passed]
        before = [base.policy.tests[one.test.title] for one in failed if one.test.title in base.policy.tests]
        already = {one.test.title for one in _run(base.policy, base, before, scripts) if not one.passed}
        found += [_told(one, side) for one in failed if one.test.title not in already]
    return tuple(found)


def _run(
    policy: CheckedPolicy, version: RulesVersion, tests: Sequence[PolicyTest], scripts: ScriptRunner
) -> Iterator[TestOutcome]:
    """Run tests of a version, which finds what they need there, with the rules of `policy`."""
    ordered = in_reading_order(tests)
    fixtures = read_fixtures(version.workspace, ordered, timezone=policy.timezone, scripts=scripts)
    mapped = any(uses_field_mapping(one) for one in ordered)
    mappings = read_mappings(version.workspace) if mapped else {}
    bench = TestBench(policy, fixtures.snapshots, mappings, fixtures.broken)
    return (bench.run(one, scripts).outcome for one in ordered)


def _told(outcome: TestOutcome, side: Side) -> FailingTest:
    why = [one.detail for one in outcome.problems]
    why += [f"{one.day.isoformat()}: {sentence}" for one in outcome.failures for sentence in one.came]
    return FailingTest(outcome.test.title, side, outcome.test.span.at, tuple(why))
