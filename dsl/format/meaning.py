"""Whether two files mean the same: their trees without the places of what stands in them, and their comments."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache

from dsl.tree.ast import File
from policy.source import Span


def mean_the_same(one: File, other: File) -> bool:
    """Tell whether two files have the same declarations and the same comments, in the same order."""
    return _is_same(one.declarations, other.declarations) and _comments(one) == _comments(other)


def _comments(file: File) -> list[str]:
    return [comment.text.rstrip() for comment in file.comments]


def _is_same(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, Span):
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if is_dataclass(one):
        kind: type = type(one)
        return all(_is_same(getattr(one, name), getattr(other, name)) for name in _names(kind))
    return one == other


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
