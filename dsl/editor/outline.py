"""The outline of a file, and what of it can be folded away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.editor.names import opens_person
from dsl.editor.view import View, head_of, real_tokens
from dsl.read.clauses import END, HEAD, cut_clauses, opens_table
from dsl.read.split import Piece
from dsl.read.texts import decode
from dsl.read.tokens import Token
from dsl.tree.ast import DeclarationWord
from policy.source import Span


@dataclass(frozen=True, slots=True)
class Symbol:
    """One line of the outline: `name` is where its name stands, `span` all of it. `detail` is its title."""

    word: DeclarationWord
    label: str
    detail: str
    name: Span
    span: Span
    below: tuple[Symbol, ...] = ()


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines (1-based, both included) that fold into the first; `comment` tells that they are comments."""

    first: int
    last: int
    comment: bool = False


_LISTED = frozenset(
    {"grant", "account", "access", "permission", "role", "limit", "depends on", "together with", "on", "person"}
)
"""Clauses that the outline shows below their declaration."""


def outline(view: View) -> tuple[Symbol, ...]:
    """Every declaration of a file in order, with what it grants, holds, limits or expects below."""
    return tuple(_symbol(piece, view) for piece in view.pieces)


def folds(view: View) -> tuple[Fold, ...]:
    """Find declarations and tables of more than one line, and runs of comment lines; in order of their first line."""
    found = [Fold(first, last) for piece in view.pieces for first, last in _blocks(piece) if first < last]
    found += _runs_of_comments(view)
    return tuple(sorted(set(found), key=lambda one: (one.first, -one.last)))


def _symbol(piece: Piece, view: View) -> Symbol:
    name, title = head_of(piece)
    label = name or title
    words = decode(title.words) if title is not None else ""
    shown = label.words if label is not None else piece.word.value
    place = label.span if label is not None else piece.tokens[0].span
    detail = "" if label is title else words
    return Symbol(piece.word, shown, detail, place, piece.span, tuple(_below(piece, view)))


def _below(piece: Piece, view: View) -> Iterator[Symbol]:
    tokens = real_tokens(piece)
    for segment in cut_clauses(piece.word, tokens):
        if segment.kind in {HEAD, END} or segment.kind not in _LISTED:
            continue
        first, last = tokens[segment.start], _end_of_line(tokens, segment.start, segment.end)
        span = first.span.through(tokens[segment.end - 1].span)
        label = view.text_of(first.span.through(last.span))
        yield Symbol(piece.word, label, "", first.span.through(last.span), span)


def _end_of_line(tokens: tuple[Token, ...], start: int, end: int) -> Token:
    """Last token of a clause on the line on which it begins."""
    return next((tokens[n - 1] for n in range(start + 1, end) if tokens[n].leads), tokens[end - 1])


def _blocks(piece: Piece) -> Iterator[tuple[int, int]]:
    yield piece.span.line, piece.span.end_line
    begun: list[Token] = []
    tokens = real_tokens(piece)
    for index, token in enumerate(tokens[1:-1], start=1):
        if _opens_block(piece.word, tokens, index):
            begun.append(token)
        elif token.is_word("end") and begun:
            yield begun.pop().span.line, token.span.line


def _opens_block(word: DeclarationWord, tokens: tuple[Token, ...], index: int) -> bool:
    if word is DeclarationWord.TEST:
        return opens_person(tokens, index)
    return opens_table(tokens, index)


def _runs_of_comments(view: View) -> Iterator[Fold]:
    """Comments that follow each other line by line and have nothing before them on their lines."""
    lines = [
        one.span.line
        for one in view.comments
        if not view.source.text[view.offset(one.span.line, 1) : view.offset(one.span.line, one.span.column)].strip()
    ]
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or lines[index] != lines[index - 1] + 1:
            if index - start > 1:
                yield Fold(lines[start], lines[index - 1], comment=True)
            start = index
