from __future__ import annotations

from decimal import Decimal

import pytest

from dsl.read.nesting import DEEPEST
from dsl.tree.conditions import (
    AllOfNode,
    AndNode,
    AnyOfNode,
    Compare,
    FlagField,
    HasContractNode,
    HoldsNode,
    ListNode,
    NameRef,
    NoneOfNode,
    NotNode,
    OrNode,
    SetRef,
    StatusNode,
)
from dsl.tree.leaves import Day, Flag, MomentNode, Number, Text
from policy.expressions import ContractStatus
from policy.operators.operator import OperandShape
from policy.operators.registry import OPERATORS
from policy.source import Span
from tests.unit.dsl.reading import codes, condition

OPERANDS = {
    OperandShape.VALUE: '"X"',
    OperandShape.VALUES: '("X", "Y")',
    OperandShape.TEXT: '"X"',
    OperandShape.PATTERN: '"X.*"',
    OperandShape.NUMBER: "0.8",
    OperandShape.MOMENT: "2 weeks after today",
    OperandShape.NOTHING: "",
}
PHRASES = [
    (one.name, phrase, one.shape, phrase == one.negation)
    for one in OPERATORS.values()
    for phrase in (one.phrase, one.negation)
    if phrase and one.shape is not OperandShape.CHANGE
]


@pytest.mark.parametrize(("name", "phrase", "shape", "negated"), PHRASES)
def test_every_operator_of_the_registry_can_be_written(
    name: str, phrase: str, shape: OperandShape, *, negated: bool
) -> None:
    text = f"contract.title.code {phrase} {OPERANDS[shape]}"
    found = condition(text)
    assert isinstance(found, Compare)
    assert (found.operator, found.negated, found.or_below) == (name, negated, False)
    assert (found.operand is None) == (shape is OperandShape.NOTHING)
    assert found.path.name == "contract.title.code"
    assert found.operator_span == Span("a.ordain", 1, 34, 1, 34 + len(phrase))


@pytest.mark.parametrize("name", [one.name for one in OPERATORS.values() if one.examples])
def test_every_example_of_the_registry_is_a_condition(name: str) -> None:
    for example in OPERATORS[name].examples:
        assert isinstance(condition(example.source), Compare)


@pytest.mark.parametrize(
    ("text", "operand"),
    [
        ('"CARE"', Text),
        ("36", Number),
        ("true", Flag),
        ("2026-03-01", MomentNode),
        ("today", MomentNode),
        ("contract.end_date", MomentNode),
        ("1 day before contract.end_date", MomentNode),
    ],
)
def test_behind_is_any_value_may_stand(text: str, operand: type) -> None:
    found = condition(f"contract.x is {text}")
    assert isinstance(found, Compare)
    assert isinstance(found.operand, operand)


@pytest.mark.parametrize("text", ['is "X"', 'is not "X"', 'in ("X", "Y")', "in desks", 'not in ("X")', "not in desks"])
def test_or_below(text: str) -> None:
    found = condition(f"contract.department {text}\n or\tbelow")
    assert isinstance(found, Compare)
    assert found.or_below


def test_lists_and_sets() -> None:
    listed = condition('contract.x in ("A", 1, 2026-03-01, false, ",")')
    assert isinstance(listed, Compare)
    assert isinstance(listed.operand, ListNode)
    assert [type(value) for value in listed.operand.values] == [Text, Number, Day, Flag, Text]
    named = condition("contract.x in desks")
    assert isinstance(named, Compare)
    assert isinstance(named.operand, SetRef)
    assert named.operand.id.name == "desks"


def test_numbers_are_exact() -> None:
    found = condition("contract.details.fte is at least 0.10")
    assert isinstance(found, Compare)
    assert isinstance(found.operand, Number)
    assert found.operand.value == Decimal("0.1")


@pytest.mark.parametrize("status", list(ContractStatus))
@pytest.mark.parametrize(("phrase", "negated"), [("is", False), ("is not", True)])
def test_status_of_a_contract(status: ContractStatus, phrase: str, *, negated: bool) -> None:
    assert condition(f"contract {phrase} {status}") == StatusNode(
        status, negated, Span("a.ordain", 1, 14, 1, 24 + len(phrase) + len(status))
    )


def test_flags_names_and_holds() -> None:
    assert isinstance(condition("person.excluded"), FlagField)
    assert isinstance(condition("care-staff"), NameRef)
    held = condition('holds permission "A" in ad')
    assert isinstance(held, HoldsNode)
    assert held.entitlement.name is not None
    assert held.entitlement.name.fixed == "A"


def test_contracts_of_their_own() -> None:
    assert [
        (found.quantifier, type(found.condition))
        for found in (condition("any contract has (a)"), condition("no contract has (a and b)"))
        if isinstance(found, HasContractNode)
    ] == [("any", NameRef), ("no", AndNode)]


def test_not_binds_to_the_one_condition_behind_it() -> None:
    found = condition("not a and not not b")
    assert isinstance(found, AndNode)
    first, second = found.conditions
    assert isinstance(first, NotNode)
    assert isinstance(second, NotNode)
    assert isinstance(second.condition, NotNode)


def test_chains_are_flat_and_parentheses_nest() -> None:
    found = condition("a or b or (c and d and (e or f))")
    assert isinstance(found, OrNode)
    assert len(found.conditions) == 3
    inner = found.conditions[2]
    assert isinstance(inner, AndNode)
    assert isinstance(inner.conditions[2], OrNode)


def test_bundles() -> None:
    found = condition("all of (any of (a, b and c), none of (d))")
    assert isinstance(found, AllOfNode)
    several, none = found.conditions
    assert isinstance(several, AnyOfNode)
    assert isinstance(several.conditions[1], AndNode)
    assert isinstance(none, NoneOfNode)


def test_words_of_a_phrase_may_stand_on_several_lines_but_no_comment_inside() -> None:
    found = condition("contract.x is\n  on\tor\n before 2026-03-01")
    assert isinstance(found, Compare)
    assert found.operator == "on or before"
    assert codes("define a as contract.x is # why\n on or before 2026-03-01") == ["ORD0102"]


def test_nesting_has_a_limit() -> None:
    assert isinstance(condition("(" * DEEPEST + "a" + ")" * DEEPEST), NameRef)
    assert codes("define a as " + "(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1)) == ["ORD0123"]
    assert codes("define a as " + "not (" * DEEPEST + "a" + ")" * DEEPEST) == ["ORD0123"]
    assert codes("define a as " + " and ".join(["(not a)"] * (DEEPEST + 1))) == []
    assert codes("define a as " + "(" * 100_000) == ["ORD0123"]
