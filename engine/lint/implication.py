"""What surely follows from a condition: a small, sound part of the truth, on the form of conditions alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DepartmentsOperand,
    HasContract,
    Holds,
    Named,
    NoneOf,
    Not,
    StatusIs,
    TextOperand,
    ValuesOperand,
)
from policy.source import Span

_NOWHERE = Span("", 0, 0, 0, 0)


def parts_of(condition: Condition | None) -> tuple[Condition, ...]:
    """Conditions that all hold when `condition` does: names written out, `and` taken apart, places forgotten."""
    return tuple(placeless(part) for part in parts_with_places(condition))


def parts_with_places(condition: Condition | None) -> Iterator[Condition]:
    """Give the same parts where they are written."""
    match condition:
        case None:
            return
        case Named():
            yield from parts_with_places(condition.condition)
        case AllOf():
            for one in condition.conditions:
                yield from parts_with_places(one)
        case _:
            yield condition


def all_follow(wanted: Condition | None, given: Condition | None) -> bool:
    """Tell whether `wanted` surely holds whenever `given` does; None is what always holds."""
    known = parts_of(given)
    return all(follows(part, known) for part in parts_of(wanted))


def follows(wanted: Condition, known: tuple[Condition, ...]) -> bool:
    """Tell whether `wanted` (a part, as `parts_of` gives it) holds whenever all of `known` do; False = cannot tell."""
    if wanted in known:
        return True
    match wanted:
        case Comparison(negated=False):
            return any(isinstance(one, Comparison) and _is_narrower(one, wanted) for one in known)
        case AnyOf():
            return any(all(follows(part, known) for part in parts_of(one)) for one in wanted.conditions)
        case _:
            return False


def _is_narrower(one: Comparison, other: Comparison) -> bool:
    """Tell whether every value that satisfies `one` satisfies `other`, of the same field."""
    if one.negated or one.field != other.field:
        return False
    if other.operator == "known":
        return True
    narrow, wide = values_of(one), values_of(other)
    if narrow is None or wide is None or not narrow <= wide:
        return False
    below = isinstance(one.operand, DepartmentsOperand) and one.operand.or_below
    return not below or (isinstance(other.operand, DepartmentsOperand) and other.operand.or_below)


def values_of(one: Comparison) -> frozenset[object] | None:
    """Give the values that a comparison lists, whether it wants one of them or none; None when it lists none."""
    if one.operator not in {"is", "in"}:
        return None
    match one.operand:
        case TextOperand(text=text):
            return frozenset({text})
        case ValuesOperand(values=values):
            return frozenset(values)
        case DepartmentsOperand(departments=departments):
            return frozenset(departments)
        case _:
            return None


def placeless(condition: Condition) -> Condition:
    """Give a condition with names written out and places forgotten, so that equal words are equal."""
    match condition:
        case Named():
            return placeless(condition.condition)
        case Not() | HasContract():
            return replace(condition, condition=placeless(condition.condition), span=_NOWHERE)
        case AllOf() | AnyOf() | NoneOf():
            return replace(condition, conditions=tuple(map(placeless, condition.conditions)), span=_NOWHERE)
        case Comparison() | StatusIs() | Holds():
            return replace(condition, span=_NOWHERE)
