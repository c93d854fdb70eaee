"""Tests on the page: people in blocks of their own, a day and what is expected on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dsl.format.clauses import print_clause
from dsl.format.page import STEP, WIDTH, Page
from dsl.format.stretch import Stretch
from dsl.format.words import Word
from dsl.read.clauses import is_expectation
from dsl.read.split_tests import FACT
from dsl.read.tokens import Shape

_BLOCKS = ("person", "contract")
_CLAUSES = ("department", "from snapshot", "holding", "on", "end")


def print_test(page: Page, words: Sequence[Word]) -> None:
    """Print the words of a `test` declaration."""
    clauses = _cut(words)
    depth = position = 0
    while position < len(clauses):
        clause, indent = clauses[position], depth * STEP
        position += 1
        if _is_named(clause, "end"):
            depth -= 1
            page.turn(indent - STEP, blank=False, notes_at=indent)
            print_clause(page, clause, indent)
        elif _is_named(clause, "on"):
            end = position
            while end < len(clauses) and _is_expectation(clauses[end]):
                end += 1
            _print_day(page, clause, clauses[position:end], indent)
            position = end
        else:
            page.turn(indent)
            print_clause(page, clause, indent + STEP)
            if depth == 0 or _is_named(clause, *_BLOCKS):
                page.open_block()
                depth += 1


def _print_day(page: Page, day: Sequence[Word], expected: Sequence[Sequence[Word]], indent: int) -> None:
    """Print a day; one expectation may stay on its line."""
    page.turn(indent)
    print_clause(page, day, indent + STEP)
    if len(expected) == 1 and _stays(page, day, expected[0], indent + STEP):
        print_clause(page, expected[0], 2 * STEP + indent)
        return
    page.open_block()
    for clause in expected:
        page.turn(indent + STEP)
        print_clause(page, clause, 2 * STEP + indent)


def _stays(page: Page, day: Sequence[Word], clause: Sequence[Word], hang: int) -> bool:
    first = clause[0]
    apart = first.leads or first.notes or day[-1].remark
    return not apart and page.column(first, hang) + Stretch(clause).width(0, len(clause)) <= WIDTH


def _cut(words: Sequence[Word]) -> list[Sequence[Word]]:
    tokens = [word.token for word in words]
    starts = [0]
    for position in range(1, len(tokens)):
        token, before = tokens[position], tokens[position - 1]
        if token.type == FACT or is_expectation(tokens, position):
            starts.append(position)
        elif token.is_word("expect"):
            starts += [] if is_expectation(tokens, position - 2) else [position]
        elif token.is_word(*_BLOCKS):
            starts += [position] if tokens[position + 1].shape is Shape.TEXT else []
        elif token.is_word(*_CLAUSES) and not before.is_sign(":"):
            starts.append(position)
    return [words[start:end] for start, end in pairwise([*starts, len(words)])]


def _is_named(clause: Sequence[Word], *names: str) -> bool:
    """Tell whether a clause begins with one of these words, and is no fact of that name."""
    first = clause[0].token
    return first.type != FACT and first.is_word(*names) and not _is_expectation(clause)


def _is_expectation(clause: Sequence[Word]) -> bool:
    tokens = [word.token for word in clause]
    return tokens[0].is_word("expect") or is_expectation(tokens, 0)
