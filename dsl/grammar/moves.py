"""What a reader of the language does next: Lark's parse tables in a form that a plain loop can follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lark.grammar import Rule

from dsl.grammar.tables import parser

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
    """By state: which state follows a token, what to put together before it, which state follows a rule."""

    start: int
    end: int
    behind_token: tuple[Mapping[str, int], ...]
    reductions: tuple[Mapping[str, Reduction], ...]
    behind_rule: tuple[Mapping[str, int], ...]


@cache
def moves() -> Moves:
    """Give the moves of the language."""
    table = parser().parser.parser.parser.parse_table
    rows = [table.states[state] for state in range(len(table.states))]
    reductions: dict[Rule, Reduction] = {}
    (start,), (end,) = table.start_states.values(), table.end_states.values()
    return Moves(
        start,
        end,
        tuple({one: to for one, (_, to) in row.items() if isinstance(to, int) and one.isupper()} for row in rows),
        tuple(
            {
                one: reductions.setdefault(rule, _reduction(rule))
                for one, (_, rule) in row.items()
                if isinstance(rule, Rule)
            }
            for row in rows
        ),
        tuple({one: to for one, (_, to) in row.items() if isinstance(to, int) and not one.isupper()} for row in rows),
    )


def _reduction(rule: Rule) -> Reduction:
    helpers = tuple(not one.is_term and one.name.startswith("_") for one in rule.expansion)
    name = str(rule.alias or rule.origin.name)
    return Reduction(
        origin=rule.origin.name,
        name="operator" if name.startswith("operator_") else name,
        size=len(rule.expansion),
        is_helper=name.startswith("_"),
        stands_for_part=bool(rule.options.expand1) and not rule.alias,
        helpers=helpers if any(helpers) else None,
    )
