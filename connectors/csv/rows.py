"""CSV files of a target: what we do not change stays byte for byte, and a file is replaced whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from connectors.effects import spelled
from policy.canonical import JsonValue, canonical_json

Cells = Mapping[str, str]

_LONGEST_CELL = 64 * 1024 * 1024  # a portrait is longer than the csv module's limit of 128 KB
_PAUSE_SECONDS = 0.02
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in the file (`raw`, line end included), and its cells by column; a blank line has none."""

    raw: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file read whole. `head` is the raw header, empty when there is no file yet."""

    delimiter: str
    encoding: str
    bom: bool
    line_end: str = "\n"
    head: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def records(self) -> tuple[Row, ...]:
        """Rows that hold something."""
        return tuple(row for row in self.rows if row.cells)

    def numbered(self) -> Iterator[tuple[int, Row]]:
        """Rows with the number of the line each begins at."""
        line = 1 + _line_count(self.head)
        for row in self.rows:
            yield line, row
            line += _line_count(row.raw)

    def with_columns(self, names: Sequence[str]) -> CsvFile:
        """File that has all columns `names`; missing ones join at the end, empty everywhere."""
        added = [name for name in dict.fromkeys(names) if name not in self.header]
        if not added:
            return self
        header = (*self.header, *added)
        if not self.head:
            return replace(self, header=header, head=self._spell(header) + self.line_end)
        gap = self.delimiter * len(added)
        rows = tuple(
            replace(row, raw=_lengthen(row.raw, gap), cells={**row.cells, **dict.fromkeys(added, "")})
            if row.cells
            else row
            for row in self.rows
        )
        return replace(self, header=header, head=_lengthen(self.head, self.delimiter + self._spell(added)), rows=rows)

    def with_row(self, cells: Cells) -> CsvFile:
        """File with one more row at its end; columns that it lacks are added."""
        wide = self.with_columns(list(cells))
        rows = [*wide.rows]
        if rows:
            rows[-1] = replace(rows[-1], raw=_ended(rows[-1].raw, wide.line_end))
        full = {name: cells.get(name, "") for name in wide.header}
        made = Row(self._spell(list(full.values())) + wide.line_end, full)
        return replace(wide, head=_ended(wide.head, wide.line_end), rows=(*rows, made))

    def with_changes(self, concerns: Callable[[Cells], bool], cells: Cells) -> CsvFile:
        """File in which the rows that `concerns` chooses have `cells`; every other row is as it was."""
        wide = self.with_columns(list(cells))
        return replace(wide, rows=tuple(self._changed(row, cells) if _is(row, concerns) else row for row in wide.rows))

    def without(self, concerns: Callable[[Cells], bool]) -> CsvFile:
        """File without the rows that `concerns` chooses."""
        return replace(self, rows=tuple(row for row in self.rows if not _is(row, concerns)))

    def encode(self) -> bytes:
        """Bytes of the file. Raises UnicodeEncodeError when its encoding lacks a character."""
        return ((_BOM if self.bom else "") + self.head + "".join(row.raw for row in self.rows)).encode(self.encoding)

    def _changed(self, row: Row, cells: Cells) -> Row:
        changed = {**row.cells, **cells}
        if changed == row.cells:
            return row
        end = row.raw[len(row.raw.rstrip("\r\n")) :]
        return replace(row, raw=self._spell(list(changed.values())) + end, cells=changed)

    def _spell(self, cells: Sequence[str]) -> str:
        if len(cells) == 1 and not cells[0]:
            return '""'  # a blank line is no row
        return self.delimiter.join(self._quote(text) for text in cells)

    def _quote(self, text: str) -> str:
        plain = not any(sign in text for sign in (self.delimiter, '"', "\r", "\n")) and text == text.strip()
        return text if plain else '"' + text.replace('"', '""') + '"'


def cell(value: JsonValue) -> str:
    """Text of an attribute in a cell."""
    return spelled(value)


def uncell(text: str) -> JsonValue:
    """Attribute of a cell: a list of texts exactly as we write one, anything else as the text it is."""
    if text.startswith('["'):
        with contextlib.suppress(ValueError, RecursionError):
            items = json.loads(text)
            if all(isinstance(item, str) for item in items) and canonical_json(items).decode() == text:
                return list(items)
    return text


def parse_csv(content: bytes, delimiter: str, encoding: str) -> CsvFile:
    """Read the bytes of a file; without any header when there are none.

    Raises ValueError (its text says why, in words for people) when it is no such CSV.
    """
    signed = encoding.lower().replace("_", "-") == "utf-8-sig"
    empty = CsvFile(delimiter, "utf-8" if signed else encoding, bom=signed)
    try:
        text = content.decode(empty.encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not {empty.encoding}") from None
    bom = text.startswith(_BOM)
    lines = list(io.StringIO(text.removeprefix(_BOM), newline=""))
    if not lines:
        return empty
    (head, *header), *rows = _split(lines, delimiter)
    if not header:
        raise ValueError("line 1 is blank where the header belongs")
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise ValueError(f"it has the column {twice} twice")
    line_end = head[len(head.rstrip("\r\n")) :] or "\n"
    file = replace(empty, bom=bom, line_end=line_end, head=head, header=tuple(header))
    raw = tuple(Row(raw, dict(zip(header, cells, strict=False))) for raw, *cells in rows)
    for (line, _), (_, *cells) in zip(replace(file, rows=raw).numbered(), rows, strict=True):
        if cells and len(cells) != len(header):
            raise ValueError(f"line {line} has {len(cells)} cells where the header has {len(header)}")
    return replace(file, rows=raw)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that at every moment either the old or the new one is there whole, also after a power loss.

    The caller holds the lock. What an earlier crash left half written is written over. The file keeps its mode.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        with contextlib.suppress(FileNotFoundError):
            os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def exclusive(path: Path, timeout_seconds: float) -> Iterator[None]:
    """Hold the file's lock, so that two processes never write one file at a time. Raises TimeoutError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + timeout_seconds
    with (path.parent / f".{path.name}.lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError("another process is writing it") from None
                time.sleep(_PAUSE_SECONDS)
        yield


def _split(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Cut lines into records, each as its raw text followed by its cells."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    found, start = [], 0
    try:
        for cells in reader:
            found.append(["".join(lines[start : reader.line_num]), *cells])
            start = reader.line_num
    except csv.Error:
        raise ValueError(f"line {reader.line_num} is no CSV: a quote or a line end stands where none can") from None
    return found


def _line_count(raw: str) -> int:
    return len(list(io.StringIO(raw, newline="")))


def _is(row: Row, concerns: Callable[[Cells], bool]) -> bool:
    return bool(row.cells) and concerns(row.cells)


def _lengthen(raw: str, text: str) -> str:
    body = raw.rstrip("\r\n")
    return body + text + raw[len(body) :]


def _ended(raw: str, line_end: str) -> str:
    return raw if raw.endswith(("\n", "\r")) else raw + line_end
