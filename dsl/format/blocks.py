"""Declarations on the page: a head, a line for each clause, and `end`."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.format.clauses import print_clause, print_conditional, print_parted
from dsl.format.page import STEP, Page
from dsl.format.tables import print_rows
from dsl.format.tests import print_test
from dsl.format.words import Word
from dsl.read.clauses import BEHIND_GRANT, TABLE_END, Segment, cut_clauses, opens_table
from dsl.read.tokens import Shape
from dsl.tree.ast import DeclarationWord

LINES = frozenset({DeclarationWord.FIELD, DeclarationWord.SET, DeclarationWord.DEFINE})
"""Declarations without an `end`."""
_BEHIND_AS = 3
_SAID_OF_EXCEPTION = ("because", "approved by", "until")


def print_declaration(page: Page, word: DeclarationWord, words: Sequence[Word]) -> None:
    """Print the words of one declaration."""
    page.turn(0)
    if word is DeclarationWord.DEFINE:
        print_conditional(page, words, _BEHIND_AS, 0)
    elif word in LINES:
        print_clause(page, words, STEP)
    elif word is DeclarationWord.TEST:
        print_test(page, words)
    else:
        segments = cut_clauses(word, [one.token for one in words])
        _BlockPrinter(page, words, segments).print_all()


class _BlockPrinter:
    def __init__(self, page: Page, words: Sequence[Word], segments: Sequence[Segment]) -> None:
        self.page = page
        self.words = words
        self.segments = segments

    def print_all(self) -> None:
        position = 0
        while position < len(self.segments):
            position = self._print_next(position)

    def _print_next(self, position: int) -> int:
        """Print the segment at `position` and those that belong to it; gives the next."""
        segment = self.segments[position]
        words = self._words(position, position + 1)
        match segment.kind:
            case "head":
                self._print_head(words)
            case "end":
                self.page.turn(0, blank=False, notes_at=STEP)
                print_clause(self.page, words, STEP)
            case "grant":
                return self._print_grant(position)
            case "when":
                self.page.turn(STEP)
                print_conditional(self.page, words, 1, STEP)
            case _:
                self.page.turn(STEP)
                joints = _SAID_OF_EXCEPTION if segment.kind == "except" else ()
                print_parted(self.page, words, joints, 2 * STEP)
        return position + 1

    def _print_head(self, words: Sequence[Word]) -> None:
        """Print the first line; the days of an event (`14 days before onboarding`) begin with no word of a clause."""
        end = next((n for n, word in enumerate(words) if word.token.shape is Shape.NUMBER), len(words))
        print_clause(self.page, words[:end], STEP)
        self.page.open_block()
        if end < len(words):
            self.page.turn(STEP)
            print_clause(self.page, words[end:], 2 * STEP)

    def _print_grant(self, position: int) -> int:
        """Print a grant with its table and its window."""
        self.page.turn(STEP)
        if opens_table([word.token for word in self.words], self.segments[position].start):
            end = next(n for n in range(position, len(self.segments)) if self.segments[n].kind == TABLE_END)
            self._print_table(self._words(position, end))
            position = end
            self.page.turn(STEP, blank=False, notes_at=2 * STEP)
        end = position + 1
        while self.segments[end].kind in BEHIND_GRANT:
            end += 1
        print_parted(self.page, self._words(position, end), BEHIND_GRANT, 2 * STEP)
        return end

    def _print_table(self, words: Sequence[Word]) -> None:
        head = next(n for n, word in enumerate(words) if word.token.is_word("in")) + 2
        print_clause(self.page, words[:head], 2 * STEP)
        self.page.open_block()
        print_rows(self.page, words[head:], 2 * STEP)

    def _words(self, start: int, end: int) -> Sequence[Word]:
        return self.words[self.segments[start].start : self.segments[end - 1].end]
