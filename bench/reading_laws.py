"""The laws of reading, for one text: what must hold whatever an author writes.

No exception; an end within the time allowed; problems sorted, each with words of its own and no name of the parser in
them; every place inside the text; a broken declaration is a problem; an intact declaration behind it is still read;
and what has no problem is formatted to the same meaning, and formatted again stays as it is.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import FrameType

from dsl.format.source import Formatted, format_source
from dsl.read.parse import parse_file
from dsl.tree.ast import BrokenDeclaration, File, RuleDeclaration
from policy.diagnostics import Diagnostic
from policy.source import SourceFile, Span

ALLOWED_SECONDS = 2.0
MARKER = "intact-declaration"
INTACT = f'\nrule {MARKER} "Still read"\n    grant account in ad\nend\n'
_SHOWN = re.compile(r"`[^`]*`|\"[^\"]*\"|[0-9]+")
_TERMINAL = re.compile(r"__ANON|\b(?:IDENT|QUOTED|DIGITS|ISO_DATE|LPAR|RPAR|DOTTED|FACT)\b")


class TooSlowError(Exception):
    """Reading did not end in time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The law that a text breaks (empty: none), and the kinds of messages it got."""

    broken: str
    messages: frozenset[str]


def examine(text: str) -> Verdict:
    """Read a text with an intact declaration behind it under every law."""
    signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, ALLOWED_SECONDS)
    try:
        return _examine(text)
    except TooSlowError:
        return Verdict(f"reading takes more than {ALLOWED_SECONDS} seconds", frozenset())
    except Exception as problem:  # noqa: BLE001  # whatever it is, it is what we are looking for
        trace = problem.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
        return Verdict(f"{type(problem).__name__} at {place}", frozenset())
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlowError


def _examine(text: str) -> Verdict:
    source = SourceFile.from_text("fuzz.ordain", text + INTACT)
    file, problems = parse_file(source)
    messages = frozenset(f"{one.code} {_SHOWN.sub('', one.detail)}" for one in problems)
    return Verdict(_broken_law(source, file, problems), messages)


def _broken_law(source: SourceFile, file: File, problems: tuple[Diagnostic, ...]) -> str:
    if list(problems) != sorted(problems, key=lambda one: one.sort_key):
        return "problems are not sorted by place"
    for problem in problems:
        if not problem.detail.strip():
            return f"{problem.code} has no words"
        if _TERMINAL.search(_SHOWN.sub("", f"{problem.detail} {problem.hint or ''}")):
            return f"{problem.code} names a terminal of the parser"
    lines = source.text.split("\n")
    for span in _spans((file, *(one.span for one in problems))):
        if not _lies_inside(span, lines):
            return "a place lies outside of the text"
    if not problems and any(isinstance(one, BrokenDeclaration) for one in file.declarations):
        return "a declaration is broken, and no problem says so"
    if not _is_marker_read(file):
        return "an intact declaration behind others is not read"
    if not problems:
        return _broken_format(source)
    return ""


def _lies_inside(span: Span, lines: list[str]) -> bool:
    if (span.line, span.column) > (span.end_line, span.end_column) or span.line < 1 or span.end_line > len(lines):
        return False
    return (
        1 <= span.column <= len(lines[span.line - 1]) + 1 and 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
    )


def _is_marker_read(file: File) -> bool:
    last = file.declarations[-1] if file.declarations else None
    return isinstance(last, RuleDeclaration) and last.id.name == MARKER and len(last.grants) == 1


def _broken_format(source: SourceFile) -> str:
    once = format_source(source)
    if not isinstance(once, Formatted):
        return "what can be read is not formatted"
    twice = format_source(SourceFile(source.path, once.text))
    if not isinstance(twice, Formatted) or twice.text != once.text:
        return "formatting again changes the text"
    return ""


def _spans(value: object) -> Iterator[Span]:
    """Every place in a tree."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, Span):
            yield one
        elif isinstance(one, tuple):
            left.extend(one)
        elif is_dataclass(one):
            left.extend(getattr(one, name) for name in _names(type(one)))


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
