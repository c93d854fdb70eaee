"""Code lenses: how many people a rule gives something, and a button that runs a test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from lsprotocol import types

from api.lsp.census import Census
from api.lsp.desk import Sight
from api.lsp.trials import Trials
from dsl.editor.view import head_of
from dsl.read.split import Piece
from dsl.read.texts import decode
from dsl.tree.ast import DeclarationWord
from policy.source import Span

SHOW_PERSONS = "ordain.showPersons"
RUN_TEST = "ordain.runTest"


def code_lenses(sight: Sight, census: Census, trials: Trials) -> list[types.CodeLens]:
    """Give a lens for every rule, when there is a snapshot to count, and for every test."""
    if sight.files is None:
        return []
    found = chain.from_iterable(_of_piece(piece, sight, census, trials) for piece in sight.view.pieces)
    return list(found)


def _of_piece(piece: Piece, sight: Sight, census: Census, trials: Trials) -> Iterator[types.CodeLens]:
    name, title = head_of(piece)
    if piece.word is DeclarationWord.RULE and name is not None and sight.world is not None and sight.world.snapshot:
        command = _rule_command(name.words, sight, census)
        if piece.tokens[0].words == "draft" and command.command:
            command.title += ", were it no draft"
        yield _lens(sight, name.span, command)
    elif piece.word is DeclarationWord.TEST and title is not None:
        words = decode(title.words)
        before = trials.verdict(sight, words)
        label = "run test" if before is None else f"{'passed' if before else 'failed'}, run again"
        yield _lens(sight, title.span, types.Command(label, RUN_TEST, arguments=[sight.page.uri, words]))


def _lens(sight: Sight, span: Span, command: types.Command) -> types.CodeLens:
    return types.CodeLens(sight.page.range(span), command)


def _rule_command(rule: str, sight: Sight, census: Census) -> types.Command:
    """Say what is known of a rule: while somebody types, the count of the rules as they stood before."""
    if sight.has_errors:
        return types.Command("no count while the rules have errors", "")
    count = census.last(rule)
    if count is None:
        return types.Command("counting …", "")
    setting = sight.setting
    newest = setting is not None and census.rules(setting) is not None
    return types.Command(count.words if newest else f"{count.words} …", SHOW_PERSONS, arguments=[sight.page.uri, rule])


def persons_in_words(rule: str, census: Census) -> str:
    """Name some of the people whom a rule gives something today."""
    count = census.last(rule)
    if count is None:
        return f"{rule} is not counted yet"
    more = f" and {count.found - len(count.first):,} more" if count.found > len(count.first) else ""
    listed = ": " + ", ".join(count.first) + more if count.first else ""
    return f"{rule} gives something to {count.words} today{listed}"
