"""Differences found in columns are those found person by person."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.changed import column_differences, differing_rows
from engine.columnar.columns import columns_of
from engine.people.changes import differences
from policy.people import Contract, DataProblem, Person
from policy.snapshot import Snapshot
from tests.properties.strategies.towns import snapshots


def _assert_same(before: Snapshot, after: Snapshot) -> None:
    found = list(column_differences(columns_of(before), columns_of(after)))
    assert found == list(differences(before, after))


@given(before=snapshots(most=5), after=snapshots(most=5), data=st.data())
@settings(deadline=None, max_examples=200)
def test_differences_are_those_of_the_persons(before: Snapshot, after: Snapshot, data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.sampled_from(range(5))))
    people = {one.external_id: one for one in after.persons}
    people |= {one.external_id: one for place, one in enumerate(before.persons) if place in kept}
    gone = data.draw(st.sampled_from(("", "P1", "P2")))
    mixed = Snapshot.of([one for one in people.values() if one.external_id != gone], after.departments)

    _assert_same(before, mixed)
    _assert_same(before, before)
    _assert_same(mixed, Snapshot.of([], []))


def test_a_number_is_not_its_text_and_a_contract_not_its_neighbour() -> None:
    one, two = Contract("C1", {"x": "a"}), Contract("C2", {"x": "b"})
    base = Person("P1", {"custom.x": "36"}, (one, two))
    others = [
        replace(base, values={"custom.x": Decimal(36)}),
        replace(base, values={"custom.y": "36"}),
        replace(base, contracts=(one, Contract("C3", two.values))),
        replace(base, contracts=(Contract("C1", two.values), Contract("C2", one.values))),
        replace(base, contracts=(one,)),
    ]
    for other in others:
        _assert_same(Snapshot.of([base, Person("P0")], []), Snapshot.of([Person("P0"), other], []))


def test_problems_alone_are_no_difference() -> None:
    problem = DataProblem("ORD0000", "person.x", "odd")
    before, after = Snapshot.of([Person("P1")], []), Snapshot.of([Person("P1", problems=(problem,))], [])

    assert [len(rows) for rows in differing_rows(columns_of(before), columns_of(after))] == [0, 0]
    assert list(differences(before, after)) == []
