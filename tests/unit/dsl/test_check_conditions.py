from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
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
    PatternOperand,
    StatusIs,
    TextOperand,
    ValuesOperand,
)
from policy.moments import Duration, Moment, Unit
from policy.operators.change import CHANGES
from policy.operators.registry import OPERATORS
from policy.types import STANDARD_SCHEMA
from tests.unit.dsl.compiling import codes, compile_fine, compile_text, rule_when

HEAD = """
field contract.type.code is one of "EMP", "INT", "EXT" required
field person.custom.vip is flag
field contract.custom.shift is text
set sites is "S", "N", "S"
define on-site as contract.location.code in sites
define young as person.details.birth_date is after 20 years before today
"""


def lowered(condition: str, scope: str = "any contract") -> Condition:
    found = compile_fine(HEAD + rule_when(condition, scope)).rules["r"].condition
    assert found is not None
    return found


def compared(condition: str) -> Comparison:
    found = lowered(condition)
    assert isinstance(found, Comparison)
    return found


@pytest.mark.parametrize(
    ("condition", "operator", "operand"),
    [
        ('contract.type.code is "EMP"', "is", TextOperand("EMP")),
        ("contract.details.fte is 0.80", "is", NumberOperand(Decimal("0.8"))),
        ("person.excluded is false", "is", FlagOperand(flag=False)),
        ("person.custom.vip", "is", FlagOperand(flag=True)),
        ('person.primary_manager is "10001"', "is", TextOperand("10001")),
        ('contract.type.code in ("INT", "EMP", "INT")', "in", ValuesOperand(("EMP", "INT"))),
        ("contract.details.sequence in (2, 1)", "in", ValuesOperand((Decimal(1), Decimal(2)))),
        ("contract.location.code in sites", "in", ValuesOperand(("N", "S"), "sites")),
        ('contract.department is "CARE"', "is", DepartmentsOperand(("CARE",), or_below=False)),
        ('contract.department is "CARE" or below', "is", DepartmentsOperand(("CARE",), or_below=True)),
        ('contract.department in ("W2", "W1") or below', "in", DepartmentsOperand(("W1", "W2"), or_below=True)),
        (
            "contract.department in sites or below",
            "in",
            DepartmentsOperand(("N", "S"), or_below=True, set_name="sites"),
        ),
        ('contract.title.code starts with "N"', "starts with", TextOperand("N")),
        ('contract.title.code ends with "N"', "ends with", TextOperand("N")),
        ('contract.title.code contains "N"', "contains", TextOperand("N")),
        ('contract.title.code matches "N[0-9]+"', "matches", PatternOperand("N[0-9]+")),
        ("contract.details.fte is at least 0.5", "at least", NumberOperand(Decimal("0.5"))),
        ("contract.end_date is known", "known", NoOperand()),
        ("contract.start_date is before today", "before", MomentOperand(Moment("today"))),
        ("contract.start_date is after 2026-03-01", "after", MomentOperand(Moment(date(2026, 3, 1)))),
        (
            "contract.start_date is on or before 3 months after person.details.birth_date",
            "on or before",
            MomentOperand(
                Moment(STANDARD_SCHEMA.fields["person.details.birth_date"], Duration(3, Unit.MONTHS), "after")
            ),
        ),
    ],
)
def test_comparisons_carry_typed_operands(condition: str, operator: str, operand: object) -> None:
    found = compared(condition)
    assert (found.operator, found.operand, found.negated) == (operator, operand, False)


@pytest.mark.parametrize("example", [entry.examples[0].source for entry in OPERATORS.values() if entry is not CHANGES])
def test_documented_examples_of_operators_compile(example: str) -> None:
    assert compared(example).negated is False


@pytest.mark.parametrize(
    "condition",
    [
        'contract.type.code is not "EMP"',
        'contract.type.code not in ("EMP")',
        'contract.title.code does not contain "N"',
        'contract.title.code does not match "N"',
        "contract.end_date is unknown",
        'contract.department is not "CARE" or below',
        "contract.start_date is not before today",
        "contract.details.fte is not at least 0.5",
    ],
)
def test_negations(condition: str) -> None:
    assert compared(condition).negated is True


def test_connectives() -> None:
    for text, kind, size in (
        ("person.excluded and contract is active", AllOf, 2),
        ("person.excluded or contract is future or contract is ended", AnyOf, 3),
        ("all of (person.excluded)", AllOf, 1),
        ("any of (person.excluded, person.custom.vip)", AnyOf, 2),
        ("none of (person.excluded, person.custom.vip)", NoneOf, 2),
    ):
        found = lowered(text)
        assert isinstance(found, kind)
        assert len(found.conditions) == size
    assert isinstance(lowered("not person.excluded"), Not)
    assert isinstance(lowered("(contract is active)"), StatusIs)


def test_names_keep_the_condition_they_stand_for() -> None:
    found = lowered("on-site")
    assert isinstance(found, Named)
    assert isinstance(found.condition, Comparison)
    assert found.name == "on-site"


def test_fresh_contracts_have_contract_fields_even_for_a_person() -> None:
    found = lowered("any contract has (contract is active and on-site)", "person")
    assert isinstance(found, HasContract)
    assert isinstance(lowered("no contract has (contract is active) and young", "person"), AllOf)


def test_holds() -> None:
    text = "rule g\n    grant access in ad\nend\n" + rule_when("holds access in ad")
    condition = compile_fine(text).rules["r"].condition
    assert isinstance(condition, Holds)
    assert str(condition.entitlement) == "access in ad"


@pytest.mark.parametrize(
    ("condition", "expected", "hint"),
    [
        ('contract.departmnt is "X"', ["ORD0201"], "did you mean `contract.department`?"),
        ('contract.CostCenter is "X"', ["ORD0201"], "did you mean"),
        ('contract.cost_center is "X"', ["ORD0201"], "say which part: `contract.cost_center.code`"),
        ('contract.custom.zone is "X"', ["ORD0201"], "declare it: `field contract.custom.zone is text`"),
        ('person.start_date is "X"', ["ORD0201"], "did you mean `contract.start_date`?"),
        ('contract.title.code in (1, "A", true)', ["ORD0208", "ORD0208"], 'write it as a text: `"1"`'),
        ("contract.title.code in sitez", ["ORD0202"], "did you mean `sites`?"),
        ("contract.title.code in on-site", ["ORD0202"], "`on-site` is a define; name a set here"),
        ("contract.title.code in zzz", ["ORD0202"], "declare it: `set zzz"),
        ("contract.titel.code in zzz", ["ORD0201", "ORD0202"], "title"),
        ("on-sight", ["ORD0203"], "did you mean `on-site`?"),
        ("holds account in da", ["ORD0205"], "did you mean `ad`?"),
        ('contract.start_date is "2026-03-01"', ["ORD0207"], "`is on or before`"),
        ('contract.department starts with "C"', ["ORD0207"], "a department takes `is`, `in`, `is known`"),
        ("contract.details.fte is before today", ["ORD0207"], "`is at least`"),
        ('contract.details.fte is "0.8"', ["ORD0208"], "without quotation marks"),
        ("contract.title.code is 5", ["ORD0208"], 'write it as a text: `"5"`'),
        ("contract.title.code is true", ["ORD0208"], 'write it as a text: `"true"`'),
        ("contract.title.code is 2026-03-01", ["ORD0208"], 'write it as a text: `"2026-03-01"`'),
        ('person.excluded is "yes"', ["ORD0208"], "write `true` or `false`"),
        ("contract.details.fte in sites", ["ORD0208"], "list the numbers"),
        ("contract.details.fte is 0.8.9", ["ORD0112"], "year-month-day"),
        ("contract.title.code in (01-03-2026)", ["ORD0112"], "2026-03-01"),
        ("contract.details.fte is 2026-03-01", ["ORD0208"], "without quotation marks"),
        ("contract.title.code is today", ["ORD0208"], "write it as a text"),
        ("contract.title.code is 3 days after today", ["ORD0208"], "write it as a text"),
        ("person.excluded is 1", ["ORD0208"], "write `true` or `false`"),
        ('contract.details.fte in (1, "2")', ["ORD0208"], "without quotation marks"),
        ('contract.type.code is "EMPL"', ["ORD0209"], "did you mean `EMP`?"),
        ('contract.type.code in ("EMP", "X1", "X2")', ["ORD0209", "ORD0209"], "correct the value"),
        ("contract.type.code in sites", ["ORD0209", "ORD0209"], "correct the value"),
        ('contract.title.code matches "("', ["ORD0210"], "literal"),
        ('contract.title.code matches "(?=a)"', ["ORD0210"], "look-ahead"),
        ("contract.start_date is before contract.title.code", ["ORD0211"], "date field"),
        ("contract.start_date is before contract.titel", ["ORD0201"], ""),
        ('account.display_name is "x"', ["ORD0215"], "person or the contract"),
        ("contract.title.code", ["ORD0217"], "is known"),
        ("contract.titel", ["ORD0201"], ""),
        ('contract.title.code is "x" or below', ["ORD0226"], "contract.department"),
        ('contract.department in ("x", 3) or below', ["ORD0208"], ""),
        ('not (contract.a is "x" or contract.b is "y")', ["ORD0201", "ORD0201"], ""),
        ("any contract has (contract.title.code)", ["ORD0217"], ""),
    ],
)
def test_what_does_not_fit_is_named(condition: str, expected: list[str], hint: str) -> None:
    compilation = compile_text(HEAD + rule_when(condition))
    assert codes(compilation) == expected
    assert compilation.policy is None
    assert any(hint in (one.hint or "") for one in compilation.diagnostics)


@pytest.mark.parametrize(
    "condition",
    [
        'contract.type.code is "EMP"',
        "contract is active",
        "on-site",
        "not on-site",
        "person.details.birth_date is before contract.start_date",
        "with-moment",
        "with-status",
    ],
)
def test_a_rule_about_a_person_sees_no_contract(condition: str) -> None:
    more = "define with-moment as person.details.birth_date is before contract.start_date\n"
    more += "define with-status as person.excluded and contract is active\n"
    assert codes(compile_text(HEAD + more + rule_when(condition, "person"))) == ["ORD0214"]


def test_a_define_over_fresh_contracts_fits_a_person() -> None:
    more = "define somewhere as any contract has (on-site)\n"
    assert compile_text(HEAD + more + rule_when("somewhere", "person")).policy is not None


def test_values_of_a_wide_choice_are_not_all_listed() -> None:
    values = ", ".join(f'"V{n}"' for n in range(9))
    text = f"field contract.custom.kind is one of {values}\n" + rule_when('contract.custom.kind is "zzz"')
    [problem] = compile_text(text).diagnostics
    assert "and 4 more" in problem.detail


def test_defines_that_double_are_refused_before_they_grow() -> None:
    chain = "".join(f"define d{n} as all of (d{n - 1}, d{n - 1})\n" for n in range(1, 40))
    text = "define d0 as person.excluded\n" + chain + rule_when("d39")
    assert codes(compile_text(text)) == ["ORD0228"]


def test_defines_that_nest_deeply_are_refused() -> None:
    chain = "".join(f"define d{n} as not d{n - 1}\n" for n in range(1, 400))
    compilation = compile_text("define d0 as person.excluded\n" + chain)
    assert set(codes(compilation)) == {"ORD0228"}
    assert "levels deep" in compilation.diagnostics[0].detail
