"""The calendar as arithmetic of whole numbers, in terms of a solver that is handed in."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.prove.formula import DayTerm
from policy.moments import Unit

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_IN_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}
_IN_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}
_LAST = date.max.toordinal()


class CalendarTerms:
    """Days moved by durations, as `policy.moments.move` does; `laws` tie each day to its year, month and day."""

    def __init__(self, z3: Any) -> None:  # noqa: ANN401  # z3 has no types
        self.z3 = z3
        self.laws: list[Any] = []
        self._parts: dict[str, tuple[Any, Any, Any]] = {}

    def moved(self, base: Any, term: DayTerm) -> Any:  # noqa: ANN401
        """Day number of `base` moved as `term` says; it stops where the calendar ends."""
        if term.offset is None:
            return base
        count = term.offset.count if term.direction == "after" else -term.offset.count
        z3, unit = self.z3, term.offset.unit
        days, months = _IN_DAYS.get(unit), _IN_MONTHS.get(unit, 1)
        found = self._months(base, months * count) if days is None else base + days * count
        return z3.If(found < 1, z3.IntVal(1), z3.If(found > _LAST, z3.IntVal(_LAST), found))

    def _months(self, base: Any, months: int) -> Any:  # noqa: ANN401
        year, month, day = self._taken_apart(base)
        index = year * 12 + month - 1 + months
        to_year, to_month = index / 12, index % 12 + 1  # of whole numbers: rounded down
        length = self._length(to_year, to_month)
        return self._number(to_year, to_month, self.z3.If(day > length, length, day))

    def _taken_apart(self, base: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401
        name = str(base)
        if name not in self._parts:
            year, month, day = parts = tuple(self.z3.Int(f"{one} of {name}") for one in ("year", "month", "day"))
            self._parts[name] = (year, month, day)
            self.laws += [year >= 1, year <= date.max.year, month >= 1, month <= 12, day >= 1]  # noqa: PLR2004
            self.laws += [day <= self._length(year, month), base == self._number(*parts)]
        return self._parts[name]

    def _is_leap(self, year: Any) -> Any:  # noqa: ANN401
        z3 = self.z3
        return z3.And(year % 4 == 0, z3.Or(year % 100 != 0, year % 400 == 0))

    def _length(self, year: Any, month: Any) -> Any:  # noqa: ANN401
        z3 = self.z3
        found = z3.IntVal(31)
        for number, length in enumerate(_LENGTHS, start=1):
            days = z3.If(self._is_leap(year), z3.IntVal(29), z3.IntVal(28)) if length == 28 else z3.IntVal(length)  # noqa: PLR2004
            found = z3.If(month == number, days, found)
        return found

    def _number(self, year: Any, month: Any, day: Any) -> Any:  # noqa: ANN401
        """Proleptic Gregorian ordinal, as `date.toordinal`."""
        z3 = self.z3
        before = year - 1
        found = 365 * before + before / 4 - before / 100 + before / 400 + day
        passed = 0
        for number, length in enumerate(_LENGTHS[:-1], start=1):
            passed += length
            found = found + z3.If(month > number, z3.IntVal(length), z3.IntVal(0))
        return found + z3.If(z3.And(month > 2, self._is_leap(year)), z3.IntVal(1), z3.IntVal(0))  # noqa: PLR2004
