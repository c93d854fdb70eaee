"""Text to tokens: one pass over a file; every wrong character is a problem, most are repaired so reading goes on."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from dsl.read import lexical, texts
from dsl.read.dates import DATE_LIKE, WrongDate, read_date
from dsl.read.phrases import type_of
from dsl.read.signs import COMMENT_SIGNS, MEANT_BY_SIGN, advise
from dsl.read.tokens import Places, Shape, Token
from dsl.tree.ast import Comment
from policy.catalogue import language
from policy.diagnostics import Diagnostic, DiagnosticKind
from policy.source import SourceFile, Span

MOST_CHARACTERS = 500_000
"""A longer file is refused: nobody reads it."""
MOST_LETTERS = 200
MOST_DIGITS = 15
"""INVARIANT: a number fits a signed 64-bit integer, and every number is exact."""

_LETTER = r"\w\u0300-\u036f"
_PIECE = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("space", r"[ \t\n]+"),
            ("comment", r"#[^\n]*"),
            ("quote", f'["{lexical.OPENING_QUOTES}]'),
            ("date", DATE_LIKE),
            ("number", r"[0-9]+(?:\.[0-9]+)?"),
            ("word", rf"\w(?:[{_LETTER}{lexical.DASHES}]|-(?!>)|\.(?=\w))*"),
            ("sign", r"->|[(),%:]"),
            (
                "wrong",
                r"\.[0-9]+(?![\w.])|-(?:eq|ne|and|or|not|in|notin)(?![\w-])|==|!=|<>|<=|>=|=>|&&|\|\||//|/\*|\*/|--+|[^\s\w]|.",
            ),
        )
    ),
    re.DOTALL,
)
_PLAIN = re.compile(
    r"""[ \t\n]*+(?:
        ([a-zA-Z_]\w*+(?:-\w++)*+)(?=[ \t\n(),:%#"]|\Z)
        |([a-zA-Z_]\w*+(?:[-.]\w++)++)(?=[ \t\n(),:%#"]|\Z)
        |"([ !\#-\[\]-~]*+)"
        |(->|[(),%:])
    )""",
    re.ASCII | re.VERBOSE,
)
"""What nearly every token looks like, and has no problem; the groups are those of `_PLAIN_SHAPES`."""
_PLAIN_SHAPES = (Shape.UNREADABLE, Shape.WORD, Shape.DOTTED, Shape.TEXT, Shape.SIGN)
_UNIT = re.compile(r"(?:day|week|month|year)s?(?![\w-])")


@dataclass(slots=True)
class Scan:
    """Tokens and comments of a file in order, and the problems of its characters."""

    source: SourceFile
    places: Places
    tokens: list[Token] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    leads: bool = True
    behind_comment: bool = False

    def report(self, kind: DiagnosticKind, span: Span, detail: str, hint: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(Diagnostic(kind, detail, span, hint))

    def add(self, shape: Shape, words: str, start: int, end: int, *, value: Decimal | date | None = None) -> None:
        """Put a token behind the others."""
        span = self.places.span(start, end)
        self.tokens.append(
            Token(
                shape,
                words,
                span,
                start,
                leads=self.leads,
                behind_comment=self.behind_comment,
                value=value,
                damaged=shape is Shape.UNREADABLE,
                type=type_of(shape, words),
            )
        )
        self.leads = self.behind_comment = False

    def pass_gap(self, gap: str, *, comment: bool = False) -> None:
        """Note what lies before the next token."""
        self.leads = self.leads or "\n" in gap
        self.behind_comment = self.behind_comment or comment


def scan_text(source: SourceFile) -> Scan:
    """Read a file into tokens. Linear in its length; every character is either in a token, a gap or a problem."""
    scan = Scan(source, Places(source))
    text = source.text
    if len(text) > MOST_CHARACTERS:
        detail = f"`{source.path}` has {len(text):,} characters; {MOST_CHARACTERS:,} are read at most."
        scan.report(language.FILE_TOO_LARGE, scan.places.span(0, 0), detail, "split it into several files")
        return scan
    position = 0
    while position < len(text):
        position = _read_plain(scan, position)
        found = _PIECE.match(text, position)
        if found is not None:
            position = _read_piece(scan, found)
    return scan


def _read_plain(scan: Scan, position: int) -> int:
    """Read plain tokens until something else comes: what `_read_piece` would make of them, many times faster."""
    text, path, starts = scan.source.text, scan.source.path, scan.places.line_starts
    line = bisect_right(starts, position)
    behind_line = starts[line] if line < len(starts) else len(text) + 1
    types: dict[str, str] = {}
    found = _PLAIN.match(text, position)
    while found is not None:
        group = found.lastindex or 0
        start, words, shape = found.start(group), found[group], _PLAIN_SHAPES[group]
        if shape is not Shape.TEXT and len(words) > MOST_LETTERS:
            break
        position = found.end()
        if start >= behind_line:
            line = bisect_right(starts, start)
            behind_line = starts[line] if line < len(starts) else len(text) + 1
            scan.leads = True
        if shape is Shape.TEXT:
            start, kind = start - 1, "QUOTED"
        else:
            kind = types.get(words) or types.setdefault(words, type_of(shape, words))
        before = starts[line - 1] - 1
        span = Span(path, line, start - before, line, position - before)
        scan.tokens.append(Token(shape, words, span, start, scan.leads, scan.behind_comment, type=kind))
        scan.leads = scan.behind_comment = False
        found = _PLAIN.match(text, position)
    return position


def _read_piece(scan: Scan, found: re.Match[str]) -> int:
    """Read one piece; gives the offset behind it."""
    start, end, piece = found.start(), found.end(), found.group()
    match found.lastgroup:
        case "space":
            scan.pass_gap(piece)
        case "comment":
            _read_comment(scan, start, end, piece)
        case "quote":
            return _read_text(scan, start)
        case "date":
            _read_date(scan, start, end, piece)
        case "number":
            return _read_number(scan, start, end)
        case "word":
            _read_word(scan, start, end, piece)
        case "sign":
            scan.add(Shape.SIGN, piece, start, end)
        case _:
            return _read_wrong(scan, start, end)
    return end


def _read_comment(scan: Scan, start: int, end: int, piece: str) -> None:
    _report_unseen(scan, start, end, in_text=True)
    scan.comments.append(Comment(piece, scan.places.span(start, end)))
    scan.pass_gap("", comment=True)


def _read_date(scan: Scan, start: int, end: int, written: str) -> None:
    reading = read_date(written)
    if isinstance(reading, WrongDate):
        scan.report(language.BAD_DATE, scan.places.span(start, end), reading.detail, reading.hint)
        scan.add(Shape.DATE, written, start, end, value=reading.likely)
    else:
        scan.add(Shape.DATE, written, start, end, value=reading)


def _read_number(scan: Scan, start: int, end: int) -> int:
    text = scan.source.text
    behind = re.compile(rf"[{_LETTER}.-]*").match(text, end)
    assert behind is not None, "an empty stretch matches"
    tail = behind.group()
    if tail.endswith("-") and text.startswith(">", behind.end()):
        tail = tail[:-1]
    written = text[start:end]
    if tail and not _UNIT.fullmatch(tail):
        whole = written + tail
        hint = "begin it with a letter, or separate the number from what stands behind it"
        detail = f"`{whole}` is neither a number nor a name: a name begins with a letter."
        scan.report(language.BAD_NAME, scan.places.span(start, end + len(tail)), detail, hint)
        scan.add(Shape.UNREADABLE, whole, start, end + len(tail))
        return end + len(tail)
    if sum(one.isdigit() for one in written) > MOST_DIGITS:
        detail = f"`{written[:MOST_DIGITS]}…` has more than {MOST_DIGITS} digits."
        scan.report(
            language.BAD_NUMBER, scan.places.span(start, end), detail, "write a smaller number, or a text in quotes"
        )
        written = "1"
    scan.add(Shape.NUMBER, written, start, end, value=Decimal(written))
    return end


def _read_word(scan: Scan, start: int, end: int, word: str) -> None:
    if len(word) > MOST_LETTERS:
        detail = f"`{_shorten(word)}` has {len(word):,} letters; a name has {MOST_LETTERS} at most."
        scan.report(language.BAD_NAME, scan.places.span(start, end), detail, "write a shorter name")
        scan.add(Shape.UNREADABLE, word, start, end)
        return
    strange = lexical.strange_letters(word)
    if strange:
        meant = lexical.plain_letters(word)
        letters = ", ".join(lexical.describe(one) for one in strange)
        detail = f"`{word}` looks like `{meant}`, but is not written with its letters: {letters}."
        scan.report(language.CONFUSABLE_LETTER, scan.places.span(start, end), detail, f"type `{meant}` anew")
        word = meant
    scan.add(Shape.DOTTED if "." in word else Shape.WORD, word, start, end)


def _read_text(scan: Scan, start: int) -> int:
    """Read a text up to its closing quote, or to the end of the line."""
    found = texts.find_text(scan.source.text, start)
    span = scan.places.span(start, found.end)
    opening = scan.source.text[start]
    inner = scan.source.text[found.inner_start : found.inner_end]
    if not found.closed:
        detail = f'The text `{opening}{_shorten(inner)}` has no closing `"` on its line.'
        scan.report(language.UNCLOSED_TEXT, span, detail, 'put `"` behind its last word; write a line end as `\\n`')
    elif opening != '"' or scan.source.text[found.inner_end] != '"':
        detail = f"The quotes around `{_shorten(inner)}` are not straight double ones."
        scan.report(language.WRONG_QUOTES, span, detail, f'write `"{_shorten(inner)}"`')
    _report_unseen(scan, found.inner_start, found.inner_end, in_text=True)
    for offset in _wrong_spaces(inner):
        _report_space(scan, found.inner_start + offset, found.inner_start + offset + 1)
    for offset, escape in texts.unknown_escapes(inner):
        at = found.inner_start + offset
        detail = f'`{escape}` means nothing in a text; the escapes are `\\"`, `\\\\`, `\\n` and `\\t`.'
        hint = f"a backslash itself is written twice: `\\{escape}`"
        scan.report(language.UNKNOWN_ESCAPE, scan.places.span(at, at + len(escape)), detail, hint)
    scan.add(Shape.TEXT, inner, start, found.end)
    if not found.closed:
        scan.tokens[-1] = replace(scan.tokens[-1], damaged=True)
    return found.end


def _wrong_spaces(inner: str) -> list[int]:
    """Offsets in a text of spaces that are no ordinary ones; the first of each kind."""
    first: dict[str, int] = {}
    for offset, letter in enumerate(inner):
        if not letter.isascii() and lexical.is_wrong_space(letter):
            first.setdefault(letter, offset)
    return list(first.values())


def _read_wrong(scan: Scan, start: int, end: int) -> int:
    text = scan.source.text
    letter = text[start]
    if lexical.is_wrong_space(letter):
        while end < len(text) and text[end] == letter:
            end += 1
        _report_space(scan, start, end)
        scan.pass_gap(" ")
        return end
    if lexical.is_unseen(letter):
        _report_unseen(scan, start, end, in_text=False)
        scan.pass_gap(" ")
        return end
    piece = text[start:end]
    if piece[0] == "." and len(piece) > 1:
        detail = f"`{piece}` has no digit before its point."
        scan.report(language.BAD_NUMBER, scan.places.span(start, end), detail, f"write `0{piece}`")
        scan.add(Shape.NUMBER, f"0{piece}"[:MOST_DIGITS], start, end, value=Decimal(f"0{piece}"[:MOST_DIGITS]))
        return end
    detail, hint = advise(piece)
    if piece == "." and text[end : end + 1] in {"", " ", "\n"}:
        hint = "no full stop stands behind a clause: delete `.`"
    elif piece == "/" and text[end : end + 2].lower() == "or":
        hint = "write `or`, which holds when both do, too; or `and`, which holds only then"
    scan.report(language.UNKNOWN_SIGN, scan.places.span(start, end), detail, hint)
    if piece in COMMENT_SIGNS or piece.startswith("--"):
        line_end = text.find("\n", start)
        scan.pass_gap("", comment=True)
        return len(text) if line_end < 0 else line_end
    meant = MEANT_BY_SIGN.get(piece)
    if piece == "}":
        meant = "end" if scan.leads else ""
    if meant is None:
        scan.add(Shape.UNREADABLE, piece, start, end)
    for word in (meant or "").split():
        scan.add(Shape.WORD if word.isalpha() else Shape.SIGN, word, start, end)
    return end


def _report_unseen(scan: Scan, start: int, end: int, *, in_text: bool) -> None:
    """Report the first of each unseen character in a stretch."""
    seen: set[str] = set()
    for offset in range(start, end):
        letter = scan.source.text[offset]
        if letter not in seen and lexical.is_unseen(letter, in_text=in_text):
            seen.add(letter)
            detail = f"Here stands {lexical.describe(letter)}, which no reader can see."
            hint = f"delete the character U+{ord(letter):04X}"
            scan.report(language.UNSEEN_CHARACTER, scan.places.span(offset, offset + 1), detail, hint)


def _report_space(scan: Scan, start: int, end: int) -> None:
    detail = f"Here stands {lexical.describe(scan.source.text[start])}, which only looks like a space."
    scan.report(language.WRONG_SPACE, scan.places.span(start, end), detail, "put an ordinary space in its place")


def _shorten(text: str) -> str:
    most = 40
    return text if len(text) <= most else text[: most - 1] + "…"
