"""Rows of `grant by` on the page: their arrows stand below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsl.format.lists import print_items
from dsl.format.page import STEP, Page
from dsl.format.stretch import Stretch
from dsl.format.words import Word, settle_comments
from dsl.read.tokens import Shape

_WIDEST_KEYS = 48
"""Columns of keys that other rows still make room for."""
_ARROW = "-> "


@dataclass(frozen=True, slots=True)
class Row:
    """A row, and which of its words is the arrow."""

    stretch: Stretch
    arrow: int

    @property
    def is_aligned(self) -> bool:
        """Whether its arrow stands below those of others."""
        return not self.stretch.is_parted(0, self.arrow + 1) and self.stretch.width(0, self.arrow) <= _WIDEST_KEYS


def print_rows(page: Page, words: Sequence[Word], indent: int) -> None:
    """Print the words of all rows of a table."""
    settle_comments(words, condition=False)
    rows = [_row(one) for one in _cut_rows(words)]
    width = max((row.stretch.width(0, row.arrow) for row in rows if row.is_aligned), default=0)
    for row in rows:
        page.turn(indent)
        _print_row(page, row, indent, indent + width + 1 if row.is_aligned else 0)


def _print_row(page: Page, row: Row, indent: int, column: int) -> None:
    words = row.stretch.words
    print_items(page, row.stretch, _starts(words, 0, row.arrow), indent + STEP, apart=False)
    page.put(words[row.arrow], indent + STEP, column=column)
    hang = column + len(_ARROW) if column else indent + STEP
    print_items(page, row.stretch, _starts(words, row.arrow + 1, len(words)), hang, apart=False)


def _starts(words: Sequence[Word], start: int, end: int) -> list[int]:
    return [start, *(n + 1 for n in range(start, end) if words[n].token.is_sign(",")), end]


def _row(words: Sequence[Word]) -> Row:
    arrow = next(n for n, word in enumerate(words) if word.token.is_sign("->"))
    return Row(Stretch(words), arrow)


def _cut_rows(words: Sequence[Word]) -> list[Sequence[Word]]:
    starts = [n for n, word in enumerate(words) if _begins_row(word, words[n - 1] if n else None)]
    return [words[start:end] for start, end in zip(starts, [*starts[1:], len(words)], strict=True)]


def _begins_row(word: Word, before: Word | None) -> bool:
    if word.token.is_word("otherwise") or before is None:
        return True
    named = before.token.is_sign(",") or before.token.is_word("permission")
    return word.token.shape is Shape.TEXT and not named
