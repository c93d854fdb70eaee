"""What a piece of a policy means, as a value to hold against another: without its place, its prose and its names."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass

from policy.expressions import AllOf, AnyOf, Condition, Named
from policy.source import Span
from policy.types import Field

_NO_MEANING = frozenset({"span", "title", "owner", "category", "about", "via", "set_name", "file"})
"""Fields of nouns that say where something stands or what people call it, and change nothing."""


def meaning_of(piece: object) -> Hashable:
    """Give equal values for pieces that mean the same: wherever they stand, in a define or not, in any order.

    The order of `and`, `or` and of grants has no meaning; neither has the name of a define, a set or a role.
    """
    match piece:
        case Named():
            return meaning_of(piece.condition)
        case AllOf() | AnyOf():
            parts = {meaning_of(one) for one in flat(piece)}
            return next(iter(parts)) if len(parts) == 1 else (type(piece).__name__, frozenset(parts))
        case Span():
            return ()
        case Field():
            return (piece.name, piece.type.value)
        case Mapping():
            return frozenset((meaning_of(key), meaning_of(value)) for key, value in piece.items())
        case tuple() | list():
            return tuple(meaning_of(one) for one in piece)
        case _ if is_dataclass(piece):
            told = tuple(
                meaning_of(getattr(piece, one.name))
                for one in fields(piece)
                if one.compare and one.name not in _NO_MEANING
            )
            return (type(piece).__name__, told)
        case _:
            assert isinstance(piece, Hashable), "what is no noun is a plain value"
            return piece


def same_meaning(one: object, other: object) -> bool:
    """Tell whether two pieces mean the same."""
    return meaning_of(one) == meaning_of(other)


def unnamed(condition: Condition) -> Condition:
    """Condition behind a name: that of the define, and of the define it names in turn."""
    while isinstance(condition, Named):
        condition = condition.condition
    return condition


def flat(condition: AllOf | AnyOf) -> tuple[Condition, ...]:
    """Parts of an `and` (of an `or`), those of the same kind inside it taken out of their parentheses and defines."""
    kind = type(condition)
    found: list[Condition] = []
    for part in condition.conditions:
        inner = unnamed(part)
        found.extend(flat(inner) if isinstance(inner, kind) else (part,))
    return tuple(found)
