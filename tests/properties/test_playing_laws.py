"""Laws of tests in the language: drawn people pass, what was done is not done again, both ways to run agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.people.required import freezing_problems
from engine.testing.cast import cast_of
from engine.testing.portrait import draw_person
from engine.testing.run import passes, run_test
from engine.testing.timeline import play
from engine.testing.touched import touched_tests
from policy.diff import Status
from policy.entitlements import Entitlement
from policy.expressions import AllOf, AnyOf, Condition, HasContract, Named, NoneOf, Not
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.testing import Expectation, Expected, PolicyTest, TestDay, TestPerson
from tests.properties.strategies.policies import LEVELS, as_of_days, entitlements, pairs_of_policies, policies, span
from tests.properties.strategies.towns import snapshots

modest = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_OF_NONE = (Expected.NOTHING, Expected.FROZEN)
_OF_ONE = tuple(one for one in Expected if one not in {*_OF_NONE, Expected.EVENT, Expected.ONLY})
_given = st.integers(0, LEVELS - 1).flatmap(entitlements)


@st.composite
def expectations(draw: st.DrawFn, people: tuple[str, ...]) -> Expectation:
    """Any expectation about one of `people`, whether it comes true or not."""
    expected = draw(st.sampled_from((*_OF_NONE, *_OF_ONE, Expected.ONLY)))
    count = {Expected.ONLY: st.integers(1, 3), **dict.fromkeys(_OF_NONE, st.just(0))}.get(expected, st.just(1))
    named: tuple[Entitlement, ...] = tuple(draw(_given) for _ in range(draw(count)))
    return Expectation(expected, draw(st.sampled_from(people)), named, (), None, span())


@st.composite
def policy_tests(draw: st.DrawFn, snapshot: Snapshot, days: tuple[date, ...]) -> PolicyTest:
    """Test of everybody in `snapshot`, holding something perhaps, on `days`."""
    people = tuple(one.external_id for one in snapshot.persons)
    held = st.lists(_given, max_size=2).map(tuple)
    persons = tuple(TestPerson(one, draw(held), span()) for one in snapshot.persons)
    said = st.lists(expectations(people), min_size=1, max_size=3).map(tuple)
    return PolicyTest(
        "t", snapshot.departments, persons, (), tuple(TestDay(day, draw(said), span()) for day in days), span()
    )


def without_names(policy: CheckedPolicy) -> CheckedPolicy:
    """Give the policy with each define in the place of its name: the drawn policies declare none."""
    rules = {id_: replace(one, condition=bare(one.condition)) for id_, one in policy.rules.items()}
    exclusions = {id_: replace(one, condition=bare(one.condition)) for id_, one in policy.exclusions.items()}
    return replace(policy, rules=rules, exclusions=exclusions)


def bare(condition: Condition | None) -> Any:  # noqa: ANN401  # what came in, without names
    match condition:
        case Named():
            return bare(condition.condition)
        case Not() | HasContract():
            return replace(condition, condition=bare(condition.condition))
        case AllOf() | AnyOf() | NoneOf():
            return replace(condition, conditions=tuple(bare(one) for one in condition.conditions))
        case _:
            return condition


@modest
@given(st.data(), policies(), snapshots(), as_of_days)
def test_somebody_drawn_for_a_test_passes_it(
    data: st.DataObject, policy: CheckedPolicy, snapshot: Snapshot, as_of: date
) -> None:
    if not snapshot.persons:
        return
    person = data.draw(st.sampled_from(snapshot.persons))

    policy = without_names(policy)
    portrait = draw_person(policy, snapshot, person, as_of)

    test = PolicyTest("t", portrait.departments, (portrait.person,), (), (portrait.day,), span())
    assert run_test(policy, test, {}).passed
    left_out = {one.expected for one in portrait.left_out}
    assert left_out <= ({Expected.FROZEN} if freezing_problems(person, policy.schema) else set())


@modest
@given(st.data(), policies(), snapshots(), as_of_days)
def test_what_a_day_planned_is_done_and_not_planned_again(
    data: st.DataObject, policy: CheckedPolicy, snapshot: Snapshot, as_of: date
) -> None:
    if not snapshot.persons:
        return
    test = data.draw(policy_tests(snapshot, (as_of, as_of)))

    first, second = play(policy, test, cast_of(test, {}))

    done = {line.key for line in first.diff.lines if line.status is Status.PLANNED}
    again = {line.key for line in second.diff.lines if line.status is Status.PLANNED}
    assert not done & again


@modest
@given(st.data(), pairs_of_policies(), snapshots(), as_of_days)
def test_what_a_change_does_not_touch_comes_out_as_before(
    data: st.DataObject, versions: tuple[CheckedPolicy, CheckedPolicy], snapshot: Snapshot, as_of: date
) -> None:
    if not snapshot.persons:
        return
    policy, head = versions
    test = data.draw(policy_tests(snapshot, (as_of,)))

    touched = touched_tests(replace(policy, tests={"t": test}), replace(head, tests={"t": test}))

    if not touched:
        before, after = (run_test(one, test, {}) for one in (policy, head))
        assert [one.passed for one in before.expectations] == [one.passed for one in after.expectations]


@modest
@given(st.data(), policies(), snapshots(), st.lists(as_of_days, min_size=1, max_size=3, unique=True).map(sorted))
def test_both_ways_to_run_agree_and_only_failures_are_explained(
    data: st.DataObject, policy: CheckedPolicy, snapshot: Snapshot, days: list[date]
) -> None:
    if not snapshot.persons:
        return
    test = data.draw(policy_tests(snapshot, tuple(days)))

    outcome = run_test(policy, test, {})

    assert passes(policy, test, {}) == outcome.passed
    assert len(outcome.expectations) == sum(len(day.expectations) for day in test.days)
    for one in outcome.expectations:
        assert one.passed == (not one.came)
        assert not (one.passed and (one.explanations or one.lines))
