from datetime import date
from decimal import Decimal

from engine.people.required import freezing_problems, required_problems
from policy.canonical import Value
from policy.people import Contract, DataProblem, Person
from policy.types import STANDARD_SCHEMA, Field, FieldType

SCHEMA = STANDARD_SCHEMA.narrowed(
    Field("contract", "type.code", FieldType.TEXT, one_of=("EMP", "INT"), required=True),
    Field("contract", "department", FieldType.DEPARTMENT, required=True),
    Field("contract", "custom.since", FieldType.DATE),
    Field("person", "custom.vip", FieldType.FLAG, required=True),
    Field("person", "primary_manager", FieldType.PERSON, required=True),
)
FULL: dict[str, Value] = {"start_date": date(2020, 1, 1), "type.code": "EMP", "department.external_id": "W3"}


def person(*contracts: Contract, problems: tuple[DataProblem, ...] = (), **values: Value) -> Person:
    return Person("1", {name.replace("__", "."): one for name, one in values.items()}, contracts, problems)


def found(one: Person, ended_since: date = date.min) -> list[tuple[str, str, str | None]]:
    return [(each.code, each.field, each.contract) for each in required_problems(one, SCHEMA, ended_since=ended_since)]


def test_nothing_is_missing_where_all_is_there() -> None:
    assert found(person(Contract("C", FULL), custom__vip=False, display_name=" ")) == []


def test_a_required_field_that_is_missing_is_named() -> None:  # ORD0564
    assert found(person(Contract("C", {"start_date": date(2020, 1, 1)}))) == [
        ("ORD0564", "person.custom.vip", None),
        ("ORD0564", "contract.department", "C"),
        ("ORD0564", "contract.type.code", "C"),
    ]


def test_a_value_outside_the_list_is_named() -> None:  # ORD0565
    assert found(person(Contract("C", FULL | {"type.code": "TMP"}), custom__vip=True)) == [
        ("ORD0565", "contract.type.code", "C")
    ]


def test_a_value_of_another_type_is_named() -> None:  # ORD0566
    wrong: dict[str, Value] = {"custom.since": "soon", "details.fte": Decimal(1)}
    assert found(person(Contract("C", FULL | wrong), custom__vip=Decimal(3))) == [
        ("ORD0566", "person.custom.vip", None),
        ("ORD0566", "contract.custom.since", "C"),
    ]


def test_what_the_snapshot_names_is_not_named_again() -> None:
    known = DataProblem("ORD0558", "contract.start_date", "none", "C")
    bare = {path: one for path, one in FULL.items() if path != "start_date"}
    assert found(person(Contract("C", bare), problems=(known,), custom__vip=True)) == []
    assert found(person(Contract("C", bare), custom__vip=True)) == [("ORD0564", "contract.start_date", "C")]


def test_contracts_that_ended_before_the_horizon_are_excused() -> None:
    ended = Contract("C", {"start_date": date(2010, 1, 1), "end_date": date(2011, 1, 1)})
    gone = DataProblem("ORD0560", "contract.department", "gone", "C")
    reversed_dates = DataProblem("ORD0559", "contract.end_date", "reversed", "C")
    one = person(ended, problems=(gone, reversed_dates), custom__vip=True)
    assert freezing_problems(one, SCHEMA, ended_since=date(2011, 1, 2)) == (reversed_dates,)
    assert freezing_problems(one, SCHEMA, ended_since=date(2011, 1, 1))[:2] == (gone, reversed_dates)
    assert len(freezing_problems(one, SCHEMA)) == 3
