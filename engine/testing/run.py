"""Run a test: put the people together, play its days, judge what is expected of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.evaluate.context import prepare
from engine.explain.explain import explain_in
from engine.testing.cast import cast_of
from engine.testing.cover_marks import marks_of
from engine.testing.judge import Verdict, judge
from engine.testing.timeline import MapAccounts, PlayedDay, map_nothing, play
from policy.diff import Line
from policy.entitlements import EntitlementKey
from policy.explanations import Explanation
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.test_outcomes import ExpectationOutcome, FrozenInTest, TestOutcome
from policy.testing import Expectation, Expected, PolicyTest


def run_test(
    policy: CheckedPolicy,
    test: PolicyTest,
    snapshots: Mapping[str, Snapshot],
    *,
    map_accounts: MapAccounts = map_nothing,
    cover: bool = False,
) -> TestOutcome:
    """Run one test of `policy`. Pure: equal arguments give an equal outcome.

    `snapshots` holds every vault file that the test names, by path as written. Without `map_accounts` accounts have no
    attributes: nothing is updated. With `cover` the outcome tells what the test saw of the rules. The explanations of
    failures are made when one fails: tests that pass cost no more than their evaluations.
    """
    days = [*play(policy, test, cast_of(test, snapshots), map_accounts=map_accounts)]
    outcomes = tuple(outcome for played in days for outcome in _judge_day(policy, played))
    marks = marks_of(policy, days) if cover else frozenset()
    return TestOutcome(test, outcomes, _frozen(test, days), marks=marks)


def uses_field_mapping(test: PolicyTest) -> bool:
    """Tell whether what accounts are mapped to can decide an expectation of `test`."""
    return any(one.expected in {Expected.UPDATE, Expected.EVENT} for day in test.days for one in day.expectations)


def passes(
    policy: CheckedPolicy,
    test: PolicyTest,
    snapshots: Mapping[str, Snapshot],
    *,
    map_accounts: MapAccounts = map_nothing,
) -> bool:
    """Tell whether `test` passes, as quickly as that can be told: it ends at the first expectation that fails."""
    days = play(policy, test, cast_of(test, snapshots), map_accounts=map_accounts)
    return all(judge(played, one).passed for played in days for one in played.day.expectations)


def _judge_day(policy: CheckedPolicy, played: PlayedDay) -> Iterator[ExpectationOutcome]:
    for one in played.day.expectations:
        verdict = judge(played, one)
        if verdict.passed:
            yield ExpectationOutcome(one, played.as_of, passed=True)
        else:
            explained = _explain(policy, played, one, verdict)
            lines = _lines(played, one, verdict)
            came = _came(played, one, verdict)
            yield ExpectationOutcome(one, played.as_of, passed=False, came=came, explanations=explained, lines=lines)


def _came(played: PlayedDay, one: Expectation, verdict: Verdict) -> tuple[str, ...]:
    """Say what came instead; that somebody is frozen by their data explains more than any rule, so that too.

    What they are entitled to does not hang on that, and what a line says of it is not said twice.
    """
    if one.expected in {Expected.FROZEN, Expected.ENTITLED, Expected.NOT_ENTITLED, Expected.NOTHING, Expected.ONLY}:
        return verdict.came
    problems = [problem.text for problem in played.decisions.frozen.get(one.person, ())]
    untold = [text for text in problems if not any(text in each for each in verdict.came)]
    return (*verdict.came, *(f"The person is frozen that day: {text}." for text in untold))


def _explain(policy: CheckedPolicy, played: PlayedDay, one: Expectation, verdict: Verdict) -> tuple[Explanation, ...]:
    if not verdict.asked:
        return ()
    context = prepare(policy, played.snapshot, played.as_of, include_drafts=True)
    return tuple(explain_in(context, played.snapshot, one.person, entitlement=each) for each in verdict.asked)


def _lines(played: PlayedDay, one: Expectation, verdict: Verdict) -> tuple[Line, ...]:
    wanted = {EntitlementKey.of(one.person, each) for each in (*one.entitlements, *verdict.asked)}
    return tuple(line for line in played.diff.lines if line.key in wanted)


def _frozen(test: PolicyTest, days: list[PlayedDay]) -> tuple[FrozenInTest, ...]:
    """People of the test itself whom their data freeze, and of whom no expectation says so."""
    expected = {one.person for day in test.days for one in day.expectations if one.expected is Expected.FROZEN}
    found: dict[str, FrozenInTest] = {}
    for played in days:
        for one in test.persons:
            person = one.person.external_id
            problems = played.decisions.frozen.get(person, ())
            if problems and person not in expected:
                found.setdefault(person, FrozenInTest(person, played.as_of, problems))
    return tuple(found[person] for person in sorted(found))
