"""What an operator is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policy.types import FieldType


class OperandShape(StrEnum):
    """What stands behind an operator, and so which operand the checked form carries."""

    VALUE = "value"  # one value of the field's type: Text-, Number-, Flag- or DepartmentsOperand
    VALUES = "values"  # a list or a set: ValuesOperand, DepartmentsOperand
    TEXT = "text"  # TextOperand
    PATTERN = "pattern"  # PatternOperand
    NUMBER = "number"  # NumberOperand
    MOMENT = "moment"  # MomentOperand
    NOTHING = "nothing"  # NoOperand
    CHANGE = "change"  # ChangeOperand


@dataclass(frozen=True, slots=True)
class Example:
    """A documented, tested example: the operator's meaning on `left` and prepared `right` is `result`."""

    source: str
    left: object
    right: object
    result: bool


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of the language.

    `phrase` and `negation` are the words an author writes. `types` are the field types it takes. `meaning` gets the
    value of the field (never None, but for an operator that `sees_absence`) and the prepared operand: the text, number
    or flag itself; a frozenset of texts or numbers (departments with their sub-trees expanded); for a pattern a
    callable that tells whether a text matches whole; for a moment the date it stands for; None where nothing stands
    behind. An operator of shape `change` gets two pairs: the value before and after, and what was asked for of each
    (None: anything).
    """

    name: str
    phrase: str
    negation: str | None
    types: frozenset[FieldType]
    shape: OperandShape
    meaning: Callable[[Any, Any], bool]
    documentation: str
    examples: tuple[Example, ...]
    sees_absence: bool = False
