"""Laws of boundaries over columns: they are those of the reference, person by person (E8), and who is due (E9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.boundaries import boundaries_of, persons_due
from engine.columnar.columns import columns_of
from engine.evaluate.boundaries import comparisons_with_today, person_boundaries
from engine.evaluate.context import prepare
from engine.evaluate.evaluate import evaluate
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.forecasting import SPAN, held_back_policies
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import snapshots

span_days = st.integers(0, (SPAN[1] - SPAN[0]).days).map(lambda count: SPAN[0] + timedelta(days=count))
worlds = policies() | held_back_policies()


@settings(max_examples=100)
@given(worlds, snapshots(), span_days, span_days)
def test_e8_boundaries_over_columns_are_those_of_each_person(
    policy: CheckedPolicy, snapshot: Snapshot, after: date, until: date
) -> None:
    found = boundaries_of(policy, columns_of(snapshot), after, until)
    context, moments = prepare(policy, snapshot, date.min, include_drafts=True), comparisons_with_today(policy)

    for row, person in enumerate(snapshot.persons):
        theirs = {day for day in person_boundaries(person, context, moments) if after < day <= until}
        days = found.days[found.first[row] : found.first[row + 1]]
        assert [date.fromordinal(day) for day in days.tolist()] == sorted(theirs)


@settings(max_examples=60)
@given(worlds, snapshots(), span_days, span_days)
def test_e9_whoever_is_not_due_is_decided_alike_on_both_days(
    policy: CheckedPolicy, snapshot: Snapshot, after: date, until: date
) -> None:
    after, until = min(after, until), max(after, until)
    due = {snapshot.persons[row].external_id for row in persons_due(policy, columns_of(snapshot), after, until)}
    one, other = (evaluate(policy, snapshot, day, include_drafts=True) for day in (after, until))

    for person in one.present - due:
        for name in ("frozen", "excluded", "ended"):
            assert getattr(one, name).get(person) == getattr(other, name).get(person)
        assert {key: why for key, why in one.desired.items() if key.person == person} == {
            key: why for key, why in other.desired.items() if key.person == person
        }


@given(snapshots(), st.data())
def test_rows_taken_out_of_columns_are_those_persons(snapshot: Snapshot, data: st.DataObject) -> None:
    rows = sorted(data.draw(st.sets(st.integers(0, len(snapshot.persons) - 1))))
    taken = columns_of(snapshot).take(np.array(rows, np.int64))
    few = replace(snapshot, persons=tuple(snapshot.persons[row] for row in rows))
    again = columns_of(few)

    assert taken.person_ids.to_pylist() == again.person_ids.to_pylist()
    assert taken.first_contract.tolist() == again.first_contract.tolist()
    for key, column in taken.fields.items():
        known = again.fields.get(key)
        values = [column.value(row) for row in range(len(column.array))]
        assert values == ([None] * len(values) if known is None else [known.value(row) for row in range(len(values))])
