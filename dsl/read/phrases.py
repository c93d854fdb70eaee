"""Words to phrases: gives every token its terminal of the grammar, and makes one token of `or below`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from dsl.grammar.tables import terminal_by_phrase
from dsl.read.reserved import phrases
from dsl.read.tokens import Shape, Token
from dsl.tree.ast import DeclarationWord

ROOTS = ("person", "contract", "account")
"""First parts of a path."""
UNKNOWN = "UNKNOWN"
"""Type of a token that stands nowhere in the grammar."""
NAME = "IDENT"
"""Type of a word that is no keyword."""

_TYPE_BY_SHAPE = {Shape.TEXT: "QUOTED", Shape.NUMBER: "DIGITS", Shape.DATE: "ISO_DATE"}
_HEADS = frozenset({*DeclarationWord, "draft"})
_BEHIND_DATA = frozenset({"end", "limit", "on", "depends on"})


def join_words(tokens: Sequence[Token]) -> list[Token]:
    """Join the words of a phrase (the longest that fits) to one token.

    White space may stand inside a phrase, a comment may not. Behind `using` any word names account data.
    """
    joined: list[Token] = []
    openers = _openers()
    in_data = False
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.shape is not Shape.WORD:
            joined.append(token)
            in_data = in_data and token.is_sign(",")
            position += 1
            continue
        count = _count_words(tokens, position) if token.words in openers else 1
        phrase = token if count == 1 else _joined(tokens[position : position + count])
        if in_data and phrase.words not in _BEHIND_DATA and not _begins_declaration(tokens, position):
            joined.append(replace(token, type=NAME))
            in_data = position + 1 < len(tokens) and tokens[position + 1].is_sign(",")
            position += 1
            continue
        in_data = phrase.words == "using"
        joined.append(phrase)
        position += count
    return joined


def _begins_declaration(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether a word at the start of a line, behind a `using` that was left open, begins what comes next."""
    token, behind = tokens[position], position + 1
    if not token.leads or token.words not in _HEADS or behind == len(tokens):
        return False
    if tokens[behind].shape in {Shape.TEXT, Shape.DOTTED}:
        return True
    return tokens[behind].type == NAME and tokens[behind].words not in _openers()


def type_of(shape: Shape, words: str) -> str:
    """Terminal of a token, as long as it is no part of a phrase."""
    match shape:
        case Shape.WORD:
            return terminal_by_phrase()[words] if words in phrases() else NAME
        case Shape.DOTTED:
            return "PATH" if words.partition(".")[0] in ROOTS else "DOTTED"
        case Shape.SIGN:
            return terminal_by_phrase().get(words, UNKNOWN)
        case _:
            return _TYPE_BY_SHAPE.get(shape, UNKNOWN)


def retype(token: Token, phrase: str) -> Token:
    """Give `token` as the keyword or sign `phrase` it was meant to be."""
    return replace(token, words=phrase, shape=Shape.WORD, type=terminal_by_phrase()[phrase])


def _joined(words: Sequence[Token]) -> Token:
    phrase = " ".join(one.words for one in words)
    span = words[0].span.through(words[-1].span)
    return replace(words[0], words=phrase, span=span, type=terminal_by_phrase()[phrase])


def _count_words(tokens: Sequence[Token], position: int) -> int:
    """Count the words of the longest phrase that begins at `position`; 1 when none does."""
    beginnings = _beginnings()
    longest, words = 1, ""
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
def _openers() -> frozenset[str]:
    """Words that begin a phrase of several words."""
    return frozenset(one.split()[0] for one in phrases() if " " in one)


@cache
def _most_words() -> int:
    return max(len(one.split()) for one in phrases())
