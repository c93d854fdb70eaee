"""One person decided by tables that stand ready, against the reference."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.columns import columns_of
from engine.columnar.decide import compile_tables
from engine.columnar.one_person import OnePerson
from engine.evaluate.context import prepare
from engine.evaluate.persons import decide_around, decide_person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import FIRST_DAY, days, snapshots


@given(policy=policies(), town=snapshots(most=4), day=st.just(FIRST_DAY) | days)
@settings(deadline=None, max_examples=150)
def test_one_person_is_decided_as_by_the_reference(policy: CheckedPolicy, town: Snapshot, day: date) -> None:
    ready = OnePerson(compile_tables(policy, columns_of(town), day))
    context = prepare(policy, town, day, include_drafts=False)

    for row, person in enumerate(town.persons):
        wanted, desired = decide_person(person, context), ready.decide(row)
        around = decide_around(person, context, desired)

        assert [*desired.items()] == [*wanted.desired.items()]
        assert (around.person, around.frozen) == (wanted.person, wanted.frozen)
        assert (around.excluded, around.ended) == (wanted.excluded, wanted.ended)
