"""Conditions and values in the author's own words."""

from __future__ import annotations

from policy.canonical import Value, plain
from policy.expressions import (
    AllOf,
    AnyOf,
    ChangeOperand,
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
    Operand,
    PatternOperand,
    StatusIs,
    TextOperand,
    ValuesOperand,
)
from policy.operators.registry import OPERATORS

_SHOWN_VALUES = 6


def condition_text(condition: Condition) -> str:
    """Condition as an author writes it; a `define` by its name alone."""
    match condition:
        case Comparison():
            return _comparison_text(condition)
        case StatusIs():
            return f"contract is {'not ' if condition.negated else ''}{condition.status}"
        case Holds():
            return f"holds {condition.entitlement}"
        case HasContract():
            return f"{condition.quantifier} contract has ({condition_text(condition.condition)})"
        case Named():
            return condition.name
        case Not():
            return f"not ({condition_text(condition.condition)})"
        case AllOf():
            return _joined("all of", condition.conditions)
        case AnyOf():
            return _joined("any of", condition.conditions)
        case NoneOf():
            return _joined("none of", condition.conditions)


def value_text(value: Value) -> str:
    """Value as an author writes it: text in quotes, ISO dates, plain numbers, `true` or `false`."""
    if isinstance(value, str):
        return _quoted(value)
    return str(plain(value)).lower()


def _comparison_text(condition: Comparison) -> str:
    operator = OPERATORS[condition.operator]
    phrase = operator.negation if condition.negated and operator.negation else operator.phrase
    operand = _operand_text(condition.operand, single=condition.operator == "is")
    return f"{condition.field.name} {phrase}{operand and ' '}{operand}"


def _operand_text(operand: Operand, *, single: bool) -> str:
    match operand:
        case TextOperand():
            return _quoted(operand.text)
        case NumberOperand():
            return value_text(operand.number)
        case FlagOperand():
            return value_text(operand.flag)
        case PatternOperand():
            return _quoted(operand.pattern)
        case MomentOperand():
            return str(operand.moment)
        case ValuesOperand():
            return operand.set_name or _listed([value_text(one) for one in operand.values])
        case DepartmentsOperand():
            names = [_quoted(one) for one in operand.departments]
            listed = operand.set_name or (names[0] if single and len(names) == 1 else _listed(names))
            return f"{listed} or below" if operand.or_below else listed
        case ChangeOperand():
            before = f"from {_quoted(operand.before)}" if operand.before is not None else ""
            after = f"to {_quoted(operand.after)}" if operand.after is not None else ""
            return f"{before} {after}".strip()
        case NoOperand():
            return ""


def _listed(values: list[str]) -> str:
    shown = values[:_SHOWN_VALUES]
    more = [f"… {len(values) - len(shown)} more"] if len(values) > len(shown) else []
    return f"({', '.join(shown + more)})"


def _joined(words: str, conditions: tuple[Condition, ...]) -> str:
    return f"{words} ({', '.join(condition_text(one) for one in conditions)})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
