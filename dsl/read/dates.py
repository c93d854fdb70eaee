"""Dates as people write them, and the ISO 8601 form they should have had."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

DATE_LIKE = r"[0-9]{1,4}(?P<mark>[-/.])[0-9]{1,2}(?P=mark)[0-9]{1,4}(?:T[0-9:.+Z]*)?(?!\w|-\w)"
"""What is read as an attempt at a date: three numbers with the same mark between them, perhaps with a time behind."""

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBERS = re.compile(r"([0-9]+)[-/.]([0-9]+)[-/.]([0-9]+)(T?)")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan",), ("feb", "fév"), ("mar", "maa", "mrt", "mär"), ("apr", "avr"), ("may", "mei", "mai"), ("jun",),
            ("jul",), ("aug", "aoû"), ("sep",), ("oct", "okt"), ("nov",), ("dec", "dez", "déc"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
"""Month by the first three letters of its name, where these are no other month's."""
_YEAR_DIGITS = 4
_LAST_MONTH = 12


@dataclass(frozen=True, slots=True)
class WrongDate:
    """Why what was written is no date, and what to write instead. `likely` is the reading to go on with."""

    detail: str
    hint: str
    likely: date


def read_date(written: str) -> date | WrongDate:
    """Read an ISO date; anything else is wrong, with every reading that the calendar allows as the hint."""
    if _ISO.fullmatch(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            return _impossible(written)
    found = _NUMBERS.match(written)
    assert found is not None, "only what looks like a date is read as one"
    first, second, third, time = found.groups()
    readings = _readings(first, second, third)
    if time:
        detail = f"`{written}` has a time; the language knows calendar dates alone."
    else:
        detail = f"`{written}` can be read in more than one way; a date is written year-month-day."
        if len(readings) <= 1:
            detail = f"`{written}` is not written year-month-day, with four, two and two digits."
    if not readings:
        return WrongDate(detail, "write the date as year-month-day, such as `2026-03-01`", date(2000, 1, 1))
    words = [f"`{one.isoformat()}` ({one.day} {calendar.month_name[one.month]} {one.year})" for one in readings]
    return WrongDate(detail, "write " + " or ".join(words), readings[0])


def named_month(day: str, month: str, year: str) -> date | None:
    """Read a date whose month is a word in English, Dutch, German or French; None when it is none."""
    number = _MONTHS.get(month.lower()[:3])
    if number is None or not (day.isdigit() and year.isdigit()):
        return None
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def _impossible(written: str) -> WrongDate:
    year, month, day = (int(part) for part in written.split("-"))
    if not 1 <= month <= _LAST_MONTH or not year >= 1:
        what = f"There is no month {month}" if year else "There is no year 0"
        return WrongDate(f"{what}, so `{written}` is no day.", "correct the date", date(max(year, 1), 1, 1))
    last = calendar.monthrange(year, month)[1]
    nearest = date(year, month, min(max(day, 1), last))
    detail = f"{calendar.month_name[month]} {year} has {last} days, so `{written}` is no day."
    return WrongDate(detail, f"did you mean `{nearest.isoformat()}`?", nearest)


def _readings(first: str, second: str, third: str) -> list[date]:
    """Every date the numbers may stand for: year first, or day or month first with a year of four (or two) digits."""
    one, two, three = int(first), int(second), int(third)
    if len(first) == _YEAR_DIGITS:
        orders = [(one, two, three)]
    else:
        year = three if len(third) == _YEAR_DIGITS else 2000 + three
        orders = [(year, two, one), (year, one, two)]
    found: list[date] = []
    for year, month, day in orders:
        try:
            reading = date(year, month, day)
        except ValueError:
            continue
        if reading not in found:
            found.append(reading)
    return found
