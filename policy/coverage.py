"""What tests exercised of a policy: marks left on places of the rules, held against all there is to exercise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from policy.source import Span


class CoverKind(StrEnum):
    """What can be exercised; in the order in which reports list it."""

    RULE = "rule"
    CONDITION = "condition"
    GRANT = "grant"
    ROW = "table row"
    EXCLUSION = "exclusion"
    NEVER = "never"
    EVENT = "event"


class Seen(StrEnum):
    """One thing that was, or has to be, seen at a place."""

    TRUE = "true"
    FALSE = "false"
    GRANTED = "granted"
    REFUSED = "refused"
    GIVEN = "given"
    USED = "used"
    APPLIED = "applied"
    DENIED = "denied"
    FIRED = "fired"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Something seen at a place of the rules."""

    place: Span
    seen: Seen


@dataclass(frozen=True, slots=True)
class CoverItem:
    """Something to exercise: `text` in the author's words, `wanted` is all that has to be seen there."""

    kind: CoverKind
    text: str
    place: Span
    wanted: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """An item and what tests saw of it."""

    item: CoverItem
    seen: frozenset[Seen]

    @property
    def missing(self) -> tuple[Seen, ...]:
        """What no test saw."""
        return tuple(one for one in self.item.wanted if one not in self.seen)

    @property
    def hits(self) -> int:
        """How much of what is wanted was seen."""
        return len(self.item.wanted) - len(self.missing)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every item by place, with what was seen of it."""

    items: tuple[Covered, ...]

    @classmethod
    def of(cls, items: Iterable[CoverItem], marks: Iterable[Mark]) -> Coverage:
        """Hold what was seen against what there is."""
        seen: dict[Span, set[Seen]] = {}
        for mark in marks:
            seen.setdefault(mark.place, set()).add(mark.seen)
        return cls(tuple(Covered(one, frozenset(seen.get(one.place, ())) & frozenset(one.wanted)) for one in items))

    @property
    def wanted(self) -> int:
        """How much there is to see."""
        return sum(len(one.item.wanted) for one in self.items)

    @property
    def hits(self) -> int:
        """How much of it was seen."""
        return sum(one.hits for one in self.items)

    @property
    def per_mille(self) -> int:
        """Share in thousandths, rounded down; a policy without anything to exercise is covered whole."""
        return 1000 * self.hits // self.wanted if self.wanted else 1000
