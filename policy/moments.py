"""Calendar arithmetic of the language: durations, and moments relative to today or to a date field."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from policy.types import Field


class Unit(StrEnum):
    """Unit of a duration. Days and weeks are exact; months and years keep the day and clamp to the month's last day."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Duration:
    """A count (0 or more) of units: `14 days`."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit.value[:-1] if self.count == 1 else self.unit.value}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A calendar date said relative to `base`: a date, `today`, or a date field; moved by `offset` in `direction`."""

    base: date | Literal["today"] | Field
    offset: Duration | None = None
    direction: Literal["before", "after"] = "after"

    def __str__(self) -> str:
        match self.base:
            case Field():
                base = self.base.name
            case date():
                base = self.base.isoformat()
            case _:
                base = self.base
        return base if self.offset is None else f"{self.offset} {self.direction} {base}"


def move(day: date, offset: Duration | None, direction: Literal["before", "after"]) -> date:
    """Move `day` by `offset`; stops at the first and last day the calendar knows (`date.min`, `date.max`)."""
    if offset is None:
        return day
    signed = offset.count if direction == "after" else -offset.count
    try:
        match offset.unit:
            case Unit.DAYS:
                return day + timedelta(days=signed)
            case Unit.WEEKS:
                return day + timedelta(weeks=signed)
            case Unit.MONTHS:
                return _move_months(day, signed)
            case Unit.YEARS:
                return _move_months(day, signed * 12)
    except (OverflowError, ValueError):
        return date.max if signed > 0 else date.min


def _move_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
