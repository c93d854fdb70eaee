"""Text to tree: reads a rules file, every declaration by itself.

The only file in which a parse tree of Lark lives; `dsl.read.build` turns each into our own nodes before it leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from lark import Tree
from lark.exceptions import UnexpectedToken
from lark.lexer import Token as LarkToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from dsl.grammar.tables import parser
from dsl.read.build import Builder
from dsl.read.parts import operator_of
from dsl.read.phrases import join_words
from dsl.read.recovery import Read, Stop, read_declaration
from dsl.read.scan import scan_text
from dsl.read.split import split_declarations
from dsl.read.tokens import Token
from dsl.tree.ast import BrokenDeclaration, DeclarationNode, File
from policy.diagnostics import Diagnostic
from policy.source import SourceFile


def parse_file(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
    """Read a rules file: the tree, and every independent problem of the text, sorted by place.

    Never raises on any text. Declarations with an error in them are in the tree as `BrokenDeclaration`.
    """
    scan = scan_text(source)
    pieces, problems = split_declarations(join_words(scan.tokens))
    problems += scan.problems
    declarations: list[DeclarationNode | BrokenDeclaration] = []
    for piece in pieces:
        declaration, found = read_declaration(piece, parse_tokens)
        declarations.append(declaration)
        problems += found
    span = scan.places.span(0, scan.places.length)
    file = File(source.path, tuple(declarations), tuple(scan.comments), span)
    return file, tuple(sorted(dict.fromkeys(problems), key=lambda one: one.sort_key))


def parse_tokens(tokens: Sequence[Token]) -> Read | Stop:
    """Parse one declaration: its node and what is wrong with values in it, or where the grammar stopped."""
    state = parser().parse_interactive("")
    for index, token in enumerate(tokens):
        try:
            state.feed_token(cast("LarkToken", token))  # Lark looks at `type` alone
        except UnexpectedToken:
            return Stop(index, _accepted(state))
    try:
        tree = state.feed_token(LarkToken("$END", ""))
    except UnexpectedToken:
        return Stop(len(tokens), _accepted(state))
    builder = Builder()
    node = _fold(cast("Tree[Any]", tree), builder)
    return Read(cast("DeclarationNode", node), tuple(builder.problems))


def _accepted(state: InteractiveParser) -> frozenset[str]:
    return frozenset(state.accepts())  # type: ignore[no-untyped-call]  # Lark ships it without types


def _fold(tree: Tree[Any], builder: Builder) -> object:
    """Build from the leaves up, without recursion; equal subtrees at two places stay two."""
    built: dict[int, object] = {}
    for subtree in tree.iter_subtrees():
        parts = [built[id(child)] if isinstance(child, Tree) else child for child in subtree.children]
        rule = str(subtree.data)
        if rule.startswith("operator_"):
            built[id(subtree)] = operator_of(cast("Token", parts[0]))
        else:
            built[id(subtree)] = getattr(builder, rule)(parts)
    return built[id(tree)]
