"""Lines of a rules file that belong together: those of a clause, however many the author, or `fmt`, made of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.read.clauses import BEHIND_GRANT, END, HEAD, Segment, cut_clauses
from dsl.read.parse import cut_file
from dsl.read.split import Piece
from dsl.tree.ast import Comment
from policy.source import SourceFile, Span

Lines = tuple[int, int]
"""First and last of a stretch of lines; the last lies before the first where there are none."""


@dataclass(frozen=True, slots=True)
class Clause:
    """The head of a declaration, a clause with the window behind it, a row of a table, or an `end`."""

    kind: str
    span: Span
    declaration: Span

    def lines(self, whole: str) -> Lines:
        """Lines of the clause; of the whole declaration when the clause is of the kind `whole`."""
        span = self.declaration if self.kind == whole else self.span
        return span.line, span.end_line


class ClauseLines:
    """Clauses of a file in the order they stand."""

    def __init__(self, source: SourceFile) -> None:
        self._lines = source.text.split("\n")
        self._clauses = [clause for piece in cut_file(source).pieces for clause in _clauses(piece)]
        self._starts = [(clause.span.line, clause.span.column) for clause in self._clauses]

    def spoken_of(self, comment: Comment) -> Lines:
        """Lines that a comment speaks of.

        One behind words speaks of their clause, and behind the `end` of a declaration, of the whole declaration. One
        that stands alone speaks of the clause it stands in or right above, other comments passed over, and above a
        declaration, of all of it.
        """
        here = (comment.span.line, comment.span.column)
        position = bisect_left(self._starts, here)
        before = self._clauses[position - 1] if position else None
        if before is not None and self._lines[comment.span.line - 1][: comment.span.column - 1].strip():
            return before.lines(END)
        if before is not None and (before.span.end_line, before.span.end_column) > here:
            return before.lines("")
        below = comment.span.line
        while below < len(self._lines) and self._lines[below].lstrip().startswith("#"):
            below += 1
        touches = position < len(self._clauses) and self._clauses[position].span.line == below + 1
        return self._clauses[position].lines(HEAD) if touches else (below + 1, comment.span.line)


def _clauses(piece: Piece) -> Iterator[Clause]:
    segments = cut_clauses(piece.word, piece.tokens)
    start = 0
    while start < len(segments):
        end = start + 1
        while _opens_window(segments[start]) and end < len(segments) and segments[end].kind in BEHIND_GRANT:
            end += 1
        first, last = piece.tokens[segments[start].start], piece.tokens[segments[end - 1].end - 1]
        yield Clause(segments[start].kind, first.span.through(last.span), piece.span)
        start = end


def _opens_window(segment: Segment) -> bool:
    return segment.kind == "grant" or (segment.of_table and segment.kind != "row")
