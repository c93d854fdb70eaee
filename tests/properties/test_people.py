"""Laws of people: the primary contract's order, the department tree, thresholds, and imports that freeze."""

from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.people.build import build_people
from engine.people.changes import changes
from engine.people.departments import DepartmentTree
from engine.people.primary import primary_contract
from engine.people.thresholds import judge_import
from policy.canonical import Value
from policy.imports import ImportMeasure, ImportThreshold, ImportThresholds
from policy.people import Contract, Department, Person
from policy.records import MappedContract, MappedPerson
from policy.rules import SortDirection, SortKey
from policy.snapshot import Snapshot
from policy.types import STANDARD_SCHEMA

_DIRECTIONS = [one for one in SortDirection if one is not SortDirection.FIRST]
_DAYS = st.dates(date(2025, 12, 1), date(2026, 6, 1))
_IDS = st.sampled_from("ABCDEF")


@st.composite
def contract_values(draw: st.DrawFn) -> dict[str, Value]:
    optional: dict[str, st.SearchStrategy[Value]] = {
        "start_date": _DAYS,
        "end_date": _DAYS,
        "details.fte": st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)]),
        "details.sequence": st.sampled_from([Decimal(1), Decimal(2)]),
        "department.external_id": _IDS,
        "manager": st.sampled_from(["1", "ann", "nobody"]),
    }
    return {name: draw(values) for name, values in optional.items() if draw(st.booleans())}


@st.composite
def contracts(draw: st.DrawFn) -> tuple[Contract, ...]:
    ids = draw(st.lists(_IDS, unique=True, max_size=5))
    return tuple(Contract(one, draw(contract_values())) for one in ids)


_FIELDS = ["start_date", "end_date", "details.fte", "details.sequence", "type.code"]
sort_keys = st.lists(
    st.one_of(
        st.just(SortKey(None, SortDirection.FIRST)),
        st.builds(
            SortKey,
            st.sampled_from([STANDARD_SCHEMA.fields[f"contract.{one}"] for one in _FIELDS]),
            st.sampled_from(_DIRECTIONS),
        ),
    ),
    max_size=4,
).map(tuple)

departments = st.lists(
    st.builds(
        lambda external_id, parent: Department(external_id, parent_external_id=parent),
        _IDS,
        st.one_of(st.none(), st.sampled_from("ABCDEFXY")),
    ),
    max_size=9,
)


@given(contracts(), sort_keys, _DAYS, st.randoms())
def test_the_primary_contract_does_not_hang_on_the_order_of_contracts(
    some: tuple[Contract, ...], by: tuple[SortKey, ...], as_of: date, random: Random
) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)
    first = primary_contract(Person("P", {}, some), by, as_of)
    assert first == primary_contract(Person("P", {}, tuple(shuffled)), by, as_of)
    assert (first is None) == (not some)


@given(contracts(), sort_keys, _DAYS)
def test_the_order_of_contracts_is_total(some: tuple[Contract, ...], by: tuple[SortKey, ...], as_of: date) -> None:
    """Who comes first among all comes first among any of them: so taking the first away again and again is an order."""
    first = primary_contract(Person("P", {}, some), by, as_of)
    for left_out in some:
        rest = tuple(one for one in some if one != left_out)
        again = primary_contract(Person("P", {}, rest), by, as_of)
        assert first in (again, left_out)


@given(departments)
def test_a_tree_is_a_tree_whatever_the_source_says(units: list[Department]) -> None:
    tree, problems = DepartmentTree.of(units)
    assert tree == DepartmentTree.of(reversed(units))[0]
    for one in tree.units:
        above = tree.parents(one)
        assert one not in above
        assert len(set(above)) == len(above)
        assert all(one in tree.subtree(each) for each in above)
        assert all(one == below or one in tree.parents(below) for below in tree.subtree(one))
        told = tree.units[one].parent_external_id
        assert one in tree.broken or told is None or above[:1] == (told,)
        assert one not in tree.broken or problems


@given(st.integers(0, 40), st.integers(1, 40), st.integers(1, 10_000))
def test_at_the_limit_trips_and_one_below_does_not(left: int, base: int, hundredths: int) -> None:
    before = Snapshot.of([Person(str(one)) for one in range(base)], [])
    left = min(left, base)
    after = Snapshot.of([Person(str(one)) for one in range(left, base)] or [Person("new")], [])

    def tripped(threshold: ImportThreshold) -> bool:
        limits = ImportThresholds(removed=threshold)
        verdicts = judge_import(before, after, frozen=0, unaddressable=0, thresholds=limits)
        return next(one.tripped for one in verdicts if one.measure is ImportMeasure.REMOVED)

    assert left == 0 or tripped(ImportThreshold(left))
    assert not tripped(ImportThreshold(left + 1))
    assert tripped(ImportThreshold(percent_hundredths=hundredths)) == (Decimal(left) / base * 10_000 >= hundredths)


@st.composite
def mapped_people(draw: st.DrawFn) -> list[MappedPerson]:
    people = []
    for number in range(draw(st.integers(0, 5))):
        values: dict[str, Value] = {"user_name": draw(st.sampled_from(["ann", "bob"]))}
        if draw(st.integers(0, 4)):
            values["external_id"] = draw(st.sampled_from("123"))
        some = [
            MappedContract(({"external_id": one} if one else {}) | draw(contract_values()))
            for one in draw(st.lists(st.sampled_from(["", "C1", "C2"]), max_size=3))
        ]
        people.append(MappedPerson(f"row {number}", values, tuple(some)))
    return people


@given(mapped_people(), departments, st.randoms())
def test_an_import_loses_nobody_and_no_order_shows(
    people: list[MappedPerson], units: list[Department], random: Random
) -> None:
    result = build_people(people, units)
    named = {str(one.values["external_id"]) for one in people if "external_id" in one.values}
    assert {one.external_id for one in result.snapshot.persons} == named
    assert result.counts.unaddressable == sum("external_id" not in one.values for one in people)
    tree, _ = DepartmentTree.of(units)
    for person in result.snapshot.persons:
        for contract in person.contracts:
            department = contract.values.get("department.external_id")
            unclear = isinstance(department, str) and (department not in tree.units or department in tree.broken)
            assert person.problems or not ("start_date" not in contract.values or unclear)
    random.shuffle(people)
    random.shuffle(units)
    assert build_people(people, units) == result


@given(mapped_people(), mapped_people())
def test_changes_lead_from_one_snapshot_to_the_next(old: list[MappedPerson], new: list[MappedPerson]) -> None:
    before, after = build_people(old, []).snapshot, build_people(new, []).snapshot
    found = changes(before, after)
    assert (found == ()) == (
        [(one.values, one.contracts) for one in before.persons]
        == [(one.values, one.contracts) for one in after.persons]
    )
    assert [(one.person, one.contract, one.field, one.new, one.old) for one in found] == [
        (one.person, one.contract, one.field, one.old, one.new) for one in changes(after, before)
    ]
