"""What a reader of the language does next: parse tables in a form that a plain loop follows, and that can be kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

END_OF_TOKENS = "$END"
"""Terminal that stands behind the last token of a declaration."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """A rule of the grammar is complete: its last `size` parts become one.

    `origin` is what it is a case of, `name` what the builder calls it. A helper is a repetition (`row+`) and only a
    list of parts, put into the rule around it. With `stands_for_part` a single part stands for the rule (`?condition`).
    `helpers` tells for every part whether it is such a list; None when no part is.
    """

    origin: str
    name: str
    size: int
    is_helper: bool
    stands_for_part: bool
    helpers: tuple[bool, ...] | None


@dataclass(frozen=True, slots=True)
class Moves:
    """By state: which state follows a token, what to put together before it, which state follows a rule.

    `terminals` has the name of the terminal by its keyword, phrase or sign: `or below`, `end`, `->`.
    """

    start: int
    end: int
    behind_token: tuple[Mapping[str, int], ...]
    reductions: tuple[Mapping[str, Reduction], ...]
    behind_rule: tuple[Mapping[str, int], ...]
    terminals: Mapping[str, str]


def write_moves(moves: Moves) -> bytes:
    """Write moves as JSON; every reduction once, named by its place."""
    places: dict[Reduction, int] = {}
    by_state = [
        {terminal: places.setdefault(one, len(places)) for terminal, one in row.items()} for row in moves.reductions
    ]
    reductions = [[one.origin, one.name, one.size, one.is_helper, one.stands_for_part, one.helpers] for one in places]
    behind = [moves.behind_token, moves.behind_rule]
    return json.dumps([moves.start, moves.end, reductions, by_state, *behind, dict(moves.terminals)]).encode()


def read_moves(text: bytes) -> Moves:
    """Read what `write_moves` wrote."""
    start, end, flat, by_state, behind_token, behind_rule, terminals = json.loads(text)
    reductions = [
        Reduction(origin, name, size, is_helper, stands_for_part, None if helpers is None else tuple(helpers))
        for origin, name, size, is_helper, stands_for_part, helpers in flat
    ]
    return Moves(
        start,
        end,
        tuple(behind_token),
        tuple({terminal: reductions[place] for terminal, place in row.items()} for row in by_state),
        tuple(behind_rule),
        terminals,
    )
