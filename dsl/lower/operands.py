"""What stands behind an operator, checked against the type of the field before it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from dsl.checking import Checking, Setting
from dsl.lower.moments import lower_moment
from dsl.lower.patterns import pattern_problem
from dsl.suggest import did_you_mean, suggest
from dsl.tree.ast import DeclarationWord as Word
from dsl.tree.conditions import ChangeNode, Compare, ListNode, SetRef
from dsl.tree.leaves import Day, Flag, MomentNode, Number, Text
from policy.canonical import plain_number
from policy.catalogue.language import BAD_DATE
from policy.catalogue.names import BAD_PATTERN, IMPOSSIBLE_VALUE, WRONG_VALUE
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
from policy.operators.operator import OperandShape, Operator
from policy.source import Span
from policy.types import Field, FieldType

_LISTED_VALUES = 5
_Single = Text | Number | Flag | Day | MomentNode


def lower_operand(
    node: Compare, field: Field, operator: Operator, *, setting: Setting, checking: Checking
) -> Operand | None:
    """Give the operand in the shape the operator wants, or report what does not fit and give None."""
    operand = node.operand
    match operator.shape:
        case OperandShape.NOTHING:
            return NoOperand()
        case OperandShape.VALUE:
            assert isinstance(operand, Text | Number | Flag | MomentNode)
            return _lower_value(operand, field, checking, or_below=node.or_below)
        case OperandShape.VALUES:
            assert isinstance(operand, ListNode | SetRef)
            return _lower_values(operand, field, checking, or_below=node.or_below)
        case OperandShape.TEXT:
            assert isinstance(operand, Text)
            return TextOperand(operand.value)
        case OperandShape.PATTERN:
            assert isinstance(operand, Text)
            return _lower_pattern(operand, checking)
        case OperandShape.NUMBER:
            assert isinstance(operand, Number)
            return NumberOperand(operand.value)
        case OperandShape.MOMENT:
            assert isinstance(operand, MomentNode)
            moment = lower_moment(operand, setting, checking)
            return None if moment is None else MomentOperand(moment)
        case OperandShape.CHANGE:
            assert isinstance(operand, ChangeNode)
            before, after = (None if one is None else one.value for one in (operand.before, operand.after))
            return ChangeOperand(before, after)


def check_possible(values: Iterable[tuple[str, Span]], field: Field, checking: Checking) -> bool:
    """Report every value that the field's `one of` does not list; True when all are listed."""
    if field.one_of is None:
        return True
    wrong = [(value, place) for value, place in values if value not in field.one_of]
    for value, place in wrong:
        listed = ", ".join(f'"{one}"' for one in field.one_of[:_LISTED_VALUES])
        more = len(field.one_of) - _LISTED_VALUES
        detail = f'`{field.name}` is one of {listed}{f" and {more} more" if more > 0 else ""}; never "{value}".'
        hint = did_you_mean(suggest(value, field.one_of)) or "correct the value, or add it to the `field` declaration"
        checking.findings.report(IMPOSSIBLE_VALUE, detail, place, hint=hint)
    return not wrong


def _lower_value(operand: _Single, field: Field, checking: Checking, *, or_below: bool) -> Operand | None:
    match field.type, operand:
        case FieldType.DEPARTMENT, Text(value=text, span=place):
            return DepartmentsOperand((text,), or_below) if check_possible([(text, place)], field, checking) else None
        case ((FieldType.TEXT | FieldType.PERSON), Text(value=text, span=place)):
            return TextOperand(text) if check_possible([(text, place)], field, checking) else None
        case FieldType.NUMBER, Number(value=number):
            return NumberOperand(number)
        case FieldType.FLAG, Flag(value=flag):
            return FlagOperand(flag)
        case _:
            report_wrong_value(operand, field, checking)
            return None


def _lower_values(operand: ListNode | SetRef, field: Field, checking: Checking, *, or_below: bool) -> Operand | None:
    if isinstance(operand, SetRef):
        return _lower_set(operand, field, checking, or_below=or_below)
    if field.type is FieldType.NUMBER:
        return _lower_numbers(operand, field, checking)
    texts = [value for value in operand.values if isinstance(value, Text)]
    wrong = [value for value in operand.values if not isinstance(value, Text)]
    for value in wrong:
        report_wrong_value(value, field, checking)
    fits = check_possible([(text.value, text.span) for text in texts], field, checking)
    if wrong or not fits:
        return None
    values = tuple(sorted({text.value for text in texts}))
    return DepartmentsOperand(values, or_below) if field.type is FieldType.DEPARTMENT else ValuesOperand(values)


def _lower_numbers(operand: ListNode, field: Field, checking: Checking) -> ValuesOperand | None:
    numbers: set[Decimal] = set()
    fits = True
    for value in operand.values:
        if isinstance(value, Number):
            numbers.add(value.value)
        else:
            fits = False
            report_wrong_value(value, field, checking)
    return ValuesOperand(tuple(sorted(numbers))) if fits else None


def _lower_set(operand: SetRef, field: Field, checking: Checking, *, or_below: bool) -> Operand | None:
    name = operand.id.name
    if not checking.names.knows(Word.SET, operand.id, checking.findings):
        return None
    if field.type is FieldType.NUMBER:
        detail = f"`{field.name}` is a number; the set `{name}` holds texts."
        checking.findings.report(WRONG_VALUE, detail, operand.span, hint="list the numbers: `in (1, 2)`")
        return None
    found = checking.sets.get(name)
    if found is None:
        return None
    if not check_possible([(value, operand.span) for value in found.values], field, checking):
        return None
    if field.type is FieldType.DEPARTMENT:
        return DepartmentsOperand(found.values, or_below, name)
    return ValuesOperand(found.values, name)


def _lower_pattern(operand: Text, checking: Checking) -> PatternOperand | None:
    reason = pattern_problem(operand.value)
    if reason is not None:
        detail = f'"{operand.value}" cannot be read as a pattern: {reason}.'
        hint = r"write a literal `.`, `*`, `+`, `?`, `(` or `[` as `\\.` and so on; look-ahead does not exist"
        checking.findings.report(BAD_PATTERN, detail, operand.span, hint=hint)
        return None
    return PatternOperand(operand.value)


def report_wrong_value(value: _Single, field: Field, checking: Checking) -> None:
    """Report a value whose kind is not that of the field; nothing where the value is a guess of ours."""
    if checking.findings.tells(BAD_DATE, value.span):
        return  # the date in the tree is a guess of ours: nothing may be said about it
    what, hint = _describe(value, field.type)
    detail = f"`{field.name}` is a {field.type.value}, so it is never {what}."
    checking.findings.report(WRONG_VALUE, detail, value.span, hint=hint)


def _describe(value: _Single, wanted: FieldType) -> tuple[str, str]:
    """Say what an author wrote, and how to write what the field holds."""
    what, plain = _words(value)
    match wanted:
        case FieldType.NUMBER:
            return what, "write a number without quotation marks, such as `36` or `0.8`"
        case FieldType.FLAG:
            return what, "write `true` or `false`, or the field alone"
        case FieldType.DATE:
            return what, "write `is on or before` or `is on or after` and a date"
        case FieldType.TEXT | FieldType.DEPARTMENT | FieldType.PERSON:
            return what, f'write it as a text: `"{plain}"`'


def _words(value: _Single) -> tuple[str, str]:
    """Name a value with its kind, and as it would stand between quotation marks."""
    match value:
        case Text(value=text):
            return f'the text "{text}"', text
        case Number(value=number):
            return f"the number {plain_number(number)}", plain_number(number)
        case Flag(value=flag):
            return str(flag).lower(), str(flag).lower()
        case Day(value=day):
            return f"the date {day.isoformat()}", day.isoformat()
        case MomentNode(base=Day(value=day), offset=None):
            return f"the date {day.isoformat()}", day.isoformat()
        case MomentNode():
            return "a date", "…"
