from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.columns import columns_of
from engine.columnar.persons import snapshot_of
from policy.people import DataProblem, Person
from policy.snapshot import Snapshot
from tests.properties.strategies.towns import snapshots


@given(town=snapshots(most=6))
@settings(deadline=None)
def test_columns_keep_all_of_a_snapshot(town: Snapshot) -> None:
    back = snapshot_of(columns_of(town))

    assert tuple(back.persons) == town.persons
    assert (back.departments, back.digest) == (town.departments, town.digest)
    assert Snapshot.of(back.persons, back.departments).digest == town.digest


@given(town=snapshots(most=6), data=st.data())
@settings(deadline=None)
def test_a_part_holds_whole_persons(town: Snapshot, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(town.persons)))
    high = data.draw(st.integers(low, len(town.persons)))
    part = columns_of(town).part(low, high)

    assert tuple(snapshot_of(part).persons) == town.persons[low:high]
    assert [part.find(person.external_id) for person in town.persons[low:high]] == [*range(high - low)]


@given(town=snapshots(most=6), data=st.data())
@settings(deadline=None)
def test_some_persons_are_whole_persons(town: Snapshot, data: st.DataObject) -> None:
    rows = sorted(data.draw(st.sets(st.integers(0, len(town.persons) - 1))))
    some = columns_of(town).take(np.array(rows, np.int64))

    assert tuple(snapshot_of(some).persons) == tuple(town.persons[row] for row in rows)


def test_problems_of_mapping_come_along() -> None:
    problem = DataProblem("ORD0000", "contract.start_date", "no date", "C1")
    town = Snapshot.of([Person("P1"), Person("P2", {}, (), (problem,))], [])

    assert snapshot_of(columns_of(town)).find_person("P2") == Person("P2", {}, (), (problem,))


def test_values_of_several_types_stay_apart() -> None:
    town = Snapshot.of([Person("P1", {"custom.x": "36"}), Person("P2", {"custom.x": True})], [])
    column = columns_of(town).fields["person", "custom.x"]

    assert (column.tag, [column.value(0), column.value(1)]) == ("", ["36", True])
    assert sorted(column.values[1:], key=str) == ["36", True]


@given(town=snapshots(most=6))
@settings(deadline=None)
def test_persons_are_the_same_however_they_are_asked_for(town: Snapshot) -> None:
    lazy = snapshot_of(columns_of(town))

    assert list(lazy.persons) == list(town.persons)
    assert [lazy.persons[row] for row in range(len(town.persons))] == list(town.persons)
    assert lazy.persons[-1:] == town.persons[-1:]
    assert [lazy.find_person(f"P{number}") for number in range(8)] == [
        town.find_person(f"P{number}") for number in range(8)
    ]


def test_a_loop_crosses_blocks_and_many_distinct_values() -> None:
    days = [date.fromordinal(700_000 + number) for number in range(5000)]
    people = [
        Person(f"{number:05}", {"display_name": f"N{number}", "details.birth_date": day} if number % 3 else {})
        for number, day in enumerate(days)
    ]
    town = Snapshot.of(people, [])

    assert tuple(snapshot_of(columns_of(town)).persons) == town.persons


def test_people_are_found_in_the_order_they_are_asked_for() -> None:
    people = [Person(f"P{number}", {"display_name": f"N{number}"}) for number in range(20)]
    asked = ["P9", "P30", "P1", "P1", "", "P19"]
    plain = Snapshot.of(people, ())
    expected = [plain.find_person(one) for one in asked]
    assert [*plain.find_people(asked)] == expected
    assert [*snapshot_of(columns_of(plain)).find_people(asked)] == expected
    assert [*snapshot_of(columns_of(plain)).find_people(())] == []
