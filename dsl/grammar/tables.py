"""Parse tables of the language, built from `ordain.lark` and the registry of operators."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from lark import Lark
from lark.lexer import Lexer, PatternStr, Token

from dsl.grammar.store import load_or_build
from policy.operators.operator import OperandShape
from policy.operators.registry import OPERATORS

DECLARED = ("IDENT", "QUOTED", "DIGITS", "ISO_DATE", "PATH", "DOTTED")
"""Terminals that are no keyword or sign."""


class NoLexer(Lexer):
    """Lark reads no text here: tokens are fed one by one."""

    def __init__(self, _configuration: object) -> None:
        """Take what Lark hands over."""

    def lex(self, _lexer_state: object, _parser_state: object = None) -> Iterator[Token]:
        """Give no tokens."""
        return iter(())


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


def build_parser(*, strict: bool = False) -> Lark:
    """Build the tables anew. With `strict` Lark refuses a grammar with a conflict instead of resolving it silently."""
    return Lark(
        grammar_text(),
        parser="lalr",
        lexer=NoLexer,
        start="declaration",
        keep_all_tokens=True,
        maybe_placeholders=False,
        strict=strict,
    )


@cache
def parser() -> Lark:
    """Tables of the language, from the cache where there is a good one."""
    return load_or_build(grammar_text(), build_parser)


@cache
def terminal_by_phrase() -> MappingProxyType[str, str]:
    """Name of the terminal by its keyword, phrase or sign: `or below`, `end`, `->`."""
    return MappingProxyType(
        {one.pattern.value: one.name for one in parser().terminals if isinstance(one.pattern, PatternStr)}
    )


@cache
def phrase_by_terminal() -> MappingProxyType[str, str]:
    """Keyword, phrase or sign by the name of its terminal."""
    return MappingProxyType({name: phrase for phrase, name in terminal_by_phrase().items()})
