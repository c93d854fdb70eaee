"""Conditions: every path resolved, every operand typed, every name known."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.checking import Checking, Setting
from dsl.lower.entitlements import lower_fixed_entitlement
from dsl.lower.fields import resolve_field
from dsl.lower.operands import lower_operand
from dsl.tree import conditions as syntax
from dsl.tree.ast import DeclarationWord
from dsl.tree.conditions import ConditionNode
from policy.catalogue.names import (
    BELOW_WITHOUT_DEPARTMENT,
    HOLDS_NOT_HERE,
    NO_CHANGE_HERE,
    NO_CONTRACT_HERE,
    NOT_A_FLAG,
    WRONG_OPERATOR,
)
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    FlagOperand,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoneOf,
    Not,
    StatusIs,
    children,
)
from policy.operators.operator import OperandShape
from policy.operators.registry import OPERATORS
from policy.source import Span
from policy.types import Field, FieldType

_HOLDS_HINT = "name what the person or a contract of theirs is, not what they hold"


def lower_condition(node: ConditionNode, setting: Setting, checking: Checking) -> Condition | None:
    """Lower one condition with all below it; None when any part is broken, after every broken part was reported."""
    match node:
        case syntax.Compare():
            return _lower_comparison(node, setting, checking)
        case syntax.FlagField():
            return _lower_flag(node, setting, checking)
        case syntax.StatusNode():
            return _lower_status(node, setting, checking)
        case syntax.HoldsNode():
            return _lower_holds(node, setting, checking)
        case syntax.NameRef():
            return _lower_name(node, setting, checking)
        case syntax.HasContractNode():
            inner = lower_condition(node.condition, setting.within_contract, checking)
            return None if inner is None else HasContract(node.quantifier, inner, node.span)
        case syntax.NotNode():
            inner = lower_condition(node.condition, setting, checking)
            return None if inner is None else Not(inner, node.span)
        case syntax.AndNode() | syntax.AllOfNode():
            parts = _lower_all(node.conditions, setting, checking)
            return None if parts is None else AllOf(parts, node.span)
        case syntax.OrNode() | syntax.AnyOfNode():
            parts = _lower_all(node.conditions, setting, checking)
            return None if parts is None else AnyOf(parts, node.span)
        case syntax.NoneOfNode():
            parts = _lower_all(node.conditions, setting, checking)
            return None if parts is None else NoneOf(parts, node.span)


def _lower_all(nodes: Iterable[ConditionNode], setting: Setting, checking: Checking) -> tuple[Condition, ...] | None:
    lowered = [lower_condition(node, setting, checking) for node in nodes]
    whole = tuple(one for one in lowered if one is not None)
    return whole if len(whole) == len(lowered) else None


def _lower_comparison(node: syntax.Compare, setting: Setting, checking: Checking) -> Comparison | None:
    field = resolve_field(node.path, setting, checking)
    operator = OPERATORS[node.operator]
    if field is None:
        _check_set_alone(node, checking)
        return None
    if field.type not in operator.types:
        phrase = operator.negation if node.negated else operator.phrase
        detail = f"`{field.name}` is a {field.type.value}; `{phrase}` does not go with that."
        checking.findings.report(WRONG_OPERATOR, detail, node.operator_span, hint=_fitting_operators(field))
        return None
    if isinstance(node.operand, syntax.ChangeNode) and not (setting.changes and field.root == "account"):
        _report_no_change(node, field, setting, checking)
        return None
    if node.or_below and field.type is not FieldType.DEPARTMENT:
        detail = f"`{field.name}` is a {field.type.value}; `or below` speaks of a department and those under it."
        hint = "compare `contract.department`, or remove `or below`"
        checking.findings.report(BELOW_WITHOUT_DEPARTMENT, detail, node.span, hint=hint)
        return None
    operand = lower_operand(node, field, operator, setting=setting, checking=checking)
    return None if operand is None else Comparison(field, node.operator, operand, node.negated, node.span)


def _report_no_change(node: syntax.Compare, field: Field, setting: Setting, checking: Checking) -> None:
    detail = f"`{field.name}` is no account data; what it was before is not known."
    hint = "name account data, such as `account.display_name changes`"
    if setting.account and field.root == "account":
        detail = "Only an event `on update account` knows what account data were before."
        hint = "make it an event `on update account`, or compare the value: `is`, `in`, `starts with`"
    elif not setting.changes:
        detail = f"`changes` speaks of what an update does; {setting.place} knows no value before."
        hint = "put it into an event `on update account`"
    checking.findings.report(NO_CHANGE_HERE, detail, node.operator_span, hint=hint)


def _check_set_alone(node: syntax.Compare, checking: Checking) -> None:
    """Report a set nobody declared even where the field before it is wrong: the two problems are independent."""
    if isinstance(node.operand, syntax.SetRef):
        checking.names.knows(DeclarationWord.SET, node.operand.id, checking.findings)


def _fitting_operators(field: Field) -> str:
    fitting = [one for one in OPERATORS.values() if field.type in one.types and one.shape is not OperandShape.CHANGE]
    phrases = [f"`{one.phrase}`" for one in fitting]
    return f"a {field.type.value} takes {', '.join(phrases)}"


def _lower_flag(node: syntax.FlagField, setting: Setting, checking: Checking) -> Comparison | None:
    field = resolve_field(node.path, setting, checking)
    if field is None:
        return None
    if field.type is not FieldType.FLAG:
        detail = f"`{field.name}` is a {field.type.value}; only a flag is a condition by itself."
        hint = f"write `{field.name} is known`, or compare it with a value"
        checking.findings.report(NOT_A_FLAG, detail, node.span, hint=hint)
        return None
    return Comparison(field, "is", FlagOperand(flag=True), negated=False, span=node.span)


def _lower_status(node: syntax.StatusNode, setting: Setting, checking: Checking) -> StatusIs | None:
    if setting.contract:
        return StatusIs(node.status, node.span, node.negated)
    detail = f"`contract is {node.status.value}` speaks of a contract, but {setting.place} looks at none."
    checking.findings.report(NO_CONTRACT_HERE, detail, node.span, hint=setting.contract_hint)
    return None


def _lower_holds(node: syntax.HoldsNode, setting: Setting, checking: Checking) -> Holds | None:
    if not setting.holds:
        detail = f"`holds` asks what rules grant; {setting.place} is decided without them."
        checking.findings.report(HOLDS_NOT_HERE, detail, node.span, hint=_HOLDS_HINT)
        return None
    entitlement = lower_fixed_entitlement(node.entitlement, checking)
    return None if entitlement is None else Holds(entitlement, node.span)


def _lower_name(node: syntax.NameRef, setting: Setting, checking: Checking) -> Named | None:
    name = node.id.name
    if not checking.names.knows(DeclarationWord.DEFINE, node.id, checking.findings):
        return None
    condition = checking.defines.get(name)
    if condition is None or not _fits(name, condition, node.span, setting=setting, checking=checking):
        return None
    return Named(name, condition, node.span)


def _fits(name: str, condition: Condition, place: Span, *, setting: Setting, checking: Checking) -> bool:
    """Check a define where it is used: it may speak of a contract, or of what is held, where that has no meaning."""
    spoken = None if setting.contract else _contract_words(condition)
    if spoken:
        detail = f"`{name}` speaks of a contract (`{spoken}`), but {setting.place} looks at none."
        checking.findings.report(NO_CONTRACT_HERE, detail, place, hint=setting.contract_hint)
        return False
    if not setting.holds and _asks_holds(condition):
        detail = f"`{name}` asks what rules grant (`holds`); {setting.place} is decided without them."
        checking.findings.report(HOLDS_NOT_HERE, detail, place, hint=_HOLDS_HINT)
        return False
    return True


def _contract_words(condition: Condition) -> str | None:
    """First words below `condition` that speak of the contract in hand, not of a fresh one."""
    match condition:
        case HasContract():
            return None
        case StatusIs():
            return f"contract is {condition.status.value}"
        case Comparison(field=field, operand=operand):
            if field.root == "contract":
                return field.name
            if isinstance(operand, MomentOperand) and isinstance(operand.moment.base, Field):
                base = operand.moment.base
                return base.name if base.root == "contract" else None
            return None
        case _:
            return next((words for child in children(condition) if (words := _contract_words(child))), None)


def _asks_holds(condition: Condition) -> bool:
    return isinstance(condition, Holds) or any(_asks_holds(child) for child in children(condition))
