"""HelloID's exported list of business rules: a CSV file with one row per rule, or two where a rule is being edited."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from connectors.helloid.rule_conditions import read_condition
from connectors.helloid.rule_entitlements import EntitlementReader, split_entitlements
from policy.business_rules import BusinessRule, BusinessRules
from policy.catalogue.migration import (
    COUNT_DIFFERS,
    EXPORT_COLUMNS,
    EXPORT_ROW,
    EXPORT_UNREADABLE,
    READ_AS,
    UNKNOWN_STATUS,
)
from policy.diagnostics import DataError, Diagnostic, DiagnosticKind
from policy.source import Span

COLUMNS = (
    "Name",
    "EntitlementCount",
    "PersonsLatestEvaluation",
    "Categories",
    "Status",
    "Conditions",
    "Entitlements",
)
_OTHER_NAMES = {"entitlementscount": "entitlementcount", "state": "status"}
_DELIMITERS = (",", ";", "\t")
_LONGEST_CELL = 16 * 1024 * 1024  # a rule may grant thousands of permissions


@dataclass(frozen=True, slots=True)
class _Row:
    """1-based line a row begins at, and its cells by the plain name of their column."""

    line: int
    cells: Mapping[str, str]


def read_business_rules(content: bytes, path: str, systems: Collection[str] = ()) -> BusinessRules:
    """Read the export in `content`, called `path` in messages; `systems` are target systems known by name.

    UTF-8 or UTF-16, with or without a byte-order mark, columns in any order, separated by commas, semicolons or tabs.
    Raises DataError with every problem of the file when a column is missing or a row is broken.
    """
    rows = _read_rows(_decode(content, path), path)
    problems = [problem for row in rows if (problem := _row_problem(row, path)) is not None]
    if problems:
        raise DataError(*problems)
    counts = [_count(row.cells["entitlementcount"]) for row in rows]
    granted = [split_entitlements(row.cells["entitlements"], count) for row, count in zip(rows, counts, strict=True)]
    reader = EntitlementReader.of([text for one in granted for text in one], systems)
    told: list[Diagnostic] = []
    rules = []
    for row, count, texts in zip(rows, counts, granted, strict=True):
        rules.append(_rule(row, count, texts, reader))
        told += _notes(row, path, texts, reader)
    return BusinessRules(path, tuple(rules), tuple(told))


def _decode(content: bytes, path: str) -> str:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        _refuse(path, line, "it holds a byte that stands for nothing in UTF-8", "save it as CSV UTF-8")


def _read_rows(text: str, path: str) -> list[_Row]:
    """Rows that hold something. Raises DataError for a file that is no such table."""
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda one: len(_known(head.split(one))))
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[_Row] = []
    line = 1
    try:
        columns = [_plain(one) for one in next(reader, [])]
        _check_columns(columns, head, path)
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _check_length(cells, columns, path, line)
                rows.append(_Row(line, dict(zip(columns, cells, strict=True))))
            line = reader.line_num + 1
    except csv.Error:
        _refuse(path, line, "a quote is out of place or never closed", "inside quotes a quote is written twice")
    return rows


def _check_columns(columns: list[str], head: str, path: str) -> None:
    missing = [one for one in COLUMNS if _plain(one) not in columns]
    twice = [one for one in COLUMNS if columns.count(_plain(one)) > 1]
    if not missing and not twice:
        return
    what = f"no column {', '.join(missing)}" if missing else f"the column {', '.join(twice)} twice"
    hint = f"export the business rules again; the columns are {', '.join(COLUMNS)}"
    shown = f" Its first line is: {head.strip()[:200]}" if head.strip() else " It is empty."
    raise DataError(_problem(EXPORT_COLUMNS, (path, 1), f"{path} has {what}.{shown}", hint))


def _check_length(cells: list[str], columns: list[str], path: str, line: int) -> None:
    if len(cells) != len(columns):
        detail = f"Line {line} of {path} has {len(cells)} cells where the header has {len(columns)}."
        hint = "is a delimiter or a line end inside a value not in quotes?"
        raise DataError(_problem(EXPORT_ROW, (path, line), detail, hint))


def _row_problem(row: _Row, path: str) -> Diagnostic | None:
    if row.cells["name"].strip():
        return None
    detail = f"The rule in line {row.line} of {path} has no name."
    return _problem(EXPORT_ROW, (path, row.line), detail, "give it a name, or leave the row out")


def _rule(row: _Row, count: int | None, texts: list[str], reader: EntitlementReader) -> BusinessRule:
    return BusinessRule(
        line=row.line,
        name=" ".join(row.cells["name"].split()),
        published=row.cells["status"].strip().lower() == "published",
        entitlement_count=count,
        persons=_count(row.cells["personslatestevaluation"]),
        categories=tuple(dict.fromkeys(_parts(row.cells["categories"]))),
        conditions=tuple(read_condition(one) for one in _parts(row.cells["conditions"])),
        entitlements=tuple(reader.read(one) for one in texts),
    )


def _notes(row: _Row, path: str, texts: list[str], reader: EntitlementReader) -> Iterator[Diagnostic]:
    """Tell what was guessed, and what does not add up."""
    name, status = row.cells["name"].strip(), row.cells["status"].strip()
    if status.lower() not in {"published", "draft"}:
        detail = f"The status of “{name}” is “{status}”." if status else f"“{name}” has no status."
        yield _problem(
            UNKNOWN_STATUS, (path, row.line), f"{detail} It becomes a draft.", "publish it when it is to hold"
        )
    for column in ("entitlementcount", "personslatestevaluation"):
        written = row.cells[column].strip()
        if written and _count(written) is None:
            yield _problem(
                COUNT_DIFFERS, (path, row.line), f"“{written}” is no count, so it is left out of the report."
            )
    count = _count(row.cells["entitlementcount"])
    if count is not None and count != len(texts):
        detail = f"By its count the entitlements of “{name}” are {count}; it names {len(texts)}."
        yield _problem(
            COUNT_DIFFERS, (path, row.line), detail, "compare them; a `|` inside a name looks like two names"
        )
    for text in texts:
        if text in reader.doubtful:
            detail = f"“{text}” is read as a permission; it may be an account in a system with ` - ` in its name."
            yield _problem(READ_AS, (path, row.line), detail, 'if so, name that system with `--target "SYSTEM=id"`')


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _count(text: str) -> int | None:
    written = text.strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None  # noqa: PLR2004


def _known(columns: list[str]) -> set[str]:
    return {_plain(one) for one in columns} & {_plain(one) for one in COLUMNS}


def _plain(column: str) -> str:
    """Name of a column without spaces, quotes and capitals, so that `Entitlement Count` is one, too."""
    plain = "".join(letter for letter in column if letter.isalnum()).lower()
    return _OTHER_NAMES.get(plain, plain)


def _problem(kind: DiagnosticKind, place: tuple[str, int], detail: str, hint: str | None = None) -> Diagnostic:
    file, line = place
    return Diagnostic(kind, detail, Span(file, line, 1, line, 1), hint)


def _refuse(path: str, line: int, why: str, hint: str) -> NoReturn:
    raise DataError(
        _problem(EXPORT_UNREADABLE, (path, line), f"From line {line} on {path} is not readable: {why}.", hint)
    ) from None
