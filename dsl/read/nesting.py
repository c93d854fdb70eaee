"""How deep a condition may be nested."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.read.tokens import Token

DEEPEST = 40
"""Levels of parentheses and `not`s; deeper ones are refused before they are parsed, so plain recursion is safe."""

_OPENERS = ("(", "not")


def find_too_deep(tokens: Sequence[Token]) -> Token | None:
    """Give the first token that opens a level below `DEEPEST`, or None."""
    if sum(token.words in _OPENERS for token in tokens) <= DEEPEST:
        return None
    opened: list[int] = []
    depth = negations = 0
    for token in tokens:
        if token.is_word("not"):
            negations += 1
        elif token.is_sign("("):
            opened.append(negations + 1)
            depth += negations + 1
            negations = 0
        else:
            if token.is_sign(")") and opened:
                depth -= opened.pop()
            negations = 0
        if depth + negations > DEEPEST:
            return token
    return None
