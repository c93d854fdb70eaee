"""Clauses of blocks: with which word each begins, in which order they stand, which must be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dsl.read.tokens import Shape, Token
from dsl.tree.ast import DeclarationWord

_D = DeclarationWord
_KINDS = ("account", "access", "permission")

ORDER = MappingProxyType(
    {
        _D.POLICY: ("language", "timezone", "primary contract", "primary manager"),
        _D.ROLE: (*_KINDS, "role"),
        _D.RULE: ("owner", "category", "about", "for", "when", "starting", "ending", "grant"),
        _D.TARGET: ("depends on", "limit", "on"),
        _D.EXCLUDE: ("person", "when", "from", "because", "approved by", "until"),
        _D.NEVER: ("permission", "account", "access", "together with", "severity", "because", "except"),
        _D.EVENT: ("on", "when", "notify"),
        _D.TEST: ("department", "from snapshot", "person", "holding", "contract", "on", "expect"),
        _D.FIELD: (),
        _D.SET: (),
        _D.DEFINE: (),
    }
)
"""First words of the clauses of each block, in the order in which they stand."""

REPEATABLE = frozenset(
    {"grant", "limit", "depends on", "except", "role", *_KINDS, "department", "person", "holding", "contract", "expect"}
)
"""Clauses that may stand more than once."""

BEHIND_GRANT = ("starting", "ending")
"""Clauses that belong to the grant before them."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Tokens `start` up to `end` of a declaration: its head, a clause, a row of a table, or a closing `end`."""

    kind: str
    start: int
    end: int
    of_table: bool = False


HEAD, ROW, TABLE_END, END = "head", "row", "end of table", "end"


def cut_clauses(word: DeclarationWord, tokens: Sequence[Token]) -> list[Segment]:
    """Cut the tokens of a declaration into segments, by the words that begin a clause; every token is in one."""
    starts: list[tuple[int, str, bool]] = [(0, HEAD, False)]
    in_table = False
    last = len(tokens) - 1
    for position in range(1, len(tokens)):
        token, before = tokens[position], tokens[position - 1]
        if token.is_word("end") and (token.leads or position == last or not before.is_word("in", "role", word)):
            closes_table = in_table and position != last
            starts.append((position, TABLE_END if closes_table else END, closes_table))
            in_table = False
        elif in_table and _begins_row(token, before):
            starts.append((position, ROW, True))
        elif _begins_clause(word, tokens, position, starts[-1][1]):
            in_table = opens_table(tokens, position)
            starts.append((position, "expect" if is_expectation(tokens, position) else token.words, False))
    ends = [start for start, _, _ in starts[1:]] + [len(tokens)]
    return [Segment(kind, start, end, of_table) for (start, kind, of_table), end in zip(starts, ends, strict=True)]


def _begins_clause(word: DeclarationWord, tokens: Sequence[Token], position: int, clause: str) -> bool:
    token, before = tokens[position], tokens[position - 1]
    if token.shape is not Shape.WORD or token.type == "IDENT" or token.words not in ORDER.get(word, ()):
        return False
    match token.words:
        case "primary contract":
            return not before.is_word("from")
        case "account" | "access" | "permission":
            return not before.is_word("together with")
        case "because" | "approved by" | "until":
            return clause != "except"
        case "role":
            return not before.is_word("grant")
        case "person":
            return not before.is_word("except")
        case "expect":
            return not is_expectation(tokens, position - 2)
        case _:
            return True


def is_expectation(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether `person "P1" expect` begins at `position`: an expectation, not a block."""
    named = position >= 0 and tokens[position].is_word("person") and position + 2 < len(tokens)
    return named and tokens[position + 1].shape is Shape.TEXT and tokens[position + 2].is_word("expect")


def _begins_row(token: Token, before: Token) -> bool:
    return token.is_word("otherwise") or (token.shape is Shape.TEXT and token.leads and not before.is_sign(","))


def opens_table(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether a table with an `end` of its own begins at `position`: `grant by`, not followed by `from`."""
    if position + 1 >= len(tokens) or not (tokens[position].is_word("grant") and tokens[position + 1].is_word("by")):
        return False
    for behind in range(position + 2, len(tokens)):
        token = tokens[behind]
        if token.is_word("from"):
            return False
        if token.shape is Shape.TEXT or token.is_sign("->") or token.is_word("otherwise", "end", "grant"):
            break
    return True
