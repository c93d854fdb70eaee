from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.evaluate.conditions import status_of
from engine.evaluate.evaluate import evaluate
from policy.canonical import Value
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ContractStatus,
    DepartmentsOperand,
    FlagOperand,
    HasContract,
    MomentOperand,
    Named,
    NoneOf,
    NoOperand,
    Not,
    NumberOperand,
    Operand,
    PatternOperand,
    StatusIs,
    TextOperand,
    ValuesOperand,
)
from policy.moments import Duration, Moment, Unit
from policy.people import Contract, Department, Person
from policy.rules import ManagerRule, Scope, Window, WindowBound
from policy.snapshot import Snapshot
from tests.properties.strategies.example import ACCOUNT, DAY, contract, give, is_text, rule
from tests.properties.strategies.policies import field, policy_of, span
from tests.properties.strategies.towns import DEPARTMENTS

ALWAYS = Window(WindowBound(Moment(date.min), span()), WindowBound(None, span()))
WORKER = Contract(
    "C1",
    {
        "start_date": date(2026, 3, 1),
        "type.code": "EMP",
        "department.external_id": "W1",
        "details.fte": Decimal("0.80"),
        "custom.until": "2026-03-20",
    },
)
BOSS = Person(
    "P1", {"custom.vip": "true", "custom.level": Decimal(3), "contact.personal.email": "a@b.example"}, (WORKER,)
)


def holds(condition: Condition, person: Person = BOSS, day: date = DAY, scope: Scope = Scope.ANY_CONTRACT) -> bool:
    policy = policy_of(rule("r", give(ACCOUNT), condition=condition, window=ALWAYS, scope=scope))
    return bool(evaluate(policy, Snapshot.of([person], DEPARTMENTS), day).desired)


def compare(name: str, operator: str, operand: Operand, *, negated: bool = False) -> Comparison:
    return Comparison(field(name), operator, operand, negated, span())


def at(base: Value, count: int = 0, direction: str = "after") -> MomentOperand:
    offset = Duration(count, Unit.DAYS) if count else None
    return MomentOperand(Moment(field(base) if isinstance(base, str) and "." in base else base, offset, direction))  # type: ignore[arg-type]  # a test's shorthand


TRUE = [
    compare("contract.type.code", "is", TextOperand("EMP")),
    compare("contract.type.code", "in", ValuesOperand(("EMP", "INT"), "kinds")),
    compare("contract.type.code", "starts with", TextOperand("E")),
    compare("contract.type.code", "ends with", TextOperand("MP")),
    compare("contract.type.code", "contains", TextOperand("M")),
    compare("contract.type.code", "matches", PatternOperand("E.P")),
    compare("contract.type.code", "known", NoOperand()),
    compare("contract.department", "is", DepartmentsOperand(("CARE",), or_below=True)),
    compare("contract.department", "in", DepartmentsOperand(("FIN", "W1"), or_below=False)),
    compare("contract.department", "is", DepartmentsOperand(("W1",), or_below=False)),
    compare("contract.details.fte", "is", NumberOperand(Decimal("0.8"))),
    compare("contract.details.fte", "at least", NumberOperand(Decimal("0.8"))),
    compare("contract.details.fte", "less than", NumberOperand(Decimal(1))),
    compare("contract.start_date", "on or before", at("today")),
    compare("contract.start_date", "before", at("today", 8, "before")),
    compare("contract.start_date", "on or after", at(date(2026, 3, 1))),
    compare("contract.custom.until", "after", at("contract.start_date", 18)),
    compare("person.custom.vip", "is", FlagOperand(flag=True)),
    compare("person.custom.level", "more than", NumberOperand(Decimal(2))),
    compare("person.external_id", "is", TextOperand("P1")),
    compare("contract.external_id", "is", TextOperand("C1")),
    StatusIs(ContractStatus.ACTIVE, span()),
    Named("care", is_text("contract.type.code", "EMP"), span()),
    AllOf((), span()),
    NoneOf((), span()),
    Not(AnyOf((), span()), span()),
    HasContract("any", is_text("contract.type.code", "EMP"), span()),
    HasContract("no", is_text("contract.type.code", "EXT"), span()),
]


@pytest.mark.parametrize("condition", TRUE, ids=str)
def test_is_true_and_its_opposite_is_false(condition: Condition) -> None:
    assert holds(condition)
    assert not holds(Not(condition, span()))
    assert not holds(NoneOf((condition,), span()))


FALSE = [
    compare("contract.type.code", "is", TextOperand("emp")),
    compare("contract.type.code", "matches", PatternOperand("E")),
    compare("contract.department", "is", DepartmentsOperand(("CARE",), or_below=False)),
    compare("contract.department", "is", DepartmentsOperand(("FIN",), or_below=True)),
    compare("contract.custom.until", "after", at("contract.start_date", 19)),
    compare("contract.start_date", "before", at("today", 9, "before")),
    StatusIs(ContractStatus.FUTURE, span()),
    StatusIs(ContractStatus.ENDED, span()),
    StatusIs(ContractStatus.ACTIVE, span(), negated=True),
    AnyOf((), span()),
]


@pytest.mark.parametrize("condition", FALSE, ids=str)
def test_is_false(condition: Condition) -> None:
    assert not holds(condition)


@pytest.mark.parametrize(
    ("name", "operator", "operand"),
    [
        ("contract.title.code", "is", TextOperand("A")),
        ("contract.title.code", "in", ValuesOperand(("A",))),
        ("contract.title.code", "contains", TextOperand("A")),
        ("contract.end_date", "before", at("today")),
        ("contract.start_date", "before", at("contract.end_date")),
        ("contract.details.percentage", "at least", NumberOperand(Decimal(0))),
        ("person.excluded", "is", FlagOperand(flag=True)),
    ],
)
def test_a_comparison_with_an_absent_value_is_false_and_its_negation_true(
    name: str, operator: str, operand: Operand
) -> None:
    assert not holds(compare(name, operator, operand))
    assert holds(compare(name, operator, operand, negated=True))


def test_unknown_is_the_one_word_for_absence() -> None:
    assert not holds(compare("contract.title.code", "known", NoOperand()))
    assert holds(compare("contract.title.code", "known", NoOperand(), negated=True))


def test_a_value_of_another_type_than_declared_is_absent_and_freezes() -> None:
    odd = Person("P1", {"custom.vip": "perhaps"}, (WORKER,))
    condition = compare("person.custom.vip", "known", NoOperand())

    assert not holds(condition, odd)
    policy = policy_of(rule("r", give(ACCOUNT)))
    assert set(evaluate(policy, Snapshot.of([odd], DEPARTMENTS), DAY).frozen) == {"P1"}


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 2, 28), ContractStatus.FUTURE),
        (date(2026, 3, 1), ContractStatus.ACTIVE),
        (date(2026, 3, 31), ContractStatus.ACTIVE),
        (date(2026, 4, 1), ContractStatus.ENDED),
    ],
)
def test_a_contract_has_one_status_a_day(day: date, status: ContractStatus) -> None:
    person = Person("P1", {}, (contract("C1", "2026-03-01", "2026-03-31"),))

    assert [one for one in ContractStatus if holds(StatusIs(one, span()), person, day)] == [status]


def test_without_a_start_only_an_end_in_the_past_says_something() -> None:
    ended = Person("P1", {}, (Contract("C1", {"end_date": date(2026, 1, 1)}),))
    nothing = Person("P1", {}, (Contract("C1"),))

    assert holds(StatusIs(ContractStatus.ENDED, span()), ended)
    assert not any(holds(StatusIs(one, span()), nothing) for one in ContractStatus)


def test_a_fresh_contract_is_unrelated_to_that_of_the_rule() -> None:
    old = contract("C0", "2020-01-01", "2020-12-31", type_code="INT")
    person = Person("P1", {}, (old, WORKER))
    both = AllOf(
        (is_text("contract.type.code", "EMP"), HasContract("any", is_text("contract.type.code", "INT"), span())), span()
    )

    assert holds(both, person)
    assert holds(HasContract("any", is_text("contract.type.code", "INT"), span()), person, scope=Scope.PERSON)


@pytest.mark.parametrize(
    ("manager_rule", "expected"),
    [(ManagerRule.CONTRACT, "P7"), (ManagerRule.DEPARTMENT, "P1"), (ManagerRule.DEPARTMENT_OR_ABOVE, "P9")],
)
def test_the_primary_manager_is_worked_out_and_never_read(manager_rule: ManagerRule, expected: str) -> None:
    managed = Contract("C1", {**WORKER.values, "manager": "P7", "department.external_id": "W2"})
    person = Person("P1", {"primary_manager": "stale"}, (managed,))
    units = (Department("CARE", manager="P9"), Department("W2", parent_external_id="CARE", manager="P1"))
    condition = compare("person.primary_manager", "is", TextOperand(expected))
    policy = policy_of(rule("r", give(ACCOUNT), condition=condition), manager=manager_rule)

    assert evaluate(policy, Snapshot.of([person], units), DAY).desired


def test_without_a_contract_there_is_no_status() -> None:
    assert status_of(None, date(2026, 3, 1)) is None
