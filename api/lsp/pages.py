"""A file as an editor counts it: lines from 0, and columns in the code units that were agreed on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lsprotocol import types

from policy.source import SourceFile, Span

_BOM = "\ufeff"
Encoding = types.PositionEncodingKind | str


@dataclass(frozen=True)
class Page:
    """One file: its `uri`, its `source`, and how the editor counts columns in it.

    `path` is where it lies (None for a buffer that was never saved). `marked`: the editor's text begins with a
    byte-order mark, which our text does not have. `version` is that of the buffer, None when no editor has it open.
    """

    uri: str
    path: Path | None
    source: SourceFile
    encoding: Encoding
    marked: bool = False
    version: int | None = None

    @cached_property
    def lines(self) -> list[str]:
        """Lines without their ends."""
        return self.source.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def offset(self, position: types.Position) -> int:
        """Offset of a place; one past the end of its line is that end, one past the last line the end of the file."""
        if position.line >= len(self.lines):
            return len(self.source.text)
        line = self.lines[position.line]
        units = position.character - (self._units(_BOM) if self.marked and position.line == 0 else 0)
        return self._starts[position.line] + self._column(line, units)

    def position(self, line: int, column: int) -> types.Position:
        """Place of a 1-based line and column that counts characters."""
        if line > len(self.lines):
            return types.Position(len(self.lines) - 1, self._width(len(self.lines) - 1, len(self.lines[-1])))
        return types.Position(line - 1, self._width(line - 1, min(column - 1, len(self.lines[line - 1]))))

    def position_at(self, offset: int) -> types.Position:
        """Place of an offset."""
        line = self.source.text.count("\n", 0, offset)
        return self.position(line + 1, offset - self._starts[line] + 1)

    def range(self, span: Span) -> types.Range:
        """Stretch of a span."""
        return types.Range(self.position(span.line, span.column), self.position(span.end_line, span.end_column))

    def range_at(self, start: int, end: int) -> types.Range:
        """Stretch between two offsets."""
        return types.Range(self.position_at(start), self.position_at(end))

    @property
    def whole(self) -> types.Range:
        """All of the file."""
        return types.Range(types.Position(0, 0), self.position(len(self.lines), len(self.lines[-1]) + 1))

    def _width(self, line: int, column: int) -> int:
        """Code units before a column (from 0) of a line (from 0)."""
        mark = self._units(_BOM) if self.marked and line == 0 else 0
        return mark + self._units(self.lines[line][:column])

    def _units(self, text: str) -> int:
        if self.encoding == types.PositionEncodingKind.Utf32:
            return len(text)
        if self.encoding == types.PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def _column(self, line: str, units: int) -> int:
        """Characters that take up to `units`; a place inside a character is before it."""
        if line.isascii():
            return min(max(units, 0), len(line))
        taken = 0
        for column, letter in enumerate(line):
            taken += self._units(letter)
            if taken > units:
                return column
        return len(line)


def make_page(
    uri: str, name: str, text: str, encoding: Encoding, *, path: Path | None = None, version: int | None = None
) -> Page:
    """Page of a text as an editor, or the disk, holds it; `name` is its path in the rules."""
    return Page(uri, path, SourceFile.from_text(name, text), encoding, text.startswith(_BOM), version)
