"""Values brought to the type a field declares: one meaning of text, number, date and flag for sources and policy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from policy.canonical import Value, normal_text, plain, plain_number
from policy.records import RawValue
from policy.types import Field, FieldType

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_DAYS = 16_384  # a source says the same days again and again
_MAX_EXPONENT = 30  # written out, a number stays a line
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A value that is not of the declared type; `text` says so in the author's words, without naming the field."""

    text: str


def coerce(value: RawValue | Value | float, field: Field, timezone: str) -> Value | Mismatch | None:
    """Value as the type of `field`; None for an absent one (null, empty or blank text).

    Dates: `YYYY-MM-DD`, midnight in UTC (`…T00:00:00Z`) and a time without an offset are that calendar date; any other
    time is converted to `timezone` (IANA name) first. Numbers: plain decimals with a point. Flags: true, false, 1, 0.
    A number or date where text is declared becomes its plain text.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    found = _read(value, field.type, timezone)
    return Mismatch(f"{_shown(value)} is no {_NAMES[field.type]}") if found is None else found


def _read(value: RawValue | Value | float, declared: FieldType, timezone: str) -> Value | None:
    match declared:
        case FieldType.TEXT | FieldType.DEPARTMENT | FieldType.PERSON:
            return _text(value)
        case FieldType.NUMBER:
            return _number(value)
        case FieldType.DATE:
            return _date(value, timezone)
        case FieldType.FLAG:
            return _flag(value)


TEXTS = frozenset({FieldType.TEXT, FieldType.DEPARTMENT, FieldType.PERSON})
"""Types whose values are texts."""
_NAMES = {
    FieldType.TEXT: "text",
    FieldType.DEPARTMENT: "department's external id",
    FieldType.PERSON: "person's external id",
    FieldType.NUMBER: "number (36 or 0.8)",
    FieldType.DATE: "date (2026-03-01)",
    FieldType.FLAG: "flag (true or false)",
}


def _text(value: RawValue | Value | float) -> str | None:
    match value:
        case str():
            return normal_text(value)
        case bool():
            return None
        case Decimal() | int() | float():
            number = _number(value)
            return None if number is None else plain_number(number)
        case date():
            return value.isoformat()
        case _:
            return None


def _number(value: RawValue | Value | float) -> Decimal | None:
    match value:
        case bool():
            return None
        case int() | Decimal():
            number = Decimal(value)
        case float():
            number = Decimal(repr(value))
        case str() if _NUMBER.fullmatch(value.strip()):
            number = Decimal(value.strip())
        case _:
            return None
    return number if number.is_finite() and abs(number.adjusted()) <= _MAX_EXPONENT else None


def _date(value: RawValue | Value | float, timezone: str) -> date | None:
    match value:
        case datetime():
            return _day_of(value, timezone)
        case date():
            return value
        case str():
            return _read_date(value.strip(), timezone)
        case _:
            return None


@lru_cache(_DAYS)
def _read_date(text: str, timezone: str) -> date | None:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        return _day_of(datetime.fromisoformat(text), timezone) if _MOMENT.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def _day_of(moment: datetime, timezone: str) -> date:
    midnight_utc = moment.tzinfo is not None and moment.utcoffset() == UTC.utcoffset(None) and moment.time() == time()
    if moment.tzinfo is None or midnight_utc:
        return moment.date()
    try:
        return moment.astimezone(ZoneInfo(timezone)).date()
    except OverflowError:
        if moment.year == MAXYEAR:  # an end far away is what many systems write for “never”
            return moment.date()
        raise


def _flag(value: RawValue | Value | float) -> bool | None:
    match value:
        case bool():
            return value
        case str():
            return _FLAGS.get(value.strip().casefold())
        case int() | Decimal() if value in {0, 1}:
            return value == 1
        case _:
            return None


def _shown(value: RawValue | Value | float) -> str:
    match value:
        case str():
            return f"“{value if len(value) <= 60 else value[:57] + '…'}”"  # noqa: PLR2004  # one line on a screen
        case bool() | Decimal() | date():
            shown = plain(value)
            return str(shown).lower() if isinstance(value, bool) else str(shown)
        case int() | float():
            return str(value)
        case _:
            return "an object or a list"
