"""Words to phrases: gives every token its terminal of the grammar, and makes one token of `or below`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from dsl.grammar.tables import terminal_by_phrase
from dsl.read.reserved import phrases
from dsl.read.tokens import Shape, Token

ROOTS = ("person", "contract", "account")
"""First parts of a path."""
UNKNOWN = "UNKNOWN"
"""Type of a token that stands nowhere in the grammar."""

_TYPE_BY_SHAPE = {Shape.TEXT: "QUOTED", Shape.NUMBER: "DIGITS", Shape.DATE: "ISO_DATE"}
_BEHIND_DATA = frozenset({"end", "limit", "on", "depends on"})


def join_words(tokens: Sequence[Token]) -> list[Token]:
    """Give tokens their types and join the words of a phrase (the longest that fits) to one token.

    White space may stand inside a phrase, a comment may not. Behind `using` any word names account data.
    """
    joined: list[Token] = []
    in_data = False
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.shape is not Shape.WORD:
            joined.append(replace(token, type=_type_of(token)))
            in_data = in_data and token.is_sign(",")
            position += 1
            continue
        count = _count_words(tokens, position)
        words = " ".join(one.words for one in tokens[position : position + max(count, 1)])
        if in_data and words not in _BEHIND_DATA:
            joined.append(replace(token, type="IDENT"))
            in_data = position + 1 < len(tokens) and tokens[position + 1].is_sign(",")
            position += 1
            continue
        in_data = words == "using"
        joined.append(_joined(tokens[position : position + max(count, 1)], words, known=count > 0))
        position += max(count, 1)
    return joined


def retype(token: Token, phrase: str) -> Token:
    """Give `token` as the keyword or sign `phrase` it was meant to be."""
    return replace(token, words=phrase, shape=Shape.WORD, type=terminal_by_phrase()[phrase])


def _joined(words: Sequence[Token], phrase: str, *, known: bool) -> Token:
    span = words[0].span.through(words[-1].span)
    return replace(words[0], words=phrase, span=span, type=terminal_by_phrase()[phrase] if known else "IDENT")


def _type_of(token: Token) -> str:
    if token.shape is Shape.DOTTED:
        return "PATH" if token.words.partition(".")[0] in ROOTS else "DOTTED"
    if token.shape is Shape.SIGN:
        return terminal_by_phrase().get(token.words, UNKNOWN)
    return _TYPE_BY_SHAPE.get(token.shape, UNKNOWN)


def _count_words(tokens: Sequence[Token], position: int) -> int:
    """Count the words of the longest phrase that begins at `position`; 0 when the word there is no keyword."""
    beginnings = _beginnings()
    longest, words = 0, ""
    for count, token in enumerate(tokens[position : position + _most_words()], start=1):
        if token.shape is not Shape.WORD or (count > 1 and token.behind_comment):
            break
        words = f"{words} {token.words}".lstrip()
        if words not in beginnings:
            break
        if beginnings[words]:
            longest = count
    return longest


@cache
def _beginnings() -> MappingProxyType[str, bool]:
    """Every beginning of every phrase, and whether it is a phrase itself."""
    every = phrases()
    begun = {" ".join(one.split()[:n]) for one in every for n in range(1, len(one.split()) + 1)}
    return MappingProxyType({one: one in every for one in begun})


@cache
def _most_words() -> int:
    return max(len(one.split()) for one in phrases())
