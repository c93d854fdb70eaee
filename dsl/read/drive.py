"""Tokens to a node, or to the place where the grammar stops: a loop over the grammar's moves.

It does what Lark's own parser does with the same tables (a property holds the two together), but builds nodes at once
instead of a tree that is walked again. No parse tree of Lark is ever made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from dsl.grammar.moves import END_OF_TOKENS, Reduction
from dsl.grammar.tables import moves
from dsl.read.recovery import Stop
from dsl.read.tokens import Token

Build = Callable[[str, list[Any]], object]
"""Makes a node of the name of a rule and its parts, which are tokens and nodes."""


def drive(tokens: Sequence[Token], build: Build) -> Any | Stop:  # noqa: ANN401  # whatever `build` makes
    """Read one declaration to its node; `build` is called for every rule, leaves first."""
    table = moves()
    behind_token, reductions, behind_rule = table.behind_token, table.reductions, table.behind_rule
    state = table.start
    states = [state]
    values: list[Any] = []
    for index in range(len(tokens) + 1):
        token = tokens[index] if index < len(tokens) else None
        terminal = END_OF_TOKENS if token is None else token.type
        rule = reductions[state].get(terminal)
        while rule is not None:
            size = rule.size
            if size == 1 and rule.stands_for_part:
                states.pop()
            else:
                parts = values[-size:] if size else []
                if size:
                    del states[-size:], values[-size:]
                values.append(_put_together(rule, parts, build))
            state = behind_rule[states[-1]][rule.origin]
            states.append(state)
            rule = reductions[state].get(terminal)
        if token is None and state == table.end:
            break
        following = behind_token[state].get(terminal)
        if following is None:
            return Stop(index, _accepted(tuple(states)))
        state = following
        states.append(state)
        values.append(token)
    return values[-1]


def _put_together(rule: Reduction, parts: list[Any], build: Build) -> object:
    if rule.helpers is not None:
        parts = _spread(parts, rule.helpers)
    return parts if rule.is_helper else build(rule.name, parts)


def _spread(parts: list[Any], helpers: tuple[bool, ...]) -> list[Any]:
    """Put the parts of helpers in their place; a helper goes on in the list it has begun, so a long one is linear."""
    spread: list[Any] = parts[0] if helpers[0] else [parts[0]]
    for part, is_helper in zip(parts[1:], helpers[1:], strict=True):
        if is_helper:
            spread += part
        else:
            spread.append(part)
    return spread


@lru_cache(maxsize=1024)
def _accepted(states: tuple[int, ...]) -> frozenset[str]:
    """Terminals that could stand next."""
    table = moves()
    candidates = (*table.behind_token[states[-1]], *table.reductions[states[-1]])
    return frozenset(one for one in candidates if _takes(list(states), one))


def _takes(states: list[int], terminal: str) -> bool:
    table = moves()
    rule = table.reductions[states[-1]].get(terminal)
    while rule is not None:
        if rule.size:
            del states[-rule.size :]
        states.append(table.behind_rule[states[-1]][rule.origin])
        rule = table.reductions[states[-1]].get(terminal)
    return terminal in table.behind_token[states[-1]] or (terminal == END_OF_TOKENS and states[-1] == table.end)
