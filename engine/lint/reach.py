"""Whether one grant's window surely leaves out days that another's has, or surely has its first day."""

from __future__ import annotations

import math
from dataclasses import dataclass

from policy.moments import Duration, Unit
from policy.rules import Grant, Rule, TableGrant, WindowBound
from policy.types import Field

_DAYS = {Unit.DAYS: (1, 1), Unit.WEEKS: (7, 7), Unit.MONTHS: (28, 31), Unit.YEARS: (365, 366)}
_Granting = tuple[Rule, Grant | TableGrant]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A bound as days from a base: between `least` and `most`, because months differ."""

    base: object
    least: float
    most: float


def reaches(wide: _Granting, narrow: _Granting) -> bool:
    """Tell whether the window of `wide` may hold all days of `narrow`; False only when it surely does not."""
    start, other_start = (_edge(_starting(*one), "contract.start_date") for one in (wide, narrow))
    if start.base == other_start.base and start.least > other_start.most:
        return False
    end, other_end = (_edge(_ending(*one), "contract.end_date") for one in (wide, narrow))
    if end.least == math.inf:
        return True
    if other_end.least == math.inf:
        return False
    return end.base != other_end.base or end.most >= other_end.least


def begins_within(one: _Granting, other: _Granting) -> bool:
    """Tell whether the first day of `one` surely lies in the window of `other`; False: that is not certain."""
    start, earlier = (_edge(_starting(*granting), "contract.start_date") for granting in (one, other))
    end = _edge(_ending(*other), "contract.end_date")
    if earlier.base != start.base or earlier.most > start.least:
        return False
    if end.base == start.base or end.least == math.inf:
        return end.least >= start.most
    ends_with_contract = end.base == "contract.end_date" and end.least >= 0
    return ends_with_contract and start.base == "contract.start_date" and start.most <= 0


def _starting(rule: Rule, grant: Grant | TableGrant) -> WindowBound | None:
    return grant.window.starting or rule.window.starting


def _ending(rule: Rule, grant: Grant | TableGrant) -> WindowBound | None:
    return grant.window.ending or rule.window.ending


def _edge(bound: WindowBound | None, default: str) -> _Edge:
    if bound is None:
        return _Edge(default, 0, 0)
    moment = bound.moment
    if moment is None:
        return _Edge(default, math.inf, math.inf)
    base = moment.base.name if isinstance(moment.base, Field) else moment.base
    few, many = _span_of(moment.offset)
    if moment.direction == "before":
        return _Edge(base, -many, -few)
    return _Edge(base, few, many)


def _span_of(offset: Duration | None) -> tuple[int, int]:
    if offset is None:
        return 0, 0
    few, many = _DAYS[offset.unit]
    return offset.count * few, offset.count * many
