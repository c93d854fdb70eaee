"""The grammar of the language as Lark reads it: `ordain.lark` and the phrases of the registry of operators."""

from __future__ import annotations

from importlib.resources import files

from policy.operators.operator import OperandShape
from policy.operators.registry import OPERATORS


def grammar_text() -> str:
    """Give the whole grammar: the file, and a rule `operator_SHAPE` per shape with the phrases of the registry."""
    lines = [files("dsl.grammar").joinpath("ordain.lark").read_text(encoding="utf-8")]
    for shape in OperandShape:
        phrases = [
            phrase
            for operator in OPERATORS.values()
            if operator.shape is shape
            for phrase in (operator.phrase, operator.negation)
            if phrase is not None
        ]
        lines.append(f"operator_{shape.value}: " + " | ".join(f'"{phrase}"' for phrase in phrases))
    return "\n".join(lines) + "\n"
