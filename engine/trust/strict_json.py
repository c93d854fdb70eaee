"""Reading signed JSON with nothing left to taste: one form only, and every field typed.

Whatever is signed is read by these rules, written out again and compared byte for byte by the callers, so unknown
fields, repeated keys, other white space or another spelling of the same value never pass.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime

from policy.canonical import JsonValue, canonical_json

_MOMENT_FORM = "%Y-%m-%dT%H:%M:%SZ"


def read_canonical(data: bytes) -> object:
    """Value of canonical JSON bytes. Raises ValueError when they are no JSON, or not in the canonical form."""
    try:
        value: JsonValue = json.loads(data.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
        same = canonical_json(value) == data
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not same:
        raise ValueError("it is not in the canonical form")
    return value


def moment_text(moment: datetime) -> str:
    """Aware moment as UTC text, to the second: `2026-03-01T08:00:00Z`."""
    assert moment.tzinfo is not None, "moments are aware"
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def read_moment(text: str) -> datetime:
    """Moment from the text of `moment_text`. Raises ValueError."""
    return datetime.strptime(text, _MOMENT_FORM).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields of a JSON object by name and type. Every getter raises ValueError in words when it is not so."""

    record: dict[str, object]

    @classmethod
    def of(cls, value: object) -> Fields:
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
        return date.fromisoformat(self.text(name))

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

    def _items(self, name: str) -> list[object]:
        value = self.record.get(name)
        if not isinstance(value, list):
            raise ValueError(f"`{name}` is no list")  # noqa: TRY004  # data of others, not our types
        return value


def _refuse(literal: str) -> object:
    raise ValueError(f"{literal} is outside the canonical profile")
