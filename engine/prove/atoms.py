"""Comparisons, moments and keys of tables as positive atoms over fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from engine.prove.formula import (
    FALSE,
    PERSON,
    TRUE,
    Below,
    DayOrder,
    DayTerm,
    FlagIs,
    Formula,
    Known,
    NumberIs,
    TextHas,
    TextIn,
    Var,
    conj,
)
from policy.canonical import plain_number
from policy.expressions import (
    ChangeOperand,
    DepartmentsOperand,
    FlagOperand,
    MomentOperand,
    NoOperand,
    NumberOperand,
    Operand,
    PatternOperand,
    TextOperand,
    ValuesOperand,
)
from policy.moments import Moment
from policy.types import Field, FieldType

_FLAG_KEYS = {"True": True, "False": False}
"""How the evaluator writes a flag where a table is looked up."""


def variable(field: Field, owner: int) -> Var:
    """Variable of a field; `owner` is the contract in hand, or the person where there is none."""
    assert field.root == "person" or owner != PERSON, "the checker lets nothing ask a contract where there is none"
    return Var(PERSON if field.root == "person" else owner, field.key)


def moment_term(moment: Moment, owner: int) -> DayTerm:
    """Day that a moment stands for."""
    base = variable(moment.base, owner) if isinstance(moment.base, Field) else moment.base
    return DayTerm(base, moment.offset, moment.direction)


def comparison_atom(operator: str, var: Var, operand: Operand, right: DayTerm | None) -> Formula:
    """Un-negated comparison of a field; `right` is the moment as a term where the operand is one."""
    match operand:
        case TextOperand() if operator == "is":
            return TextIn(var, frozenset({operand.text}))
        case TextOperand():
            return TextHas(var, operator, operand.text)
        case PatternOperand():
            return TextHas(var, operator, operand.pattern)
        case DepartmentsOperand():
            chosen = frozenset(operand.departments)
            return Below(var, chosen) if operand.or_below else TextIn(var, chosen)
        case ValuesOperand():
            texts = frozenset(one for one in operand.values if isinstance(one, str))
            numbers = frozenset(one for one in operand.values if isinstance(one, Decimal))
            return NumberIs(var, "in", numbers) if numbers else TextIn(var, texts) if texts else FALSE
        case NumberOperand():
            return NumberIs(var, "in" if operator == "is" else operator, frozenset({operand.number}))
        case FlagOperand():
            return FlagIs(var, operand.flag)
        case ChangeOperand():
            raise AssertionError("only an event asks for a change, and no event is proved")
        case NoOperand():
            return Known(var)
        case MomentOperand():
            assert right is not None, "a moment comes with its term"
            return compared_days(operator, DayTerm(var), right)


def compared_days(operator: str, left: DayTerm, right: DayTerm) -> Formula:
    """Order of two days by the name of an operator over dates."""
    match operator:
        case "before":
            return day_order(left, right, strict=True)
        case "after":
            return day_order(right, left, strict=True)
        case "on or before":
            return day_order(left, right, strict=False)
        case "on or after":
            return day_order(right, left, strict=False)
        case _:
            raise AssertionError(f"no operator over dates is called {operator}")


def day_order(left: DayTerm, right: DayTerm, *, strict: bool) -> Formula:
    """Tell `left` before `right`; of two days of the calendar, or of today with itself, the truth at once."""
    if isinstance(left.base, date) and isinstance(right.base, date):
        first, second = left.moved(left.base), right.moved(right.base)
        return TRUE if first < second or (first == second and not strict) else FALSE
    return DayOrder(left, right, strict)


def key_atom(field: Field, var: Var, key: str) -> Formula:
    """Tell that the value of `field`, written as a key of a table or as part of a name, is `key`."""
    match field.type:
        case FieldType.TEXT | FieldType.PERSON | FieldType.DEPARTMENT:
            return TextIn(var, frozenset({key}))
        case FieldType.NUMBER:
            number = _number(key)
            return FALSE if number is None else NumberIs(var, "in", frozenset({number}))
        case FieldType.FLAG:
            return FlagIs(var, _FLAG_KEYS[key]) if key in _FLAG_KEYS else FALSE
        case FieldType.DATE:
            return _same_day(var, key)


def _same_day(var: Var, key: str) -> Formula:
    try:
        day = DayTerm(date.fromisoformat(key))
    except ValueError:
        return FALSE
    if str(day.base) != key:
        return FALSE
    left = DayTerm(var)
    return conj((DayOrder(left, day, strict=False), DayOrder(day, left, strict=False)))


def _number(key: str) -> Decimal | None:
    try:
        number = Decimal(key)
    except InvalidOperation:
        return None
    return number if number.is_finite() and plain_number(number) == key else None
