from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.explain.wording import condition_text
from policy.entitlements import Entitlement, Kind
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ContractStatus,
    DepartmentsOperand,
    FlagOperand,
    HasContract,
    Holds,
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
from tests.properties.strategies.example import is_text
from tests.properties.strategies.policies import field, span


def compare(name: str, operator: str, operand: Operand, *, negated: bool = False) -> Comparison:
    return Comparison(field(name), operator, operand, negated, span())


ONE = is_text("contract.type.code", "A")
START = field("contract.start_date")
MANY = ValuesOperand(tuple(str(number) for number in range(9)))


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (compare("contract.type.code", "is", TextOperand('a"b')), 'contract.type.code is "a\\"b"'),
        (compare("contract.type.code", "is", TextOperand("x"), negated=True), 'contract.type.code is not "x"'),
        (compare("contract.type.code", "in", ValuesOperand(("A", "B"))), 'contract.type.code in ("A", "B")'),
        (compare("contract.type.code", "in", ValuesOperand(("A",), "kinds")), "contract.type.code in kinds"),
        (compare("contract.type.code", "in", MANY), 'contract.type.code in ("0", "1", "2", "3", "4", "5", … 3 more)'),
        (compare("contract.type.code", "matches", PatternOperand("a.")), 'contract.type.code matches "a."'),
        (compare("contract.type.code", "known", NoOperand()), "contract.type.code is known"),
        (
            compare("contract.department", "is", DepartmentsOperand(("X",), or_below=True)),
            'contract.department is "X" or below',
        ),
        (
            compare("contract.department", "in", DepartmentsOperand(("X", "Y"), or_below=False)),
            'contract.department in ("X", "Y")',
        ),
        (
            compare("contract.department", "in", DepartmentsOperand(("X",), or_below=True, set_name="units")),
            "contract.department in units or below",
        ),
        (
            compare("contract.details.fte", "at least", NumberOperand(Decimal("0.80"))),
            "contract.details.fte is at least 0.8",
        ),
        (compare("person.excluded", "is", FlagOperand(flag=True)), "person.excluded is true"),
        (
            compare("contract.end_date", "before", MomentOperand(Moment(START, Duration(1, Unit.DAYS), "before"))),
            "contract.end_date is before 1 day before contract.start_date",
        ),
        (
            compare("contract.end_date", "before", MomentOperand(Moment(date(2026, 3, 1))), negated=True),
            "contract.end_date is not before 2026-03-01",
        ),
        (StatusIs(ContractStatus.ACTIVE, span()), "contract is active"),
        (StatusIs(ContractStatus.ENDED, span(), negated=True), "contract is not ended"),
        (Holds(Entitlement("ad", Kind.PERMISSION, "X"), span()), 'holds permission "X" in ad'),
        (HasContract("no", ONE, span()), 'no contract has (contract.type.code is "A")'),
        (Named("care-staff", ONE, span()), "care-staff"),
        (Not(ONE, span()), 'not (contract.type.code is "A")'),
        (AllOf((ONE, Named("b", ONE, span())), span()), 'all of (contract.type.code is "A", b)'),
        (AnyOf((Named("b", ONE, span()),), span()), "any of (b)"),
        (NoneOf((Named("b", ONE, span()),), span()), "none of (b)"),
    ],
)
def test_a_condition_reads_as_its_author_wrote_it(condition: Condition, text: str) -> None:
    assert condition_text(condition) == text
