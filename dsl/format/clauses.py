"""Clauses on the page: conditions, lists, and what may stand behind a clause on its line or on the next ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dsl.format.conditions import Indents, print_condition
from dsl.format.lists import print_list
from dsl.format.page import STEP, WIDTH, Page
from dsl.format.stretch import Stretch
from dsl.format.words import Word, settle_comments


def print_clause(page: Page, words: Sequence[Word], hang: int) -> None:
    """Print a clause, what does not fit on its line on lines indented by `hang`."""
    settle_comments(words, condition=False)
    print_list(page, Stretch(words), hang)


def print_conditional(page: Page, words: Sequence[Word], start: int, indent: int) -> None:
    """Print a clause, or declaration, that begins at column `indent` and whose word `start` begins a condition."""
    settle_comments(words, condition=True)
    hang = indent + STEP
    for word in words[:start]:
        page.put(word, hang)
    print_condition(page, Stretch(words), start, Indents(indent, hang))


def print_parted(page: Page, words: Sequence[Word], joints: tuple[str, ...], hang: int) -> None:
    """Print a clause whose parts begin with the words `joints`: on one line, if the author had it so and it fits."""
    starts = [0, *(n for n, word in enumerate(words) if n and word.token.is_word(*joints)), len(words)]
    stretch = Stretch(words)
    fits = page.column(words[0], hang) + stretch.width(0, len(words)) <= WIDTH
    together = fits and not stretch.is_parted(0, len(words)) and not any(words[start].leads for start in starts[1:-1])
    for start, end in pairwise(starts):
        if start and not together:
            page.turn(hang)
        print_clause(page, words[start:end], hang)
