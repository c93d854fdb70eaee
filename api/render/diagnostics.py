"""Problems as a reader sees them: text with the source line and a caret, or JSON.

GitHub annotations and SARIF have files of their own beside this one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from policy.diagnostics import Severity

if TYPE_CHECKING:
    from policy.canonical import JsonValue
    from policy.diagnostics import Diagnostic
    from policy.source import SourceFile, Span

_PAINT = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;36m"}
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_TAB = "    "
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
_PLURALS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.NOTE: "notes"}


def render_text(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile], *, colour: bool = False) -> str:
    """One block per problem, in the order given, an empty line between; ends with a line end unless empty.

    `sources` by path; a problem whose file is not among them is shown without its line. No character of a source file
    reaches the terminal as a control: an unseen one is shown as `<U+202E>`.
    """
    blocks = ["\n".join(_block(one, sources, colour=colour)) for one in diagnostics]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def render_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, JsonValue]]:
    """One object per problem, in order; lines and columns count from 1, an end lies behind its last letter."""
    return [
        {
            "code": one.code,
            "severity": one.severity.value,
            "summary": one.kind.summary,
            "detail": one.detail,
            "hint": one.hint,
            "subject": one.subject,
            "place": place_json(one.span),
            "related": [{"detail": words, "place": place_json(span)} for words, span in one.related],
        }
        for one in diagnostics
    ]


def count_by_severity(diagnostics: Sequence[Diagnostic]) -> str:
    """Count problems in words: `2 errors, 1 warning`; `no problems` when there is none."""
    counted = ((kind, sum(one.severity is kind for one in diagnostics)) for kind in Severity)
    return ", ".join(f"{n} {kind.value if n == 1 else _PLURALS[kind]}" for kind, n in counted if n) or "no problems"


def show_unseen(text: str) -> str:
    """Give `text` with tabs as blanks and every unseen character by its code point, so that nothing hides in a line."""
    return "".join(_visible(letter) for letter in text)


def _block(one: Diagnostic, sources: Mapping[str, SourceFile], *, colour: bool) -> list[str]:
    def paint(start: str, text: str) -> str:
        return f"{start}{text}{_PLAIN}" if colour else text

    place = one.span
    where = f"{place.path}:{place.line}:{place.column}: " if place else f"{one.subject}: " if one.subject else ""
    kind = paint(_PAINT[one.severity], f"{one.severity.value} {one.code}")
    lines = [f"{paint(_BOLD, show_unseen(where))}{kind} {paint(_BOLD, one.kind.summary)}"]
    if place is not None and place.path in sources:
        gutter, text, carets = quote(place, sources[place.path].line(place.line))
        lines.append((paint(_DIM, f"{gutter} | ") + text).rstrip())
        lines.append(paint(_DIM, " " * len(gutter) + " | ") + paint(_PAINT[one.severity], carets))
    lines += [f"    {show_unseen(line)}" for line in one.detail.split("\n")]
    for words, span in one.related:
        lines.append(paint(_DIM, f"    see: {show_unseen(span.path)}:{span.line}:{span.column}: {show_unseen(words)}"))
    if one.hint:
        lines += [
            f"    {'hint: ' if n == 0 else '      '}{show_unseen(line)}" for n, line in enumerate(one.hint.split("\n"))
        ]
    return lines


def quote(place: Span, line: str) -> tuple[str, str, str]:
    """Line number, source line and carets; a stretch of several lines is marked to the end of its first."""
    start = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    marked = max(_width(show_unseen(line[start:end])), 1)
    return f"{place.line:>5}", show_unseen(line), " " * _width(show_unseen(line[:start])) + "^" * marked


def _visible(letter: str) -> str:
    if letter == "\t":
        return _TAB
    if unicodedata.category(letter) in _UNSEEN:
        return f"<U+{ord(letter):04X}>"
    return letter


def _width(text: str) -> int:
    """Columns of a terminal that `text` takes: wide East Asian letters take two, combining marks none (UAX #11)."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def place_json(span: Span | None) -> JsonValue:
    """Stretch of a file as an object; lines and columns count from 1, the end lies behind its last letter."""
    if span is None:
        return None
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
