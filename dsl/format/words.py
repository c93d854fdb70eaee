"""Tokens as they are printed, each with the comments around it: nothing a reader wrote gets lost between two words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dsl.read.tokens import Shape, Token
from dsl.tree.ast import Comment

_HUGGING = frozenset({",", ")", ":"})


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment behind a word, on its line. `column` is where it stood, counted from 0."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Note:
    """A comment on a line of its own. `blank`: an empty line stands before it."""

    text: str
    blank: bool


@dataclass(slots=True)
class Word:
    """A token and what stands around it.

    `notes` stand on lines of their own before it, `remark` behind it. `blank`: an empty line stands directly before it.
    `leads`: it is the first of its line. No blank stands before a word that `hugs`, nor behind one that `opens`.
    """

    token: Token
    text: str
    leads: bool
    blank: bool
    notes: Sequence[Note]
    remark: Remark | None = None
    hugs: bool = False
    opens: bool = False


def read_words(tokens: Sequence[Token], comments: Sequence[Comment]) -> tuple[list[Word], list[Note]]:
    """Put every comment beside its word; the second list are the comments behind the last one."""
    words: list[Word] = []
    remaining = iter(comments)
    comment = next(remaining, None)
    last_line = 0
    for token in tokens:
        notes: list[Note] = []
        line = last_line
        while comment is not None and _stands_before(comment, token):
            line = _place(comment, words, notes, line)
            comment = next(remaining, None)
        span = token.span
        word = Word(token, _written(token), span.line > last_line, span.line - line > 1, notes)
        if token.shape is Shape.SIGN:
            word.hugs, word.opens = token.words in _HUGGING, token.words == "("
        words.append(word)
        last_line = span.end_line
    behind: list[Note] = []
    while comment is not None:
        last_line = _place(comment, words, behind, last_line)
        comment = next(remaining, None)
    return words, behind


def _stands_before(comment: Comment, token: Token) -> bool:
    return (comment.span.line, comment.span.column) < (token.span.line, token.span.column)


def _place(comment: Comment, words: list[Word], notes: list[Note], last_line: int) -> int:
    """Put a comment behind the last word, when it stands on its line, or among `notes`; gives its line."""
    line, text = comment.span.line, comment.text.rstrip()
    if words and not notes and line == last_line:
        words[-1].remark = Remark(text, comment.span.column - 1)
    else:
        notes.append(Note(text, blank=line - last_line > 1))
    return line


def _written(token: Token) -> str:
    return f'"{token.words}"' if token.shape is Shape.TEXT else token.words


def settle_comments(words: Sequence[Word], *, condition: bool) -> None:
    """Move comments that stand where none can be printed: behind a comma, and before an `and` or `or`."""
    for before, word, behind in _triples(words):
        if word.token.is_sign(","):
            _move_behind(before, word, behind)
        elif condition and word.token.is_word("and", "or"):
            _move_before(before, word, behind)


def _triples(words: Sequence[Word]) -> Iterator[tuple[Word, Word, Word]]:
    return zip(words, words[1:], words[2:], strict=False)


def _move_behind(before: Word, comma: Word, behind: Word) -> None:
    if before.remark is None and not comma.notes:
        return
    own = [Note(comma.remark.text, blank=False)] if comma.remark else []
    behind.notes = [*comma.notes, *own, *behind.notes]
    before.remark, comma.remark, comma.notes = None, before.remark, ()


def _move_before(before: Word, operator: Word, behind: Word) -> None:
    if operator.remark is not None:
        if before.remark is None and not operator.notes:
            before.remark = operator.remark
        else:
            operator.notes = [*operator.notes, Note(operator.remark.text, blank=False)]
        operator.remark = None
    if behind.notes:
        operator.notes = [*operator.notes, *behind.notes]
        behind.notes = ()
