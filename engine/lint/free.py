"""Which conditions are free: their form alone tells that they may come out true, and false, whatever else is so.

A condition is free when each of its comparisons could be either, and no two of them speak of what hangs together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policy.expressions import (
    ChangeOperand,
    Comparison,
    Condition,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoOperand,
    Operand,
    PatternOperand,
    StatusIs,
    TextOperand,
    ValuesOperand,
    children,
)
from policy.rules import WindowBound
from policy.types import REFERENCES, Field, FieldType

DATES = "contract dates"
"""What a window, a status and both dates of a contract speak of together."""
EVERYTHING = "*"
_TOGETHER = frozenset((*REFERENCES, "department"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a condition speaks of, and whether it is free. `EVERYTHING` among `topics`: it hangs on rules."""

    topics: frozenset[str]
    free: bool

    def meets(self, topics: Iterable[str]) -> bool:
        """Tell whether both may hang together."""
        other = frozenset(topics)
        return bool(self.topics & other) or (bool(other) and EVERYTHING in self.topics) or EVERYTHING in other


def read_condition(condition: Condition, *, holds_is_free: bool) -> Reading:
    """Read a condition. `holds_is_free`: what is held counts as something that hangs together with nothing."""
    topics: list[str] = []
    free = _read(condition, topics, holds_is_free=holds_is_free)
    return Reading(frozenset(topics), free and len(set(topics)) == len(topics))


def topics_of_bounds(bounds: Iterable[WindowBound | None]) -> frozenset[str]:
    """Tell what the bounds of a window speak of: the dates of a contract, and fields that they rest on."""
    fields = [one.moment.base for one in bounds if one is not None and one.moment is not None]
    return frozenset([DATES, *(topic_of(one) for one in fields if isinstance(one, Field))])


Group = tuple[list[Condition], Reading]
"""Conditions that hang together, and what they speak of; free only when it is one that is free."""


def components(parts: Sequence[Condition], *, holds_is_free: bool) -> list[Group]:
    """Put conditions that hang together into one group, so that groups hang together with no other group."""
    groups: list[Group] = []
    for part in parts:
        members, reading = [part], read_condition(part, holds_is_free=holds_is_free)
        for group in [one for one in groups if one[1].meets(reading.topics)]:
            groups.remove(group)
            members = group[0] + members
            reading = Reading(reading.topics | group[1].topics, free=False)
        groups.append((members, reading))
    return groups


def _read(condition: Condition, topics: list[str], *, holds_is_free: bool) -> bool:
    match condition:
        case Comparison():
            topics.append(topic_of(condition.field))
            return _is_free(condition.field, condition.operand)
        case StatusIs():
            topics.append(DATES)
            return True
        case Holds():
            topics.append(f"holds {condition.entitlement}" if holds_is_free else EVERYTHING)
            return holds_is_free
        case Named() | HasContract():
            return _read(condition.condition, topics, holds_is_free=holds_is_free)
        case _:
            below = [_read(one, topics, holds_is_free=holds_is_free) for one in children(condition)]
            return bool(below) and all(below)


def topic_of(field: Field) -> str:
    """Name what a field hangs together with: a part of a reference with the others, a date of a contract with both."""
    first = field.path.partition(".")[0]
    if field.root == "contract" and (first in _TOGETHER or field.path in {"start_date", "end_date"}):
        return first if first in _TOGETHER else DATES
    return "managers" if field.type is FieldType.PERSON else field.name


def _is_free(field: Field, operand: Operand) -> bool:
    """Tell whether a comparison by itself may be true, and false."""
    closed = frozenset(field.one_of or ())
    match operand:
        case NoOperand():
            return not field.required
        case TextOperand(text=text):
            return _some_of(closed, {text}, field) if closed else text != ""
        case ValuesOperand(values=values):
            return _some_of(closed, set(values), field) if closed else True
        case PatternOperand():
            return not closed
        case MomentOperand(moment=moment):
            return not isinstance(moment.base, Field)
        case ChangeOperand():
            return False
        case _:
            return True


def _some_of(closed: frozenset[str], values: set[str] | set[object], field: Field) -> bool:
    """Tell whether some value of a closed field is listed and some is not, or it may be absent."""
    listed = closed & values
    return bool(listed) and (listed != closed or not field.required)
