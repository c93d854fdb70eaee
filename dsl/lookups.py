"""Lookup files: CSV texts that sets and tables are read from (RFC 4180, comma, one header line).

Read by a small scanner of our own, because a problem has to point at its cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dsl.suggest import did_you_mean, suggest
from policy.canonical import normal_text
from policy.catalogue.names import LOOKUP_BAD_CELL, LOOKUP_UNREADABLE, LOOKUP_WITHOUT_COLUMN
from policy.diagnostics import Diagnostic
from policy.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text (NFC, blanks around it dropped) and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Lookup:
    """A lookup file as read: the header and, for every line that is not blank, its cells by column name."""

    path: str
    header: tuple[Cell, ...]
    rows: tuple[Mapping[str, Cell], ...]


class _UnreadableError(Exception):
    """Stops the scanner of this file; never leaves it."""

    def __init__(self, detail: str, span: Span, hint: str) -> None:
        super().__init__(detail)
        self.diagnostic = Diagnostic(LOOKUP_UNREADABLE, detail, span, hint)


def read_lookup(source: SourceFile) -> tuple[Lookup | None, tuple[Diagnostic, ...]]:
    """Read a CSV text; None with a problem when it is no CSV; single wrong lines are left out and reported."""
    try:
        records = list(_records(source))
    except _UnreadableError as problem:
        return None, (problem.diagnostic,)
    if not records:
        place = Span(source.path, 1, 1, 1, 1)
        hint = "write the names of the columns on the first line, separated by commas"
        return None, (Diagnostic(LOOKUP_UNREADABLE, f"`{source.path}` is empty.", place, hint),)
    header = tuple(records[0])
    names = [cell.text for cell in header]
    problems = [
        Diagnostic(
            LOOKUP_UNREADABLE, f'Two columns are called "{cell.text}".', cell.span, "rename or remove one of them"
        )
        for number, cell in enumerate(header)
        if cell.text in names[:number]
    ]
    rows = []
    for cells in records[1:]:
        if len(cells) == len(header):
            rows.append(dict(zip(names, cells, strict=True)))
        else:
            count = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
            detail = f"This line has {count}, the header has {len(header)}."
            place = cells[0].span.through(cells[-1].span)
            problems.append(
                Diagnostic(LOOKUP_BAD_CELL, detail, place, 'put a value that holds a comma between `"` and `"`')
            )
    return Lookup(source.path, header, tuple(rows)), tuple(problems)


def find_column(lookup: Lookup, column: str) -> Diagnostic | None:
    """Tell whether a column is missing: None, or a problem at the header that lists what there is."""
    names = [cell.text for cell in lookup.header]
    if column in names:
        return None
    place = lookup.header[0].span.through(lookup.header[-1].span)
    if len(names) == 1 and ";" in names[0]:
        hint = "separate the columns with commas, not semicolons"
    else:
        hint = did_you_mean(suggest(column, names)) or "add the column, or name another one"
    listed = ", ".join(f'"{name}"' for name in names)
    return Diagnostic(LOOKUP_WITHOUT_COLUMN, f'`{lookup.path}` has no column "{column}"; it has {listed}.', place, hint)


def _records(source: SourceFile) -> Iterator[list[Cell]]:
    scanner = _Scanner(source)
    while not scanner.at_end:
        record = scanner.record()
        if any(cell.text for cell in record):
            yield record


class _Scanner:
    """Walks over the letters of one file and counts lines and columns."""

    def __init__(self, source: SourceFile) -> None:
        self._path, self._text = source.path, source.text
        self._at, self._line, self._column = 0, 1, 1

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._text)

    def record(self) -> list[Cell]:
        """Read one line of cells; a quoted cell may hold line ends."""
        cells = [self._cell()]
        while self._peek() == ",":
            self._take()
            cells.append(self._cell())
        if not self.at_end:
            self._take()  # the line end
        return cells

    def _cell(self) -> Cell:
        start = (self._line, self._column)
        text = self._quoted(start) if self._peek() == '"' else self._unquoted()
        return Cell(normal_text(text), Span(self._path, *start, self._line, self._column))

    def _unquoted(self) -> str:
        letters = []
        while self._peek() not in {",", "\n", ""}:
            if self._peek() == '"':
                raise self._unreadable(
                    "A quotation mark stands inside a cell.", "put the whole cell between quotation marks"
                )
            letters.append(self._take())
        return "".join(letters).strip()

    def _quoted(self, start: tuple[int, int]) -> str:
        letters = []
        self._take()
        while True:
            if self.at_end:
                place = Span(self._path, *start, start[0], start[1] + 1)
                raise _UnreadableError("This quotation mark is never closed.", place, 'close the cell with `"`')
            letter = self._take()
            if letter == '"':
                if self._peek() != '"':
                    break
                self._take()
            letters.append(letter)
        if self._peek() not in {",", "\n", ""}:
            raise self._unreadable(
                "Something stands behind the closing quotation mark.", 'write `""` for a mark inside a cell'
            )
        return "".join(letters)

    def _peek(self) -> str:
        letter = self._text[self._at : self._at + 1]
        if letter in {"�", "\x00"}:
            detail = "Here stands a byte that is no text in UTF-8."
            raise self._unreadable(detail, "save the file as UTF-8")
        return letter

    def _take(self) -> str:
        letter = self._peek()
        self._at += 1
        if letter == "\n":
            self._line, self._column = self._line + 1, 1
        else:
            self._column += 1
        return letter

    def _unreadable(self, detail: str, hint: str) -> _UnreadableError:
        return _UnreadableError(detail, Span(self._path, self._line, self._column, self._line, self._column + 1), hint)


def lies_within_rules(path: str) -> bool:
    """Tell whether a path stays in the rules folder: relative, with `/`, without `..` or an empty part."""
    return "\\" not in path and ":" not in path and all(part not in {"", ".", ".."} for part in path.split("/"))
