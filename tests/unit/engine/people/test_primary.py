from datetime import date
from decimal import Decimal

import pytest

from engine.people.departments import DepartmentTree
from engine.people.primary import is_active, primary_contract, primary_manager
from policy.canonical import Value
from policy.people import Contract, Department, Person
from policy.rules import ManagerRule, SortDirection, SortKey
from policy.types import STANDARD_SCHEMA, Field, FieldType

TODAY = date(2026, 3, 1)
ACTIVE = SortKey(None, SortDirection.FIRST)


def key(path: str, direction: SortDirection) -> SortKey:
    return SortKey(STANDARD_SCHEMA.fields[f"contract.{path}"], direction)


DEFAULT = (
    ACTIVE,
    key("details.fte", SortDirection.HIGHEST),
    key("details.hours_per_week", SortDirection.HIGHEST),
    key("details.percentage", SortDirection.HIGHEST),
    key("details.sequence", SortDirection.LOWEST),
    key("end_date", SortDirection.LATEST),
    key("start_date", SortDirection.EARLIEST),
)


def contract(external_id: str, **values: Value) -> Contract:
    start: dict[str, Value] = {"start_date": date(2020, 1, 1)}
    return Contract(external_id, start | {name.replace("__", "."): value for name, value in values.items()})


def primary(*contracts: Contract, by: tuple[SortKey, ...] = DEFAULT) -> str | None:
    found = primary_contract(Person("P", {}, contracts), by, TODAY)
    return found.external_id if found else None


def test_nobody_without_contracts_has_a_primary_one() -> None:
    assert primary() is None


def test_active_comes_before_future_and_ended() -> None:
    future = contract("A", start_date=date(2026, 3, 2), details__fte=Decimal(1))
    ended = contract("B", end_date=date(2026, 2, 28), details__fte=Decimal(1))
    assert primary(future, ended, contract("C", details__fte=Decimal("0.1"))) == "C"


@pytest.mark.parametrize(
    ("start", "end", "active"),
    [
        (TODAY, TODAY, True),
        (date(2026, 3, 2), None, False),
        (date(2020, 1, 1), date(2026, 2, 28), False),
        (date(2020, 1, 1), None, True),
        (None, None, False),
    ],
)
def test_active_includes_first_and_last_day(start: date | None, end: date | None, active: bool) -> None:  # noqa: FBT001  # a table
    values = {name: day for name, day in (("start_date", start), ("end_date", end)) if day is not None}
    assert is_active(Contract("C", values), TODAY) is active


def test_highest_wins_and_missing_stands_last() -> None:
    assert (
        primary(contract("A"), contract("B", details__fte=Decimal("0.5")), contract("C", details__fte=Decimal(1)))
        == "C"
    )
    assert primary(contract("A"), contract("B", details__fte=Decimal("0.1"))) == "B"


def test_lowest_wins_and_missing_stands_last() -> None:
    assert primary(contract("A"), contract("B", details__sequence=Decimal(2))) == "B"
    assert primary(contract("A", details__sequence=Decimal(3)), contract("B", details__sequence=Decimal(2))) == "B"


def test_open_end_is_the_latest() -> None:
    assert primary(contract("A", end_date=date(2030, 1, 1)), contract("B")) == "B"
    by = (key("end_date", SortDirection.EARLIEST),)
    assert primary(contract("A"), contract("B", end_date=date(2030, 1, 1)), by=by) == "B"


def test_external_id_breaks_the_tie() -> None:
    assert primary(contract("B"), contract("A")) == "A"


def test_first_key_rules_over_the_second() -> None:
    by = (key("type.code", SortDirection.LOWEST), key("details.fte", SortDirection.HIGHEST))
    first = contract("A", type__code="EMP", details__fte=Decimal("0.1"))
    assert primary(contract("B", type__code="INT", details__fte=Decimal(1)), first, by=by) == "A"


def test_a_value_of_another_type_counts_as_missing() -> None:
    rank = SortKey(Field("contract", "custom.rank", FieldType.NUMBER), SortDirection.HIGHEST)
    assert primary(contract("A", custom__rank="high"), contract("B", custom__rank=Decimal(1)), by=(rank,)) == "B"
    assert primary(contract("A", custom__rank=True), contract("B", custom__rank=Decimal(1)), by=(rank,)) == "B"


def test_departments_sort_by_external_id() -> None:
    by = (key("department", SortDirection.LOWEST),)
    first, second = contract("A", department__external_id="W9"), contract("B", department__external_id="W3")
    assert primary(first, second, by=by) == "B"


def manager(rule: ManagerRule, person: Person) -> str | None:
    tree, _ = DepartmentTree.of(
        [
            Department("TOP", manager="boss"),
            Department("MID", parent_external_id="TOP"),
            Department("W3", parent_external_id="MID", manager="head"),
        ]
    )
    return primary_manager(person, rule, tree, by=DEFAULT, as_of=TODAY)


def works(who: str, department: str | None = "W3", **values: Value) -> Person:
    place: dict[str, Value] = {"department__external_id": department} if department else {}
    return Person(who, {}, (contract("C", **place, **values),))


def test_manager_from_contract() -> None:
    assert manager(ManagerRule.CONTRACT, works("P", manager="lead")) == "lead"
    assert manager(ManagerRule.CONTRACT, works("P")) is None
    assert manager(ManagerRule.CONTRACT, Person("P")) is None


def test_manager_from_department() -> None:
    assert manager(ManagerRule.DEPARTMENT, works("P")) == "head"
    assert manager(ManagerRule.DEPARTMENT, works("head")) == "head"
    assert manager(ManagerRule.DEPARTMENT, works("P", "MID")) is None
    assert manager(ManagerRule.DEPARTMENT, works("P", None)) is None
    assert manager(ManagerRule.DEPARTMENT, works("P", "GONE")) is None


def test_manager_from_department_or_above() -> None:
    assert manager(ManagerRule.DEPARTMENT_OR_ABOVE, works("P")) == "head"
    assert manager(ManagerRule.DEPARTMENT_OR_ABOVE, works("head")) == "boss"
    assert manager(ManagerRule.DEPARTMENT_OR_ABOVE, works("P", "MID")) == "boss"
    assert manager(ManagerRule.DEPARTMENT_OR_ABOVE, works("boss", "TOP")) is None
