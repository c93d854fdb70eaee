"""Parts of a migration: ids, texts, values, fields and whom a rule applies to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dsl.compile import compile_policy
from dsl.migrate.applies import write_applies
from dsl.migrate.fields import Fields, LostError, declaration
from dsl.migrate.migrate import Wishes, migrate_rules
from dsl.migrate.names import make_id, plain_text, text_problem
from dsl.migrate.seen_fields import SeenFields
from dsl.migrate.values import split_values, write_list
from policy.business_rules import (
    BusinessRule,
    BusinessRules,
    ConditionOperator,
    FieldCondition,
    PersonStatus,
    SystemEntitlement,
    TimeFrame,
)
from policy.canonical import Value
from policy.entitlements import Kind
from policy.people import Contract, Person
from policy.snapshot import Snapshot
from policy.types import Field, FieldType


def fields(person: dict[str, Value] | None = None, contract: dict[str, Value] | None = None) -> Fields:
    """Fields over one person with one contract."""
    values = {"external_id": "C", **(contract or {})}
    people = [Person("P", {"external_id": "P", **(person or {})}, (Contract("C", values),))]
    return Fields(SeenFields(Snapshot.of(people, [])))


def condition(name: str, operator: ConditionOperator, values: str = "") -> FieldCondition:
    return FieldCondition(f"{name}, {operator}: {values}", name, operator, values)


def clauses(*asked: FieldCondition, before: int = 0, after: int = 0, active: bool = True) -> tuple[str, list[str]]:
    """Scope and conditions of a rule with a time frame."""
    said = (PersonStatus("", active=active), TimeFrame("", before, after), *asked)
    applies = write_applies(BusinessRule(2, "R", True, 1, 1, (), said, ()), fields())  # noqa: FBT003  # published
    return applies.scope, list(applies.conditions)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Basic AD account", "basic-ad-account"),
        ("Größe Ærø Łódź", "grosse-aero-lodz"),
        ("Отдел продаж", "otdel-prodazh"),
        ("Διεύθυνση", "dieythynsi"),
        ("3e lijn", "rule-3e-lijn"),
        ("rule", "rule-rule"),
        ("R&D", "r-and-d"),
        ("中文", "rule-1"),
        ("--", "rule-1"),
        ("Care!", "care-3"),
        ("a" * 80, "a" * 60),
    ],
)
def test_ids_from_names(name: str, made: str) -> None:
    assert make_id(name, fallback="rule", taken={"care", "care-2"}) == made


@pytest.mark.parametrize("text", ["a\u00a0b", "a\u200bb", "a\x07b", " ", "{person.external_id}"])
def test_what_no_text_can_say(text: str) -> None:
    assert text_problem(text) is not None


def test_braces_are_fields_in_names_of_permissions_alone() -> None:
    assert text_problem("{a} b") is None
    assert text_problem("{a} b", in_permission=True) is not None
    assert text_problem('a "b" \\ c\td') is None


def test_a_plain_text_is_one_visible_line() -> None:
    assert plain_text(" a\u00a0b\n\u200bc {contract.x} ") == "a b c (contract.x)"


def test_a_comma_inside_a_value_that_somebody_has_cuts_nothing() -> None:
    assert split_values("A, B, C", ()) == ("A", "B", "C")
    assert split_values("HR, staff, ICT", {"HR, staff"}) == ("HR, staff", "ICT")
    assert split_values("A, B", {"A", "B", "A, B"}) == ("A", "B")
    assert split_values("A,, A", ()) == ("A",)


def test_fields_are_found_by_their_vault_names() -> None:
    found = fields(contract={"custom.shift": "DAY"})
    assert found.find("Department.ExternalId").name == "contract.department"
    assert found.find("CostCenter.Code").name == "contract.cost_center.code"
    assert found.find("Manager.ExternalId").name == "contract.manager"
    assert found.find("Name.FamilyName").name == "person.name.family_name"
    assert found.find("Custom.shift").name == "contract.custom.shift"
    assert [declaration(one) for one in found.declared.values()] == ["field contract.custom.shift is text"]


def test_a_field_that_either_may_have_is_where_people_have_values() -> None:
    assert fields(person={"custom.vip": True}).find("Custom.vip").name == "person.custom.vip"
    assert fields().find("Custom.vip").name == "contract.custom.vip"
    both = fields({"custom.vip": "a"}, {"custom.vip": "b"})
    assert both.find("Custom.vip").name == "contract.custom.vip"
    assert len(both.take_notes()) == 1
    assert both.take_notes() == ()


def test_types_come_from_the_values() -> None:
    found = fields({"custom.flag": True, "custom.level": Decimal(3), "custom.text": "3"})
    for name in ("flag", "level", "text"):
        found.find(f"Person.Custom.{name}")
    assert [one.type.value for one in found.declared.values()] == ["flag", "number", "text"]


def test_a_number_in_which_a_text_is_searched_is_declared_as_text() -> None:
    seen = fields({"custom.level": Decimal(3)}).seen
    assert Fields(seen, frozenset({"Person.Custom.level"})).find("Person.Custom.level").type.value == "text"


@pytest.mark.parametrize("name", ["Shoe.Size", "PrimaryContract.Title.Code", "Custom.", "Person.Departments"])
def test_a_field_that_is_none_is_lost(name: str) -> None:
    with pytest.raises(LostError):
        fields().find(name)


NOT, NOT_ONLY, ONE_OF = ConditionOperator.NOT, ConditionOperator.NOT_ONLY, ConditionOperator.ONE_OF


def test_not_alone_is_every_contract() -> None:
    asked = condition("Type.Code", NOT, "INT, EXT")
    assert clauses(asked) == ("for every contract", ['contract.type.code not in ("INT", "EXT")'])


def test_not_beside_others_is_no_contract_in_the_time_frame() -> None:
    asked = (condition("Title.Code", ONE_OF, "N"), condition("Type.Code", NOT, "INT"))
    assert clauses(*asked) == (
        "for any contract",
        ['contract.title.code is "N"', 'no contract has (contract is active and contract.type.code is "INT")'],
    )
    assert clauses(*asked, before=14, after=1)[1][1] == (
        "no contract has (contract.start_date is on or before 14 days after today"
        " and any of (contract.end_date is unknown, contract.end_date is on or after 1 day before today)"
        ' and contract.type.code is "INT")'
    )


def test_not_only_asks_for_one_contract_with_something_else() -> None:
    alone = condition("Type.Code", NOT_ONLY, "INT")
    assert clauses(alone) == ("for any contract", ['contract.type.code is not "INT"'])
    assert clauses(condition("Title.Code", ONE_OF, "N"), alone)[1][1] == (
        'any contract has (contract is active and contract.type.code is not "INT")'
    )


def test_somebody_inactive_has_no_active_contract() -> None:
    asked = (condition("Title.Code", ONE_OF, "N"), condition("Type.Code", NOT, "INT"))
    assert clauses(*asked, active=False) == (
        "for person",
        [
            "no contract has (contract is active)",
            'any contract has (contract.title.code is "N")',
            'no contract has (contract.type.code is "INT")',
        ],
    )


def field_of(kind: FieldType) -> Field:
    return Field("person", "custom.x", kind)


@pytest.mark.parametrize(
    ("kind", "values", "has", "lacks"),
    [
        (FieldType.NUMBER, ("1", "0.8"), "in (1, 0.8)", "not in (1, 0.8)"),
        (FieldType.FLAG, ("True",), "is true", "is not true"),
        (FieldType.FLAG, ("0", "false"), "is false", "is not false"),
        (FieldType.DEPARTMENT, ("A",), 'is "A"', 'is not "A"'),
    ],
)
def test_values_are_written_as_their_field_compares_them(
    kind: FieldType, values: tuple[str, ...], has: str, lacks: str
) -> None:
    assert write_list(values, field_of(kind)) == (has, lacks)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (FieldType.NUMBER, ("-1",)),
        (FieldType.NUMBER, ("1", "one")),
        (FieldType.FLAG, ("true", "false")),
        (FieldType.FLAG, ("maybe",)),
        (FieldType.DATE, ("2026-03-01",)),
        (FieldType.TEXT, ("a\u00a0b",)),
        (FieldType.TEXT, ()),
    ],
)
def test_values_that_the_field_never_has_are_lost(kind: FieldType, values: tuple[str, ...]) -> None:
    with pytest.raises(LostError):
        write_list(values, field_of(kind))


def test_a_text_is_searched_in_the_external_id_of_a_department_and_in_no_reference_else() -> None:
    asked = condition("Department.ExternalId", ConditionOperator.STARTS_WITH, "CA, W")
    assert clauses(asked)[1] == [
        'any of (contract.department.external_id starts with "CA", contract.department.external_id starts with "W")'
    ]
    searched = condition("Manager.ExternalId", ConditionOperator.CONTAINS, "1")
    applies = write_applies(BusinessRule(2, "R", True, 1, 1, (), (searched,), ()), fields())  # noqa: FBT003  # published
    assert [one.text for one in applies.lost] == [searched.text]


def test_a_category_too_large_for_one_file_becomes_several() -> None:
    many = tuple(SystemEntitlement("", "AD", Kind.PERMISSION, f"{'x' * 60}-{number}") for number in range(1500))
    rules = tuple(
        BusinessRule(number, f"R{number}", True, 1500, 1, ("Care",), (PersonStatus("", active=True),), many)  # noqa: FBT003  # published
        for number in (2, 3, 4)
    )
    migration = migrate_rules(BusinessRules("rules.csv", rules), Snapshot.of([], []), Wishes("T", "Europe/Paris", {}))
    names = [file.path for file in migration.files if file.path.startswith("care")]
    assert names == ["care-2.ordain", "care.ordain"]
    assert all(len(file.text) < 500_000 for file in migration.files)
    compiled = compile_policy(migration.files, {}).policy
    assert compiled is not None
    assert set(compiled.rules) == {"r2", "r3", "r4"}
