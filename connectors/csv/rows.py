"""CSV files of ours: read whole, written whole and atomically."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policy.canonical import JsonValue, canonical_json

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the files of one target are written."""

    delimiter: str = ","
    encoding: str = "utf-8"


def cell(value: JsonValue) -> str:
    """Text of an attribute in a cell: absent is empty, a flag `true`/`false`, a list or object canonical JSON."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case _:
            return canonical_json(value).decode()


def uncell(text: str) -> JsonValue:
    """Attribute of a cell: a JSON list or object as such, anything else as text."""
    if text[:1] in {"[", "{"}:
        with contextlib.suppress(ValueError):
            return json.loads(text)  # type: ignore[no-any-return]  # JSON
    return text


def read_rows(path: Path, dialect: Dialect) -> tuple[list[str], list[Row]]:
    """Header and rows of a file, both empty when it does not exist.

    Raises ValueError when it is no CSV, OSError when it cannot be read.
    """
    try:
        text = path.read_bytes().decode(dialect.encoding).removeprefix("\ufeff")
    except FileNotFoundError:
        return [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True)
    try:
        header = next(reader, [])
        rows = []
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise ValueError(f"line {reader.line_num} has {len(cells)} fields where the head has {len(header)}")
            rows.append(dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} is no CSV ({error})") from None
    return header, rows


def write_rows(path: Path, header: Sequence[str], rows: Sequence[Mapping[str, str]], dialect: Dialect) -> None:
    """Write a file so that at every moment either the old or the new one is there whole, also after a power loss."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, header, restval="", delimiter=dialect.delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(buffer.getvalue().encode(dialect.encoding))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the file's lock, so that two processes never write one file at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / f".{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
