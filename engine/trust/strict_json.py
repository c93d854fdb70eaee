"""Reading signed JSON with nothing left to taste: one form only, and every field typed.

Whatever is signed is read by these rules, written out again and compared byte for byte by the callers, so unknown
fields, repeated keys, other white space or another spelling of the same value never pass.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar

from policy.canonical import JsonValue, canonical_json

Choice = TypeVar("Choice", bound=StrEnum)
_MOMENT_FORM = "%Y-%m-%dT%H:%M:%SZ"


def read_canonical(data: bytes) -> JsonValue:
    """Value of canonical JSON bytes. Raises ValueError when they are no JSON, or not in the canonical form."""
    value = read_json(data)
    try:
        canonical = canonical_json(value)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON of the canonical profile") from None
    if canonical != data:
        raise ValueError("it is not in the canonical form")
    return value


def read_json(data: bytes) -> JsonValue:
    """Value of JSON bytes without floats, for callers that hold the form against `data` themselves.

    Raises ValueError.
    """
    try:
        value: JsonValue = json.loads(data.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON of the canonical profile") from None
    return value


def moment_text(moment: datetime) -> str:
    """Aware moment as UTC text, to the second: `2026-03-01T08:00:00Z`."""
    assert moment.tzinfo is not None, "moments are aware"
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def read_moment(text: str) -> datetime:
    """Moment from the text of `moment_text`. Raises ValueError."""
    try:
        return datetime.strptime(text, _MOMENT_FORM).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{text!r} is no moment such as 2026-03-01T08:00:00Z") from None


def read_base64(text: str) -> bytes:
    """Bytes of standard base64 with padding, in its one spelling. Raises ValueError."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if base64.b64encode(data).decode() != text:
        raise ValueError("a value is no base64")
    return data


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields of a JSON object by name and type. Every getter raises ValueError in words when it is not so."""

    record: Mapping[str, JsonValue]

    @classmethod
    def of(cls, value: JsonValue) -> Fields:
        """Fields of `value`, which must be a JSON object."""
        if not isinstance(value, dict):
            raise ValueError("an object is missing")  # noqa: TRY004  # data of others, not our types
        return cls(value)

    def text(self, name: str) -> str:
        """Text field."""
        value = self.record.get(name)
        if not isinstance(value, str):
            raise ValueError(f"`{name}` is no text")  # noqa: TRY004  # data of others, not our types
        return value

    def optional_text(self, name: str) -> str | None:
        """Text field that may be missing."""
        return self.text(name) if name in self.record else None

    def number(self, name: str) -> int:
        """Whole number, 0 or more."""
        value = self.record.get(name)
        if type(value) is not int or value < 0:
            raise ValueError(f"`{name}` is no number")
        return value

    def flag(self, name: str) -> bool:
        """Flag field."""
        value = self.record.get(name)
        if not isinstance(value, bool):
            raise ValueError(f"`{name}` is no flag")  # noqa: TRY004  # data of others, not our types
        return value

    def digest(self, name: str) -> str:
        """SHA-256 in hex, small letters."""
        value = self.text(name)
        if len(value) != 64 or not set(value) <= set("0123456789abcdef"):  # noqa: PLR2004  # 32 bytes in hex
            raise ValueError(f"`{name}` is no SHA-256")
        return value

    def moment(self, name: str) -> datetime:
        """UTC moment to the second."""
        return read_moment(self.text(name))

    def day(self, name: str) -> date:
        """ISO date."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise ValueError(f"`{name}` is no date") from None

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """One of the words of an enumeration."""
        value = self.text(name)
        for choice in choices:
            if choice.value == value:
                return choice
        raise ValueError(f"`{name}` is {value!r}, which means nothing here")

    def inner(self, name: str) -> Fields:
        """Object in an object."""
        return Fields.of(self.record.get(name))

    def rows(self, name: str) -> tuple[Fields, ...]:
        """List of objects."""
        return tuple(Fields.of(item) for item in self._items(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """List of texts."""
        items = self._items(name)
        if not all(isinstance(item, str) for item in items):
            raise ValueError(f"`{name}` is no list of texts")
        return tuple(str(item) for item in items)

    def numbers(self, name: str) -> tuple[int, ...]:
        """List of whole numbers."""
        return tuple(Fields({"number": item}).number("number") for item in self._items(name))

    def _items(self, name: str) -> list[JsonValue]:
        value = self.record.get(name)
        if not isinstance(value, list):
            raise ValueError(f"`{name}` is no list")  # noqa: TRY004  # data of others, not our types
        return value


def _refuse(literal: str) -> object:
    raise ValueError(f"{literal} is outside the canonical profile")
