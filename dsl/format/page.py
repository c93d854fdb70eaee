"""The page that words are printed on: lines with their indentation, and the comments behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsl.format.words import Note, Remark, Word

WIDTH = 120
"""Columns of a line; one is longer only where nothing in it can be put on the next."""
STEP = 4
"""Columns of an indentation."""
_BEFORE_REMARK = 2


@dataclass(slots=True)
class Line:
    """A printed line; `text` has its indentation. `last` is the word at its end, None for a comment or an empty one."""

    text: str
    last: Word | None = None

    @property
    def remark(self) -> Remark | None:
        """The comment behind it."""
        return self.last.remark if self.last else None


@dataclass(frozen=True, slots=True)
class Turn:
    """A new line that the next word begins."""

    indent: int
    notes_at: int = 0
    blank: bool = True


class Page:
    """Lines printed so far. Every comment of a word is printed with it, so a renderer cannot lose one."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._turn: Turn | None = Turn(0)
        self._opened = True

    def turn(self, indent: int, *, blank: bool = True, notes_at: int | None = None) -> None:
        """Have the next word on a new line, its notes indented by `notes_at` (None: like the word).

        `blank`: an empty line of the author's before the word is kept.
        """
        self._turn = Turn(indent, indent if notes_at is None else notes_at, blank)

    def put(self, word: Word, hang: int, *, column: int = 0) -> None:
        """Put a word behind the last one, not before `column`; below it, at `hang`, if a comment is between."""
        turn = self._turn_before(word, hang)
        self._turn = None
        if turn is None:
            line = self.lines[-1]
            line.text = (line.text + glue(line.last, word)).ljust(column) + word.text
            line.last = word
            return
        self.add_notes(word.notes, turn.notes_at)
        if turn.blank and word.blank:
            self._add_blank()
        self._add(Line(" " * turn.indent + word.text, word))

    def column(self, word: Word, hang: int) -> int:
        """Column at which `put` would print the word."""
        turn = self._turn_before(word, hang)
        if turn is not None:
            return turn.indent
        line = self.lines[-1]
        return len(line.text) + len(glue(line.last, word))

    def open_block(self) -> None:
        """Note that something was opened: no empty line stands below it."""
        self._opened = True

    def add_notes(self, notes: Sequence[Note], indent: int) -> None:
        """Put comments on lines of their own."""
        for note in notes:
            if note.blank:
                self._add_blank()
            self._add(Line(" " * indent + note.text))

    def text(self) -> str:
        """Everything printed, comments behind neighbouring lines below each other where they were so before."""
        self._align_remarks()
        return "".join(f"{line.text}\n" for line in self.lines)

    def _turn_before(self, word: Word, hang: int) -> Turn | None:
        if self._turn is not None:
            return self._turn
        return Turn(hang, hang, blank=False) if self.lines[-1].remark or word.notes else None

    def _add_blank(self) -> None:
        if not self._opened:
            self.lines.append(Line(""))

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        self._opened = False

    def _align_remarks(self) -> None:
        start = 0
        while start < len(self.lines):
            first = self.lines[start].remark
            end = start + 1
            if first is not None:
                while end < len(self.lines) and _stand_below(first, self.lines[end].remark):
                    end += 1
                column = max(len(line.text) for line in self.lines[start:end]) + _BEFORE_REMARK
                for line in self.lines[start:end]:
                    line.text = line.text.ljust(column) + (line.remark.text if line.remark else "")
            start = end


def glue(before: Word | None, word: Word) -> str:
    """Give what stands between two words of a line."""
    return "" if before is None or before.opens or word.hugs else " "


def _stand_below(first: Remark, remark: Remark | None) -> bool:
    return remark is not None and remark.column == first.column
