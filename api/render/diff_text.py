"""A diff as plain text, and its lines as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from api.render.diagnostics import show_unseen
from api.render.diff_view import SIGNS, DiffView, describe_status
from policy.diff import LimitVerdict, Line, Status
from policy.statements import DiffStatement, Totals

_HEAD = (
    "n",
    "person",
    "name",
    "target",
    "kind",
    "entitlement",
    "op",
    "status",
    "rules",
    "contracts",
    "ended",
    "why",
    "before",
    "after",
)


def render_diff(view: DiffView) -> str:
    """Heading, totals, limits that tripped, and every line with its reasons, by person."""
    statement = view.statement
    parts = [
        f"Diff {statement.id} of {statement.terms.tenant}, as of {statement.as_of} ({statement.terms.timezone})",
        _held(statement),
        describe_status(view),
        "",
        *render_totals(statement.totals),
        *render_limits(view.limits),
    ]
    for person, lines in view.by_person():
        parts += ["", view.called(person), *(text for line in lines for text in render_line(line))]
    return "\n".join(show_unseen(part) for part in parts) + "\n"


def _held(statement: DiffStatement) -> str:
    made, ends = statement.terms.created_at, statement.terms.expires_at
    return f"signed {made:%Y-%m-%d %H:%M} UTC, holds until {ends:%Y-%m-%d %H:%M} UTC"


def render_totals(totals: Totals) -> list[str]:
    """One line per target, kind, op and status."""
    if not totals:
        return ["No lines: what people have is what the rules give them."]
    rows = [
        (target, kind.value, op.value, status.value, f"{count:,}")
        for (target, kind, op, status), count in totals.items()
    ]
    head = ("target", "kind", "op", "status", "lines")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [_columns(row, widths) for row in (head, *rows)]


def render_limits(limits: tuple[LimitVerdict, ...]) -> list[str]:
    """Say which limits tripped."""
    return [f"! {one.text}" for one in limits if one.tripped]


def render_line(line: Line) -> Iterator[str]:
    """Give the line, its reasons, what changes, and why it is not planned."""
    status = "" if line.status is Status.PLANNED else f"  [{line.status}]"
    yield f"  {SIGNS[line.op]} {line.op} {line.key.entitlement}{status}"
    for one in line.because:
        yield f"      because {one.rule} ({one.at})" + (f", contract {one.contract}" if one.contract else "")
    for ended in line.ended:
        yield f"      no longer: {ended}"
    if line.before is not None or line.after is not None:
        yield from _changes(line)
    for exclusion in line.released_by:
        yield f"      the exclusion {exclusion} has ended"
    for why in line.why:
        yield f"      {line.status}: {why.text}"


def render_csv(view: DiffView) -> str:
    """One row per line, with a head; opens in any spreadsheet (a cell never begins with a formula sign)."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for line in view.lines:
        writer.writerow([_safe(cell) for cell in _row(view, line)])
    return buffer.getvalue()


def _row(view: DiffView, line: Line) -> list[str]:
    return [
        str(line.n),
        line.key.person,
        view.names.get(line.key.person, ""),
        line.key.target,
        line.key.kind.value,
        line.key.name,
        line.op.value,
        line.status.value,
        ", ".join(sorted({one.rule for one in line.because})),
        ", ".join(sorted({one.contract for one in line.because if one.contract})),
        " ".join(str(one) for one in line.ended),
        " ".join(one.text for one in line.why),
        _json(line.before),
        _json(line.after),
    ]


def _changes(line: Line) -> Iterator[str]:
    before, after = line.before or {}, line.after or {}
    for name in sorted({*before, *after}):
        yield f"      {name}: {_json(before.get(name))} -> {_json(after.get(name))}"


def _json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _safe(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} else cell


def _columns(row: tuple[str, ...], widths: list[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
    return "  ".join([*cells, row[-1].rjust(widths[-1])])
