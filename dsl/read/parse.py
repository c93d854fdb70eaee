"""Text to tree: reads a rules file, every declaration by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from dsl.read.build import Builder
from dsl.read.drive import drive
from dsl.read.phrases import join_words
from dsl.read.recovery import Read, Stop, read_declaration
from dsl.read.scan import scan_text
from dsl.read.split import Piece, split_declarations
from dsl.read.tokens import Token
from dsl.tree.ast import BrokenDeclaration, Comment, DeclarationNode, File
from policy.diagnostics import Diagnostic
from policy.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Cut:
    """A file's declarations as tokens, its comments, and what is wrong with either."""

    source: SourceFile
    pieces: tuple[Piece, ...]
    comments: tuple[Comment, ...]
    problems: tuple[Diagnostic, ...]
    span: Span


def cut_file(source: SourceFile) -> Cut:
    """Read a rules file into the tokens of its declarations. Never raises on any text."""
    scan = scan_text(source)
    pieces, problems = split_declarations(join_words(scan.tokens))
    span = scan.places.span(0, scan.places.length)
    return Cut(source, tuple(pieces), tuple(scan.comments), (*problems, *scan.problems), span)


def parse_file(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
    """Read a rules file: the tree, and every independent problem of the text, sorted by place.

    Never raises on any text. Declarations with an error in them are in the tree as `BrokenDeclaration`.
    """
    return parse_cut(cut_file(source))


def parse_cut(cut: Cut) -> tuple[File, tuple[Diagnostic, ...]]:
    """Do what `parse_file` does, for a file that is cut already."""
    problems = list(cut.problems)
    declarations: list[DeclarationNode | BrokenDeclaration] = []
    for piece in cut.pieces:
        declaration, found = read_declaration(piece, parse_tokens)
        declarations.append(declaration)
        problems += found
    file = File(cut.source.path, tuple(declarations), cut.comments, cut.span)
    return file, tuple(sorted(dict.fromkeys(problems), key=lambda one: one.sort_key))


def parse_tokens(tokens: Sequence[Token]) -> Read | Stop:
    """Parse one declaration: its node and what is wrong with values in it, or where the grammar stopped."""
    builder = Builder()
    node = drive(tokens, builder.build)
    if isinstance(node, Stop):
        return node
    return Read(cast("DeclarationNode", node), tuple(builder.problems))
