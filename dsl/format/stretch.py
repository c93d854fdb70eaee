"""The words of one clause: how wide a part of them is on one line, and whether a comment keeps it from being on one."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.format.page import glue
from dsl.format.words import Word


class Stretch:
    """Words that follow each other; widths of parts of them are known without printing them."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        self._ends: list[int] = []
        self._comments: list[int] = []
        end = comments = 0
        before: Word | None = None
        for word in words:
            end += len(glue(before, word)) + len(word.text)
            if word.notes or (before is not None and before.remark is not None):
                comments += 1
            self._ends.append(end)
            self._comments.append(comments)
            before = word

    def __len__(self) -> int:
        return len(self.words)

    def width(self, start: int, end: int) -> int:
        """Columns of the words `start` up to `end` on one line."""
        return self._ends[end - 1] - self._ends[start] + len(self.words[start].text) if start < end else 0

    def is_parted(self, start: int, end: int) -> bool:
        """Tell whether a comment stands between the words `start` up to `end`."""
        return start < end and self._comments[end - 1] > self._comments[start]
