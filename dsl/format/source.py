"""A rules file in the one style (LANGUAGE.md section 8): the same meaning, the same comments, other white space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl.format.blocks import LINES, print_declaration
from dsl.format.meaning import mean_the_same
from dsl.format.page import Page
from dsl.format.words import Note, Word, read_words
from dsl.read.parse import Cut, cut_file, parse_cut, parse_file
from policy.catalogue.language import FILE_TOO_LARGE
from policy.source import SourceFile

if TYPE_CHECKING:
    from policy.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file as it should be: `text` with LF line ends, one at its end; empty when nothing stands in the file."""

    text: str


@dataclass(frozen=True, slots=True)
class NotFormatted:
    """A file that cannot be read, so that nothing may be moved in it; at least one problem, sorted by place."""

    problems: tuple[Diagnostic, ...]


def format_source(source: SourceFile) -> Formatted | NotFormatted:
    """Format a rules file. Pure, and linear in its length.

    Only what the reader of one file says counts: a name that no other file declares is no reason to leave it alone.
    """
    cut = cut_file(source)
    tree, problems = parse_cut(cut)
    if problems:
        return NotFormatted(problems)
    text = _print(cut)
    if text == source.text:
        return Formatted(text)
    again, problems = parse_file(SourceFile(source.path, text))
    if any(one.kind is FILE_TOO_LARGE for one in problems):
        return NotFormatted(problems)
    # INVARIANT: formatting never changes meaning and loses no comment; the text is not given otherwise.
    assert not problems, f"{source.path}: the formatted text cannot be read: {problems[0].detail}"
    assert mean_the_same(tree, again), f"{source.path}: the formatted text means something else"
    return Formatted(text)


def _print(cut: Cut) -> str:
    words, behind = read_words([token for piece in cut.pieces for token in piece.tokens], cut.comments)
    page = Page()
    start, before = 0, None
    for piece in cut.pieces:
        end = start + len(piece.tokens)
        if before is not None and not (before in LINES and piece.word in LINES):
            _part(words[start])
        print_declaration(page, piece.word, words[start:end])
        start, before = end, piece.word
    page.add_notes(behind, 0)
    return page.text()


def _part(first: Word) -> None:
    """Have an empty line before a declaration, or before the comments above it, unless one is there."""
    if first.blank or any(note.blank for note in first.notes):
        return
    if first.notes:
        first.notes = [Note(first.notes[0].text, blank=True), *first.notes[1:]]
    else:
        first.blank = True
