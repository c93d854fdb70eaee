"""Operators over text: exact, case-sensitive, by Unicode code point after NFC."""

from __future__ import annotations

from policy.operators.operator import Example, OperandShape, Operator
from policy.types import FieldType

_TEXT = frozenset({FieldType.TEXT})

STARTS_WITH = Operator(
    name="starts with",
    phrase="starts with",
    negation="does not start with",
    types=_TEXT,
    shape=OperandShape.TEXT,
    meaning=lambda left, right: left.startswith(right),
    documentation="The value begins with this text.",
    examples=(Example('contract.title.code starts with "NUR"', "NURSE", "NUR", result=True),),
)
ENDS_WITH = Operator(
    name="ends with",
    phrase="ends with",
    negation="does not end with",
    types=_TEXT,
    shape=OperandShape.TEXT,
    meaning=lambda left, right: left.endswith(right),
    documentation="The value ends with this text.",
    examples=(Example('contract.title.code ends with "SE"', "NURSE", "SE", result=True),),
)
CONTAINS = Operator(
    name="contains",
    phrase="contains",
    negation="does not contain",
    types=_TEXT,
    shape=OperandShape.TEXT,
    meaning=lambda left, right: right in left,
    documentation="This text stands somewhere in the value.",
    examples=(Example('contract.title.name contains "nurse"', "Head nurse", "nurse", result=True),),
)
MATCHES = Operator(
    name="matches",
    phrase="matches",
    negation="does not match",
    types=_TEXT,
    shape=OperandShape.PATTERN,
    meaning=lambda left, right: right(left),
    documentation="The whole value matches this regular expression in RE2 syntax (linear time).",
    examples=(
        Example('contract.title.code matches "N.*"', "NURSE", "NURSE".__eq__, result=True),
        Example('contract.title.code matches "N"', "NURSE", "N".__eq__, result=False),
    ),
)
