"""Equality, membership and presence."""

from __future__ import annotations

from policy.operators.operator import Example, OperandShape, Operator
from policy.types import FieldType

_ALL = frozenset(FieldType)
_LISTED = _ALL - {FieldType.DATE, FieldType.FLAG}

IS = Operator(
    name="is",
    phrase="is",
    negation="is not",
    types=_ALL - {FieldType.DATE},
    shape=OperandShape.VALUE,
    meaning=lambda left, right: left in right if isinstance(right, frozenset) else left == right,
    documentation=(
        "The field has exactly this value; text is case-sensitive. `is not` is also true when the value is absent."
    ),
    examples=(
        Example('contract.type.code is "EMP"', "EMP", "EMP", result=True),
        Example('contract.type.code is "EMP"', "emp", "EMP", result=False),
        Example('contract.department is "CARE" or below', "W3", frozenset({"CARE", "W3"}), result=True),
    ),
)
IN = Operator(
    name="in",
    phrase="in",
    negation="not in",
    types=_LISTED,
    shape=OperandShape.VALUES,
    meaning=lambda left, right: left in right,
    documentation=(
        "The field has one of these values, or one in this set. `not in` is also true when the value is absent."
    ),
    examples=(
        Example('contract.type.code in ("EMP", "INT")', "INT", frozenset({"EMP", "INT"}), result=True),
        Example('contract.type.code in ("EMP", "INT")', "EXT", frozenset({"EMP", "INT"}), result=False),
    ),
)
KNOWN = Operator(
    name="known",
    phrase="is known",
    negation="is unknown",
    types=_ALL,
    shape=OperandShape.NOTHING,
    meaning=lambda left, _: left is not None,
    documentation="The field has a value.",
    examples=(
        Example("contract.end_date is known", None, None, result=False),
        Example("contract.title.code is known", "NURSE", None, result=True),
    ),
    sees_absence=True,
)
