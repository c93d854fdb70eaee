"""Writes `docs/operators.md` from the registry of operators: `python -m tests.house.write_operators`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policy.operators.operator import Example, OperandShape, Operator
from policy.operators.registry import OPERATORS
from policy.types import FieldType

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operators.md"

HEAD = """# Operators

What a condition can ask of a field. This page is written from the operators themselves (`policy/operators/`), examples
included; each example is also a test. An absent value makes a comparison false and its negation true, unless the
operator says otherwise.

Conditions that are no operators (`holds`, `any contract has`, `contract.department is "X" or below`, `contract is
active`, and how `and`, `or` and `not` join them) are part of the grammar and not listed here.
"""
SHAPES = {
    OperandShape.VALUE: "one value",
    OperandShape.VALUES: "values in parentheses, or the name of a set",
    OperandShape.TEXT: "a text",
    OperandShape.PATTERN: "a pattern in RE2 syntax",
    OperandShape.NUMBER: "a number",
    OperandShape.MOMENT: "a date, `today`, a date field, or a duration before or after one of these",
    OperandShape.NOTHING: "nothing",
    OperandShape.CHANGE: "nothing, or `from` and a text, `to` and a text, or both",
}


def operators_page() -> str:
    """Page over all operators, in the order of the registry."""
    return "\n".join([HEAD, *(line for one in OPERATORS.values() for line in _section(one))])


def _section(operator: Operator) -> Iterator[str]:
    negation = f", `{operator.negation}`" if operator.negation else ""
    yield f"## `{operator.phrase}`{negation}"
    yield ""
    yield operator.documentation
    yield ""
    yield f"- for fields that are: {', '.join(one.value for one in FieldType if one in operator.types)}"
    yield f"- behind it stands: {SHAPES[operator.shape]}"
    if operator.sees_absence:
        yield "- looks at absence itself"
    yield ""
    yield "| example | the field holds | result |"
    yield "|---|---|---|"
    for example in operator.examples:
        yield f"| `{example.source}` | {_value(example)} | {'true' if example.result else 'false'} |"
    yield ""


def _value(example: Example) -> str:
    return "nothing" if example.left is None else f"`{example.left}`"


if __name__ == "__main__":
    PAGE.write_text(operators_page(), encoding="utf-8")
