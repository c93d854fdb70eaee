"""Conditions in checked form (LANGUAGE.md section 5): every path resolved, every operand typed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from policy.entitlements import Entitlement
from policy.moments import Moment
from policy.source import Span
from policy.types import Field


@dataclass(frozen=True, slots=True)
class TextOperand:
    """One text: `"CARE"`."""

    text: str


@dataclass(frozen=True, slots=True)
class NumberOperand:
    """One number: `0.8`."""

    number: Decimal


@dataclass(frozen=True, slots=True)
class FlagOperand:
    """`true` or `false`."""

    flag: bool


@dataclass(frozen=True, slots=True)
class ValuesOperand:
    """Several texts or numbers; `set_name` is the set they were taken from, if any. Sorted, without doubles."""

    values: tuple[str, ...] | tuple[Decimal, ...]
    set_name: str | None = None


@dataclass(frozen=True, slots=True)
class DepartmentsOperand:
    """External ids of departments; with `or_below` each stands for its whole sub-tree. Sorted, without doubles."""

    departments: tuple[str, ...]
    or_below: bool
    set_name: str | None = None


@dataclass(frozen=True, slots=True)
class PatternOperand:
    """An RE2 pattern that must match the whole value."""

    pattern: str


@dataclass(frozen=True, slots=True)
class MomentOperand:
    """A moment to compare a date with."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class ChangeOperand:
    """`changes [from "A"] [to "B"]`: None where nothing was asked for."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class NoOperand:
    """The operator stands alone: `is known`."""


Operand = (
    TextOperand
    | NumberOperand
    | FlagOperand
    | ValuesOperand
    | DepartmentsOperand
    | PatternOperand
    | MomentOperand
    | ChangeOperand
    | NoOperand
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`FIELD OPERATOR OPERAND`. `operator` is a key of `policy.operators.registry.OPERATORS`.

    With an absent value a comparison is false and its negation true, save for `known`.
    """

    field: Field
    operator: str
    operand: Operand
    negated: bool
    span: Span


class ContractStatus(StrEnum):
    """Where a contract lies with respect to today: `active` includes its first and last day."""

    ACTIVE = "active"
    FUTURE = "future"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class StatusIs:
    """`contract is active|future|ended`."""

    status: ContractStatus
    span: Span
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Holds:
    """`holds ENTITLEMENT`: granted to this person by this same evaluation."""

    entitlement: Entitlement
    span: Span


@dataclass(frozen=True, slots=True)
class HasContract:
    """`any|no contract has (CONDITION)`: over a fresh contract, whatever its dates, unrelated to the rule's own."""

    quantifier: Literal["any", "no"]
    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a `define`, with the condition it stands for."""

    name: str
    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """`not C`."""

    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class AllOf:
    """`C and C`, `all of (…)`. With no conditions: always true."""

    conditions: tuple[Condition, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`C or C`, `any of (…)`."""

    conditions: tuple[Condition, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class NoneOf:
    """`none of (…)`."""

    conditions: tuple[Condition, ...]
    span: Span


Condition = Comparison | StatusIs | Holds | HasContract | Named | Not | AllOf | AnyOf | NoneOf


def children(condition: Condition) -> tuple[Condition, ...]:
    """Conditions directly inside `condition`."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return condition.conditions
        case Not() | Named() | HasContract():
            return (condition.condition,)
        case Comparison() | StatusIs() | Holds():
            return ()


def walk(condition: Condition) -> tuple[Condition, ...]:
    """`condition` and every condition below it, in reading order."""
    found: list[Condition] = [condition]
    for child in children(condition):
        found.extend(walk(child))
    return tuple(found)
