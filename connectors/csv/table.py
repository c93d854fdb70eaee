"""A csv file as read: header, rows with their line numbers, and rows of the wrong length set apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from connectors.paths import read_bytes
from policy.catalogue.sources import BROKEN_CSV, COLUMN_MISSING, COLUMN_TWICE, RAGGED_ROW, WRONG_ENCODING
from policy.diagnostics import DataError, Diagnostic

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: 1-based `line` it starts on, its cells by column, and what is wrong with its length, if anything.

    A row that is too short lacks its last columns; cells past the header are left out.
    """

    line: int
    cells: dict[str, str]
    problem: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file: `path` as configured, columns in order, rows in order without those that are empty throughout."""

    path: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def require(self, columns: Iterable[str | None]) -> None:
        """Raise DataError for the first of `columns` that the file does not have."""
        for column in columns:
            if column is not None and column not in self.columns:
                raise DataError(
                    Diagnostic(
                        COLUMN_MISSING,
                        f"{self.path} has no column “{column}”.",
                        hint=f"Its columns are {', '.join(self.columns)}. Is the delimiter right?",
                        subject=self.path,
                    )
                )


def read_table(root: Path, path: str, *, delimiter: str, encoding: str) -> Table:
    """Read a file of the workspace `root`. Raises DataError when it is no such CSV, OrdainError when it is missing."""
    text = _decode(read_bytes(root, path), path, encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        columns = next(reader, [])
        _check_header(path, columns)
        rows = []
        start = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_row(path, start, columns, cells))
            start = reader.line_num + 1
    except csv.Error:
        _refuse(path, start)
    return Table(path, tuple(columns), tuple(rows))


def _decode(content: bytes, path: str, encoding: str) -> str:
    try:
        return content.decode(encoding).removeprefix(_BOM)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            Diagnostic(
                WRONG_ENCODING,
                f"{path} is not in the encoding {encoding}: line {line} holds a byte that stands for nothing in it.",
                hint='Say in ordain.toml how it is encoded, for example encoding = "windows-1252".',
                subject=f"{path}:{line}",
            )
        ) from None


def _check_header(path: str, columns: list[str]) -> None:
    if not any(column.strip() for column in columns):
        raise DataError(
            Diagnostic(
                BROKEN_CSV,
                f"{path} is empty: it has no header.",
                hint="Its first line must name the columns.",
                subject=path,
            )
        )
    twice = next((column for index, column in enumerate(columns) if column in columns[:index]), None)
    if twice is not None:
        raise DataError(
            Diagnostic(
                COLUMN_TWICE,
                f"{path} has two columns “{twice}”, so nobody can tell which one is meant.",
                hint="Rename or leave out one of them.",
                subject=path,
            )
        )


def _row(path: str, line: int, columns: list[str], cells: list[str]) -> TableRow:
    problem = None
    if len(cells) != len(columns):
        problem = Diagnostic(
            RAGGED_ROW,
            f"Line {line} of {path} has {len(cells)} fields, but the header has {len(columns)}.",
            hint="Is a delimiter or a line end inside a value not in quotes?",
            subject=f"{path}:{line}",
        )
    return TableRow(line, dict(zip(columns, cells, strict=False)), problem)


def _refuse(path: str, line: int) -> NoReturn:
    raise DataError(
        Diagnostic(
            BROKEN_CSV,
            f"From line {line} on {path} is not readable CSV: a quote is out of place or never closed.",
            hint='Inside quotes a quote is written twice: "the ""Oak"" building".',
            subject=f"{path}:{line}",
        )
    ) from None
