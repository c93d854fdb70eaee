"""Where a piece of text stands: files and spans."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True, order=True)
class SourceFile:
    """A text file of a workspace: POSIX `path` relative to the rules folder (or workspace) and its `text`.

    `text` has no leading byte-order mark and LF line ends; build one with `SourceFile.read_text`.
    """

    path: str
    text: str

    @classmethod
    def from_text(cls, path: str, text: str) -> SourceFile:
        """Normalise line ends and drop a leading BOM."""
        return cls(path, text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n"))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the NFC text in UTF-8."""
        return hashlib.sha256(unicodedata.normalize("NFC", self.text).encode()).hexdigest()

    def line(self, number: int) -> str:
        """Text of the 1-based line `number`, without its line end; empty past the end."""
        lines = _lines_of(self.text)
        return lines[number - 1] if 1 <= number <= len(lines) else ""


@lru_cache(maxsize=64)
def _lines_of(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))  # thousands of problems may stand in one file


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file: 1-based line and column of its start; `end_line`/`end_column` lie just behind its end."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def at(self) -> str:
        """`path:line`, as reasons in a diff name it."""
        return f"{self.path}:{self.line}"

    def through(self, end: Span) -> Span:
        """Stretch from the start of this span to the end of `end` (same file)."""
        return Span(self.path, self.line, self.column, end.end_line, end.end_column)
