"""Operators over dates and numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from policy.operators.operator import Example, OperandShape, Operator
from policy.types import FieldType


def _date_operator(
    name: str, phrase: str, meaning: Callable[[Any, Any], bool], documentation: str, *, same_day: bool
) -> Operator:
    day = date(2026, 3, 1)
    return Operator(
        name=name,
        phrase=phrase,
        negation=phrase.replace("is ", "is not ", 1),
        types=frozenset({FieldType.DATE}),
        shape=OperandShape.MOMENT,
        meaning=meaning,
        documentation=documentation,
        examples=(Example(f"contract.start_date {phrase} 2026-03-01", day, day, result=same_day),),
    )


def _number_operator(name: str, meaning: Callable[[Any, Any], bool], documentation: str, *, same: bool) -> Operator:
    return Operator(
        name=name,
        phrase=f"is {name}",
        negation=f"is not {name}",
        types=frozenset({FieldType.NUMBER}),
        shape=OperandShape.NUMBER,
        meaning=meaning,
        documentation=documentation,
        examples=(Example(f"contract.details.fte is {name} 0.8", Decimal("0.8"), Decimal("0.8"), result=same),),
    )


BEFORE = _date_operator("before", "is before", operator.lt, "The date lies before this moment.", same_day=False)
AFTER = _date_operator("after", "is after", operator.gt, "The date lies after this moment.", same_day=False)
ON_OR_BEFORE = _date_operator(
    "on or before", "is on or before", operator.le, "The date is this moment or lies before it.", same_day=True
)
ON_OR_AFTER = _date_operator(
    "on or after", "is on or after", operator.ge, "The date is this moment or lies after it.", same_day=True
)
AT_LEAST = _number_operator("at least", operator.ge, "The number is this one or more.", same=True)
AT_MOST = _number_operator("at most", operator.le, "The number is this one or less.", same=True)
MORE_THAN = _number_operator("more than", operator.gt, "The number is more than this one.", same=False)
LESS_THAN = _number_operator("less than", operator.lt, "The number is less than this one.", same=False)
