"""Our loop over the grammar's moves does what Lark's own parser does with the same tables: same tree, same stop."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Tree
from lark.exceptions import UnexpectedToken
from lark.lexer import Token as LarkToken

from dsl.grammar.build import parser
from dsl.read.drive import drive
from dsl.read.phrases import join_words
from dsl.read.recovery import Stop
from dsl.read.scan import scan_text
from dsl.read.split import split_declarations
from dsl.read.tokens import Token
from policy.source import SourceFile
from tests.properties.strategies.every_clause import EVERY_CLAUSE


def lark_tree(tokens: Sequence[Token]) -> object:
    state = parser().parse_interactive("")
    for index, token in enumerate([*tokens, LarkToken("$END", "")]):
        try:
            tree = state.feed_token(cast("LarkToken", token))
        except UnexpectedToken:
            return Stop(index, frozenset(state.accepts()))
    return plain(tree)


def plain(tree: object) -> object:
    if not isinstance(tree, Tree):
        return tree
    name = str(tree.data)
    return ("operator" if name.startswith("operator_") else name, [plain(child) for child in tree.children])


def our_tree(tokens: Sequence[Token]) -> object:
    return drive(tokens, lambda name, parts: (name, parts))


def declarations() -> list[tuple[Token, ...]]:
    scan = scan_text(SourceFile.from_text("a.ordain", EVERY_CLAUSE))
    pieces, problems = split_declarations(join_words(scan.tokens))
    assert not problems
    return [piece.tokens for piece in pieces]


DECLARATIONS = declarations()
TOKENS = [token for tokens in DECLARATIONS for token in tokens]


def test_every_declaration_of_the_example_is_the_same_tree() -> None:
    for tokens in DECLARATIONS:
        tree = our_tree(tokens)
        assert not isinstance(tree, Stop)
        assert tree == lark_tree(tokens)


def test_every_beginning_of_a_declaration_stops_alike() -> None:
    for tokens in DECLARATIONS:
        for length in range(len(tokens)):
            assert our_tree(tokens[:length]) == lark_tree(tokens[:length])


@settings(max_examples=400, deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=4))
def test_a_broken_declaration_stops_alike(seed: int, changes: int) -> None:
    chance = random.Random(seed)
    tokens = list(chance.choice(DECLARATIONS))
    for _ in range(changes):
        place, other = chance.randrange(len(tokens)), chance.choice(TOKENS)
        match chance.randrange(3):
            case 0 if len(tokens) > 1:
                del tokens[place]
            case 1:
                tokens.insert(place, other)
            case _:
                tokens[place] = other
    assert our_tree(tokens) == lark_tree(tokens)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=12))
def test_token_soup_stops_alike(tokens: list[Token]) -> None:
    assert our_tree(tokens) == lark_tree(tokens)
