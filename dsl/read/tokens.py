"""Tokens: the smallest pieces of a rules file, each with its place."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from policy.source import SourceFile, Span


class Shape(StrEnum):
    """What a token looks like."""

    WORD = "word"  # keyword or id
    DOTTED = "dotted"  # words joined by dots: a path, or a sort key without its root
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    SIGN = "sign"
    UNREADABLE = "unreadable"  # reported already; nothing may be concluded from it
    END_OF_TEXT = "end of text"  # stands behind the last token of a declaration


@dataclass(slots=True, eq=False)  # not frozen: of these there are many, and a frozen one takes twice as long to make
class Token:
    """A token, or several words joined to one phrase. It is never changed; two are the same when they are one object.

    `words` is the text as written, but repaired where a problem was reported (a text: what stands between its quotes,
    its escapes unread); a phrase has single blanks. `value` is the number or date. `start` is the offset of its first
    character in the file. `leads` tells that it is the first of its line, `behind_comment` that a comment stands before
    it. `damaged`: a problem was reported in it, so what follows from it is not reported again. `type` is the grammar's
    terminal.
    """

    shape: Shape
    words: str
    span: Span
    start: int
    leads: bool = False
    behind_comment: bool = False
    damaged: bool = False
    value: Decimal | date | None = None
    type: str = ""

    def is_word(self, *words: str) -> bool:
        """Tell whether this is one of the keywords `words`."""
        return self.shape is Shape.WORD and self.words in words

    def is_sign(self, sign: str) -> bool:
        """Tell whether this is the sign `sign`."""
        return self.shape is Shape.SIGN and self.words == sign


class Places:
    """Turns offsets of a file into spans; columns count characters. `line_starts` are the offsets of its lines."""

    def __init__(self, source: SourceFile) -> None:
        self.path = source.path
        self.length = len(source.text)
        self.line_starts = [0]
        position = source.text.find("\n")
        while position >= 0:
            self.line_starts.append(position + 1)
            position = source.text.find("\n", position + 1)

    def span(self, start: int, end: int) -> Span:
        """Span of the characters from offset `start` up to, not with, `end`."""
        return Span(self.path, *self.place(start), *self.place(end))

    def place(self, offset: int) -> tuple[int, int]:
        """1-based line and column of the character at `offset`."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Offset of a 1-based line and column; what lies past the end of a line is its end, and of the file its end."""
        if line < 1 or line > len(self.line_starts):
            return 0 if line < 1 else self.length
        start = self.line_starts[line - 1]
        end = self.line_starts[line] - 1 if line < len(self.line_starts) else self.length
        return min(start + max(column, 1) - 1, end)
