"""Comments that allow a finding of the linter: `# ordain: allow CODE until DATE because "…"`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from dsl.clause_lines import ClauseLines
from dsl.read.remembered import read_file
from dsl.tree.ast import Comment
from policy.catalogue.lint import ALLOWANCE_UNREADABLE
from policy.diagnostics import Diagnostic
from policy.lint import Allowance
from policy.source import SourceFile

_MARK = re.compile(r"#\s*ordain\s*:\s*(?P<rest>.*?)\s*")
_FORM = re.compile(
    r"""allow\s+(?P<code>[A-Za-z0-9_-]+)
    (?:\s+until\s+(?P<until>\S+))?
    (?:\s+because\s+"(?P<because>(?:[^"\\]|\\.)*)")?""",
    re.VERBOSE,
)
_EXAMPLE = 'write `# ordain: allow ORD0372 until 2026-12-31 because "why it stays"`'


def read_allowances(files: Iterable[SourceFile]) -> tuple[tuple[Allowance, ...], tuple[Diagnostic, ...]]:
    """Read the allowances of rules files in order, and every comment that begins like one and is none.

    One speaks of lines as `ClauseLines.spoken_of` has it, so that formatting does not change what is allowed.
    """
    allowances: list[Allowance] = []
    problems: list[Diagnostic] = []
    for file in files:
        if "ordain" not in file.text:
            continue  # most files allow nothing, and need not be read for it
        tree, _ = read_file(file)
        clauses = ClauseLines(file)
        for comment in tree.comments:
            found = _read(comment, clauses)
            if isinstance(found, Allowance):
                allowances.append(found)
            elif found is not None:
                problems.append(found)
    return tuple(allowances), tuple(problems)


def _read(comment: Comment, clauses: ClauseLines) -> Allowance | Diagnostic | None:
    mark = _MARK.fullmatch(comment.text)
    if mark is None:
        return None
    form = _FORM.fullmatch(mark["rest"])
    if form is None:
        detail = (
            f"`{mark['rest']}` is no allowance: behind its code stand `until` and a date, then `because` and a text."
        )
        return Diagnostic(ALLOWANCE_UNREADABLE, detail, comment.span, _EXAMPLE)
    until = None
    if form["until"] is not None:
        until = _day(form["until"])
        if until is None:
            detail = f"`{form['until']}` is no date."
            return Diagnostic(ALLOWANCE_UNREADABLE, detail, comment.span, "write a date as 2026-12-31")
    first, last = clauses.spoken_of(comment)
    because = (form["because"] or "").strip() or None
    return Allowance(form["code"], until, because, first, last, comment.span)


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if day.isoformat() == written else None
