"""Texts in quotes: where they end, what their escapes mean, and the fields in a permission's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policy.canonical import normal_text

_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_CLOSING = {
    "\u201c": '\u201d\u201c"', "\u201d": '\u201d"', "\u201e": '\u201c\u201d"', "\u201f": '\u201d"', "\u00ab": '\u00bb"',
    "\u2018": "\u2019'", "\u2019": "\u2019'", "\u201a": "\u2018\u2019'", "\u201b": "\u2019'", "'": "'\u2019", "`": "`'",
    "\u2032": "\u2032'", "\u2033": '\u2033"', "\u2036": '\u2033"', "\uff02": '\uff02"',
}  # fmt: skip
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")
_PATH_IN_BRACES = re.compile(r"\s*((?:person|contract|account)(?:\.[^\W\d][\w-]*)+)\s*")


@dataclass(frozen=True, slots=True)
class FoundText:
    """Offsets of a text: of what stands between its quotes, and behind its closing quote."""

    inner_start: int
    inner_end: int
    end: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Brace:
    """What stands in braces: offsets in the raw text, and the parts of its path (None when it is no path)."""

    start: int
    end: int
    written: str
    parts: tuple[str, ...] | None


def find_text(text: str, start: int) -> FoundText:
    """Find the end of the text whose opening quote (of any kind) is at `start`; at the latest the end of its line."""
    closing = _CLOSING.get(text[start], '"')
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    position = start + 1
    while position < line_end:
        if text[position] == "\\":
            position += 2
            continue
        if text[position] in closing:
            return FoundText(start + 1, position, position + 1, closed=True)
        position += 1
    if text[start] == '"':
        curly = next((one for one in range(start + 1, line_end) if text[one] in "\u201c\u201d\u201f\uff02"), None)
        if curly is not None:
            return FoundText(start + 1, curly, curly + 1, closed=True)
    end = start + len(text[start:line_end].rstrip())
    return FoundText(start + 1, max(end, start + 1), max(end, start + 1), closed=False)


def unknown_escapes(inner: str) -> Iterator[tuple[int, str]]:
    """Offset and letters of every escape that means nothing."""
    for found in _ESCAPE.finditer(inner):
        if found.group(1) not in _ESCAPES:
            yield found.start(), found.group()


def decode(inner: str) -> str:
    """Give what a raw text stands for, in Unicode normal form C; an unknown escape stands for itself."""
    return normal_text(_ESCAPE.sub(lambda found: _ESCAPES.get(found.group(1), found.group()), inner))


def find_braces(inner: str) -> Iterator[Brace]:
    """Everything in braces in a raw text, and every lone brace."""
    for found in _BRACES.finditer(inner):
        path = _PATH_IN_BRACES.fullmatch(found.group(1) or "")
        parts = tuple(path.group(1).split(".")) if path else None
        yield Brace(found.start(), found.end(), found.group(), parts)
