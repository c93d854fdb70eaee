"""A rules file as an editor looks at it: tokens and declarations, whatever is wrong with them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from dsl.read.remembered import read_cut
from dsl.read.split import Piece
from dsl.read.tokens import Places, Shape, Token
from dsl.tree.ast import Comment, DeclarationWord
from policy.source import SourceFile, Span

FILES_REMEMBERED = 256
"""Files whose reading is kept; the compiler keeps as many."""
_BLOCKS = frozenset(DeclarationWord) - {DeclarationWord.FIELD, DeclarationWord.SET, DeclarationWord.DEFINE}


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One file: its declarations (`pieces`) and their `tokens`, phrases joined, in order. Equal to itself alone."""

    source: SourceFile
    places: Places
    tokens: tuple[Token, ...]
    pieces: tuple[Piece, ...]
    comments: tuple[Comment, ...]
    _starts: tuple[int, ...]

    def token_at(self, offset: int) -> Token | None:
        """Token that holds the character at `offset`, or that ends just before it."""
        index = bisect_right(self._starts, offset) - 1
        for token in self.tokens[max(index - 1, 0) : index + 1][::-1]:
            if token.start <= offset <= self.end_of(token):
                return token
        return None

    def end_of(self, token: Token) -> int:
        """Offset behind the last character of a token."""
        return self.offset(token.span.end_line, token.span.end_column)

    def offset(self, line: int, column: int) -> int:
        """Offset of a 1-based line and column; a place past the end of its line is the end of the line."""
        return self.places.offset(line, column)

    def text_of(self, span: Span) -> str:
        """Characters of a stretch of this file."""
        return self.source.text[self.offset(span.line, span.column) : self.offset(span.end_line, span.end_column)]

    def piece_at(self, line: int) -> Piece | None:
        """Give the declaration that stands on a line."""
        return next((one for one in self.pieces if one.span.line <= line <= one.span.end_line), None)


@lru_cache(maxsize=FILES_REMEMBERED)
def view_file(source: SourceFile) -> View:
    """Look at a file. Never raises on any text; files looked at lately are remembered by their content."""
    cut = read_cut(source)
    tokens = tuple(token for piece in cut.pieces for token in real_tokens(piece))
    return View(source, Places(source), tokens, cut.pieces, cut.comments, tuple(token.start for token in tokens))


def real_tokens(piece: Piece) -> tuple[Token, ...]:
    """Tokens that the author wrote: an `end` made up for a forgotten one takes no room and is left out."""
    return tuple(one for one in piece.tokens if not is_made_up(one))


def is_made_up(token: Token) -> bool:
    """Tell whether a token stands for something that the author forgot."""
    span = token.span
    return (span.line, span.column) == (span.end_line, span.end_column)


def is_closed(piece: Piece) -> bool:
    """Tell whether nothing more can belong to this declaration: it is a block, and its `end` is there."""
    return piece.word in _BLOCKS and piece.tokens[-1].is_word("end") and not is_made_up(piece.tokens[-1])


def head_of(piece: Piece) -> tuple[Token | None, Token | None]:
    """Name and title of a declaration, where it has them: `rule NAME "Title"`, `field PATH`, `test "Title"`."""
    tokens = real_tokens(piece)
    position = 2 if tokens[0].words == "draft" else 1  # behind `draft rule`
    first = tokens[position] if position < len(tokens) else None
    if first is not None and first.shape is Shape.TEXT:
        return None, first
    if first is None or first.type not in {"IDENT", "PATH"}:
        return None, None
    second = tokens[position + 1] if position + 1 < len(tokens) else None
    return first, second if second is not None and second.shape is Shape.TEXT else None
