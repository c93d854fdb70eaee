"""Where a test ends: its `person` and `contract` blocks have an `end` of their own, which authors forget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from dsl.read.clauses import is_expectation
from dsl.read.tokens import Shape, Token
from dsl.suggest import suggest
from policy.catalogue import language
from policy.diagnostics import Diagnostic

_BLOCKS = ("person", "contract")
FACT = "FACT"
"""Terminal of a fact's name."""


@dataclass(slots=True)
class TestExtent:
    """A test reaches up to `end`; an `end` is missing before each of the positions `forgotten`.

    `closed` tells that its own `end` is there.
    """

    __test__ = False  # no test of pytest
    end: int = 0
    closed: bool = True
    forgotten: list[int] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)


def measure_test(tokens: Sequence[Token], start: int, begins_next: Callable[[int], bool]) -> TestExtent:
    """Find the end of the test that begins at `start`; `begins_next` tells where another declaration begins."""
    extent = TestExtent()
    open_blocks = [start]
    position = start + 1
    while position < len(tokens) and not begins_next(position):
        deepest = _deepest_parent(tokens, position)
        while deepest and len(open_blocks) > deepest:
            _report_open(tokens, open_blocks.pop(), position, extent)
        if _opens_block(tokens, position):
            open_blocks.append(position)
        elif tokens[position].is_word("end"):
            open_blocks.pop()
            if not open_blocks:
                extent.end = position + 1
                return extent
        position += 1
    while len(open_blocks) > 1:
        _report_open(tokens, open_blocks.pop(), position, extent)
    extent.end, extent.closed = position, False
    extent.forgotten.append(position)
    return extent


def name_facts(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Give every word before a colon, reserved or not, as the name of a fact."""
    behind = [*tokens[1:], None]
    return tuple(
        replace(token, type=FACT) if token.shape in {Shape.WORD, Shape.DOTTED} and _is_colon(following) else token
        for token, following in zip(tokens, behind, strict=True)
    )


def _deepest_parent(tokens: Sequence[Token], position: int) -> int:
    """Count the blocks that may be open around what begins here: 1 the test, 2 a person; 0 says nothing."""
    token = tokens[position]
    if _opens_block(tokens, position):
        return 2 if token.is_word("contract") else 1
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    begins = token.leads and token.is_word("on", "department", "from snapshot") and not _is_colon(following)
    return 1 if begins else 0


def _opens_block(tokens: Sequence[Token], position: int) -> bool:
    token, behind = tokens[position], tokens[position + 1 : position + 2]
    if not behind or behind[0].shape is not Shape.TEXT or is_expectation(tokens, position):
        return False
    misspelt = token.leads and token.type == "IDENT" and suggest(token.words, _BLOCKS) is not None
    return misspelt or token.is_word(*_BLOCKS)


def _is_colon(token: Token | None) -> bool:
    return token is not None and token.is_sign(":")


def _report_open(tokens: Sequence[Token], opener: int, position: int, extent: TestExtent) -> None:
    head, name = tokens[opener], tokens[opener + 1]
    detail = f'`{head.words} "{name.words}"` is not closed before the test ends.'
    hint = "write `end` behind its last line"
    if position < len(tokens):
        following = tokens[position]
        detail = (
            f'`{head.words} "{name.words}"` is not closed before `{following.words}` in line {following.span.line}.'
        )
        hint = f"write `end` before line {following.span.line}"
    extent.problems.append(Diagnostic(language.MISSING_END, detail, head.span.through(name.span), hint))
    extent.forgotten.append(position)
