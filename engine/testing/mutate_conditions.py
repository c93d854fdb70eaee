"""Conditions changed in small ways: one left out, a value changed, a boundary moved, a meaning turned round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.explain.wording import condition_text
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
from policy.moments import Duration, Unit, move
from policy.source import Span

_NEIGHBOURS = {
    "before": "on or before",
    "on or before": "before",
    "after": "on or after",
    "on or after": "after",
    "at least": "more than",
    "more than": "at least",
    "at most": "less than",
    "less than": "at most",
}
"""Operators that differ at the boundary alone."""
_ONE_DAY = Duration(1, Unit.DAYS)
_OTHER_TEXT = "\u2205"
_MOST_VALUES = 20
"""Values of one list that are left out one by one; a longer list says little about a rule's logic."""

ConditionMutant = tuple[str, Span, Condition | None]


def condition_mutants(condition: Condition) -> Iterator[ConditionMutant]:
    """Tell what was changed, where, and what the whole condition is then; None: no condition is left."""
    yield "without any condition", condition.span, None
    yield from _inside(condition)


def _inside(condition: Condition) -> Iterator[ConditionMutant]:
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            yield from _in_parts(condition)
        case Not() | HasContract():
            yield from _in_part(condition)
        case Named() | Holds():
            yield _change(condition, Not(condition, condition.span))
        case StatusIs():
            yield _change(condition, replace(condition, negated=not condition.negated))
        case Comparison():
            for changed in _comparisons(condition):
                yield _change(condition, changed)


def _change(before: Condition, after: Condition) -> ConditionMutant:
    return f"`{condition_text(after)}` in place of `{condition_text(before)}`", before.span, after


def _in_parts(condition: AllOf | AnyOf | NoneOf) -> Iterator[ConditionMutant]:
    for number, part in enumerate(condition.conditions):
        before, behind = condition.conditions[:number], condition.conditions[number + 1 :]
        if before or behind:
            less = replace(condition, conditions=(*before, *behind))
            yield f"without `{condition_text(part)}`", part.span, less
        for text, place, changed in _inside(part):
            if changed is not None:
                yield text, place, replace(condition, conditions=(*before, changed, *behind))


def _in_part(condition: Not | HasContract) -> Iterator[ConditionMutant]:
    if isinstance(condition, Not):
        yield _change(condition, condition.condition)
    else:
        other = replace(condition, quantifier="no" if condition.quantifier == "any" else "any")
        yield _change(condition, other)
    for text, place, changed in _inside(condition.condition):
        if changed is not None:
            yield text, place, replace(condition, condition=changed)


def _comparisons(one: Comparison) -> Iterator[Comparison]:
    neighbour = _NEIGHBOURS.get(one.operator)
    if neighbour is not None:
        yield replace(one, operator=neighbour)
    operands = [*_operands(one.operand)]
    for operand in operands:
        yield replace(one, operand=operand)
    if neighbour is None and not operands:
        yield replace(one, negated=not one.negated)


def _operands(operand: Operand) -> Iterator[Operand]:
    """Operands that differ a little; none for what has no value, which is turned round instead."""
    match operand:
        case TextOperand():
            yield TextOperand(f"{operand.text}{_OTHER_TEXT}")
        case NumberOperand():
            yield NumberOperand(operand.number + Decimal(1))
        case FlagOperand():
            yield FlagOperand(not operand.flag)
        case ValuesOperand():
            yield from _fewer_values(operand)
        case DepartmentsOperand():
            yield from _other_departments(operand)
        case MomentOperand():
            yield from _other_moments(operand)
        case PatternOperand() | ChangeOperand() | NoOperand():
            return


def _fewer_values(operand: ValuesOperand) -> Iterator[ValuesOperand]:
    for value in operand.values[:_MOST_VALUES]:
        rest = tuple(one for one in operand.values if one != value)
        yield ValuesOperand(rest)  # type: ignore[arg-type]  # a part of texts is texts, of numbers numbers


def _other_departments(operand: DepartmentsOperand) -> Iterator[DepartmentsOperand]:
    yield replace(operand, or_below=not operand.or_below)
    for value in operand.departments[:_MOST_VALUES]:
        rest = tuple(one for one in operand.departments if one != value)
        yield DepartmentsOperand(rest or (f"{value}{_OTHER_TEXT}",), operand.or_below)


def _other_moments(operand: MomentOperand) -> Iterator[MomentOperand]:
    moment = operand.moment
    if isinstance(moment.base, date) and moment.offset is None:
        yield MomentOperand(replace(moment, base=move(moment.base, _ONE_DAY, "after")))
    elif moment.offset is None:
        yield MomentOperand(replace(moment, offset=_ONE_DAY))
    else:
        more = Duration(moment.offset.count + 1, moment.offset.unit)
        yield MomentOperand(replace(moment, offset=more))
