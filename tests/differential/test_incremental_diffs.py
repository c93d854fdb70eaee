"""From a change of people or rules to the bytes of a diff: decided again, against the reference over everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.columns import columns_of
from engine.evaluate.evaluate import evaluate
from engine.incremental.again import Again, evaluate_again
from engine.incremental.evaluation import evaluate_whole
from engine.incremental.layers import LayeredDesired
from engine.incremental.whole import make_whole
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.decisions import Decisions
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.differential.test_columnar_diffs import by_columns, managed_since, told
from tests.properties.strategies.crowds import crowd
from tests.properties.strategies.policies import pairs_of_policies, policies
from tests.properties.strategies.towns import days

_CROWD = 60


def in_one(again: Again) -> Decisions:
    desired = again.decisions.desired
    assert isinstance(desired, LayeredDesired)
    return replace(again.decisions, desired=make_whole(desired))


def compare(again: Again, policy: CheckedPolicy, town: Snapshot, day: date, *, seed: int) -> None:
    managed = managed_since(policy, town, date(2026, 2, 20), seed)
    wanted = told(reconcile(ReconcileInputs(evaluate(policy, town, day), policy, managed)))
    assert by_columns(in_one(again), policy, managed) == wanted


@given(policy=policies(), seed=st.integers(0, 2**16), day=days, some=st.sets(st.integers(0, _CROWD - 1), max_size=12))
@settings(deadline=None, max_examples=60)
def test_changed_persons_get_the_diff_of_the_reference(
    policy: CheckedPolicy, seed: int, day: date, some: set[int]
) -> None:
    before, other = crowd(_CROWD, seed), crowd(_CROWD, seed + 1)
    people = [other.persons[row] if row in some else one for row, one in enumerate(before.persons)]
    town = Snapshot.of(people, before.departments)
    whole = evaluate_whole(policy, columns_of(before), day)

    again = evaluate_again(whole, policy, columns_of(town), day, most=1.0)

    assert again.touched.count <= len(some)
    compare(again, policy, town, day, seed=seed)


@given(both=pairs_of_policies(), seed=st.integers(0, 2**16), day=days)
@settings(deadline=None, max_examples=60)
def test_changed_rules_give_the_diff_of_the_reference(
    both: tuple[CheckedPolicy, CheckedPolicy], seed: int, day: date
) -> None:
    town = crowd(_CROWD, seed)
    whole = evaluate_whole(both[0], columns_of(town), day)

    again = evaluate_again(whole, both[1], whole.columns, day, most=1.0)

    compare(again, both[1], town, day, seed=seed)
