"""Conditions as written (LANGUAGE.md section 5): nothing resolved yet. The checked form is `policy.expressions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.tree.leaves import Day, EntitlementNode, Flag, Ident, MomentNode, Number, Path, Text
from policy.expressions import ContractStatus
from policy.source import Span


@dataclass(frozen=True, slots=True)
class ListNode:
    """`("EMP", "INT")`."""

    values: tuple[Text | Number | Day | Flag, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class SetRef:
    """The id of a set behind `in`."""

    id: Ident
    span: Span


@dataclass(frozen=True, slots=True)
class ChangeNode:
    """`[from "A"] [to "B"]` behind `changes`; None where nothing was asked for."""

    before: Text | None
    after: Text | None
    span: Span


OperandNode = Text | Number | Flag | MomentNode | ListNode | SetRef | ChangeNode
"""What stands behind an operator. A date stands as a `MomentNode` (also behind a plain `is`), save inside a list."""


@dataclass(frozen=True, slots=True)
class Compare:
    """`PATH OPERATOR OPERAND [or below]`.

    `operator` is a key of `policy.operators.registry.OPERATORS`; `negated` when the author wrote its negation.
    `operand` is None where nothing stands behind (`is known`). It fits the operator's shape in form (a list or set
    behind `in`, a moment behind `is before`), not yet in type; behind `is` any text, number, flag or date may stand.
    """

    path: Path
    operator: str
    negated: bool
    operand: OperandNode | None
    or_below: bool
    operator_span: Span
    span: Span


@dataclass(frozen=True, slots=True)
class FlagField:
    """A path alone: true when the flag is."""

    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class StatusNode:
    """`contract is [not] active|future|ended`."""

    status: ContractStatus
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class HoldsNode:
    """`holds ENTITLEMENT`."""

    entitlement: EntitlementNode
    span: Span


@dataclass(frozen=True, slots=True)
class HasContractNode:
    """`any contract has (C)`, `no contract has (C)`."""

    quantifier: Literal["any", "no"]
    condition: ConditionNode
    span: Span


@dataclass(frozen=True, slots=True)
class NameRef:
    """The id of a `define`."""

    id: Ident
    span: Span


@dataclass(frozen=True, slots=True)
class NotNode:
    """`not C`."""

    condition: ConditionNode
    span: Span


@dataclass(frozen=True, slots=True)
class AndNode:
    """`C and C and …`: two or more."""

    conditions: tuple[ConditionNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class OrNode:
    """`C or C or …`: two or more."""

    conditions: tuple[ConditionNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class AllOfNode:
    """`all of (C, …)`: one or more."""

    conditions: tuple[ConditionNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class AnyOfNode:
    """`any of (C, …)`: one or more."""

    conditions: tuple[ConditionNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class NoneOfNode:
    """`none of (C, …)`: one or more."""

    conditions: tuple[ConditionNode, ...]
    span: Span


ConditionNode = (
    Compare
    | FlagField
    | StatusNode
    | HoldsNode
    | HasContractNode
    | NameRef
    | NotNode
    | AndNode
    | OrNode
    | AllOfNode
    | AnyOfNode
    | NoneOfNode
)
# INVARIANT: the parser refuses conditions nested deeper than `dsl.read.nesting.DEEPEST`, so plain recursion is safe.
