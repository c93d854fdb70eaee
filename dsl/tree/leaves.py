"""Smallest nodes of the tree: ids, texts, numbers, dates, paths, entitlements, moments, each with its span.

Texts are decoded (escapes read) and in Unicode normal form C.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from policy.entitlements import Kind
from policy.moments import Duration
from policy.source import Span


@dataclass(frozen=True, slots=True)
class Ident:
    """An id, or the name of account data behind `using`."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes, without its quotes, escapes read."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, exact."""

    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number, 0 or more."""

    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date."""

    value: date
    span: Span


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Path:
    """A path, unresolved. `parts` begin with the root (`person`, `contract`, `account`); a sort key's root is added."""

    parts: tuple[str, ...]
    span: Span

    @property
    def name(self) -> str:
        """The path as the schema names it: `contract.cost_center.code`."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A permission's name. `pieces` are texts and paths in order; never empty."""

    pieces: tuple[str | Path, ...]
    span: Span

    @property
    def fixed(self) -> str | None:
        """The name, when no path stands in it."""
        if any(isinstance(piece, Path) for piece in self.pieces):
            return None
        return "".join(str(piece) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class EntitlementNode:
    """`account in ad`, `access in ad`, `permission "X" in ad`. `name` is None but for permissions."""

    kind: Kind
    name: TemplateText | None
    target: Ident
    span: Span


@dataclass(frozen=True, slots=True)
class MomentNode:
    """`2026-03-01`, `today`, `contract.start_date`, or `14 days before` one of these (`offset` with `direction`)."""

    base: Day | Literal["today"] | Path
    offset: Duration | None
    direction: Literal["before", "after"]
    span: Span
