"""Persons and entitlements of both sides under one numbering, and the loops behind it, compiled and in Python."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.columnar.columns import columns_of
from engine.columnar.desired import DesiredColumns, desired_of
from engine.columnar.native import kernels_in_python
from engine.merge.candidates import GIVEN, HELD, find_candidates
from engine.merge.managed import managed_columns
from engine.merge.numbering import number_both
from policy.decisions import Reason
from policy.people import Person
from policy.snapshot import Snapshot
from tests.builders.diffs import entry, key

IDS = st.lists(st.text(st.sampled_from("aé\U0001f6000"), max_size=3), unique=True).map(sorted)


@pytest.fixture(params=["compiled", "in Python"], autouse=True, scope="module")
def kernels(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "compiled":
        yield
    else:
        with kernels_in_python():
            yield


def desired(*texts: str, persons: tuple[str, ...] = ()) -> DesiredColumns:
    keys = sorted(map(key, texts))
    people = [Person(one, {}, (), ()) for one in sorted({*persons, *(one.person for one in keys)})]
    return desired_of({one: (Reason("base", "hr:1"),) for one in keys}, columns_of(Snapshot.of(people, ())))


@given(IDS, IDS)
def test_persons_of_both_sides_stand_in_one_order(wanted: list[str], held: list[str]) -> None:
    managed = managed_columns({one.key: one for one in (entry(f"{person} ad account") for person in held if person)})
    numbering = number_both(desired(persons=tuple(wanted)), managed)
    assert numbering.person_ids.to_pylist() == sorted({*wanted, *held} - ({""} - set(wanted)))
    assert numbering.find_persons(wanted).tolist() == [numbering.person_ids.to_pylist().index(one) for one in wanted]


@given(IDS, st.lists(st.text("aé0b", max_size=3)))
def test_persons_are_found_by_their_ids(persons: list[str], wanted: list[str]) -> None:
    numbering = number_both(desired(persons=tuple(persons)), managed_columns({}))
    places = [persons.index(one) if one in persons else -1 for one in wanted]
    assert numbering.find_persons(wanted).tolist() == places


def test_ids_that_are_a_slice_of_more_keep_their_places() -> None:
    ids = pa.array(["A", "B", "C", "D"], pa.string())
    columns = desired(persons=("A", "B", "C", "D")).columns.part(1, 3)
    numbering = number_both(desired_of({}, columns), managed_columns({key("D x account"): entry("D x account")}))
    assert numbering.person_ids.to_pylist() == ids.slice(1).to_pylist()


def test_every_pair_that_differs_is_listed_once_in_order() -> None:
    wanted = desired("P1 ad account", "P1 ad A", "P2 ad A", "P2 erp account", "P2 erp B")
    held = ("P0 ad account", "P1 ad account", "P1 ad B", "P2 ad A", "P2 erp account", "P2 erp B")
    numbering = number_both(wanted, managed_columns({key(one): entry(one) for one in held}))
    found = find_candidates(numbering)
    keys = numbering.keys_of(found.persons, found.entitlements)
    assert list(zip(map(str, keys), found.sides.tolist(), strict=True)) == [
        (str(key("P0 ad account")), HELD),
        (str(key("P1 ad A")), GIVEN),
        (str(key("P1 ad B")), HELD),
        (str(key("P2 ad A")), GIVEN | HELD),  # its account is not given
    ]


def test_more_differences_than_expected_find_room() -> None:
    texts = [f"P{n:03} ad account" for n in range(200)]
    numbering = number_both(desired(*texts[::2]), managed_columns({key(one): entry(one) for one in texts[1::2]}))
    assert len(find_candidates(numbering).persons) == 200


def test_pairs_are_found_by_common_numbers() -> None:
    numbering = number_both(desired("P1 ad account", "P2 ad A"), managed_columns({key("P2 ad B"): entry("P2 ad B")}))
    keys = [key("P1 ad account"), key("P2 ad A"), key("P2 ad B"), key("P1 ad B")]
    pairs = numbering.find_persons([one.person for one in keys]), numbering.numbers_of(keys)
    assert numbering.desired.find(*pairs).tolist() == [0, 1, -1, -1]
    assert numbering.managed.find(*pairs).tolist() == [-1, -1, 0, -1]
    assert numbering.managed.count().tolist() == [0, 0, 1]
    nobody = np.full(1, -1, np.int32)
    assert numbering.desired.find(nobody, nobody).tolist() == [-1]
