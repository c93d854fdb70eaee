"""The language's moves and words, from the cache where there is a good one. Lark is imported where there is none."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from dsl.grammar.moves import Moves
from dsl.grammar.store import load_or_build
from dsl.grammar.text import grammar_text


@cache
def moves() -> Moves:
    """Give the moves of the language."""
    return load_or_build(grammar_text(), _build)


@cache
def terminal_by_phrase() -> MappingProxyType[str, str]:
    """Name of the terminal by its keyword, phrase or sign: `or below`, `end`, `->`."""
    return MappingProxyType(dict(moves().terminals))


@cache
def phrase_by_terminal() -> MappingProxyType[str, str]:
    """Keyword, phrase or sign by the name of its terminal."""
    return MappingProxyType({name: phrase for phrase, name in terminal_by_phrase().items()})


def _build() -> Moves:
    from dsl.grammar.build import build_moves  # noqa: PLC0415  # Lark takes longer to import than most rules to read

    return build_moves()
