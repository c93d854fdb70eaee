"""Attributes and columns: a mapped value as a column takes it, and a column's value as an attribute."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from connectors.effects import spelled
from policy.canonical import JsonValue, plain_number

Declared = sa.types.TypeEngine[Any]

_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_DAY_LENGTH = len("2026-03-01")
_MAX_INTEGER = 2**53  # beyond it the canonical profile has no integers


def to_column(value: JsonValue, declared: Declared, *, typed: bool) -> Any:  # noqa: ANN401  # what a driver takes
    """Value for a column of the type `declared`; an absent value, and an empty one that is no text, is NULL.

    `typed` is false for SQLite, whose columns hold anything: dates and decimals stay text there. Raises ValueError,
    which never repeats the value, when it is none of that type.
    """
    if value is None:
        return None
    if isinstance(declared, sa.JSON | sa.ARRAY):
        return value
    text = spelled(value)
    if not text and not _holds_text(declared):
        return None
    try:
        return _read(text, declared, typed=typed)
    except (ValueError, KeyError, InvalidOperation):
        raise ValueError(f"a value is no {type(declared).__name__.lower()}") from None


def to_attribute(value: Any, declared: Declared) -> JsonValue:  # noqa: ANN401  # what a driver gives
    """Attribute for what stands in a column: text, an integer, a list of texts, or None."""
    match value:
        case None | str():
            return value
        case bool():
            return spelled(value)
        case int():
            if isinstance(declared, sa.Boolean) and value in {0, 1}:
                return spelled(bool(value))
            return value if abs(value) < _MAX_INTEGER else str(value)
        case float() | Decimal():
            number = Decimal(repr(value)) if isinstance(value, float) else value
            return plain_number(number) if number.is_finite() else str(value)
        case datetime():
            return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case list() if all(isinstance(item, str) for item in value):
            return list(value)
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
        case _:
            return str(value)


def to_key(anchor: str, declared: Declared) -> Any:  # noqa: ANN401  # text, number or UUID
    """Anchor as the key column has it. Raises ValueError when it cannot be one."""
    match declared:
        case sa.Integer():
            return int(anchor)
        case sa.Uuid():
            return uuid.UUID(anchor)
        case _:
            return anchor


def made_key(action_id: str, declared: Declared) -> str:
    """Anchor of an account whose key we make: the id of the action that makes it, or a UUID from its first 128 bits."""
    return str(uuid.UUID(action_id[:32])) if isinstance(declared, sa.Uuid) else action_id


def _holds_text(declared: Declared) -> bool:
    return isinstance(declared, sa.String | sa.types.NullType)


def _read(text: str, declared: Declared, *, typed: bool) -> Any:  # noqa: ANN401  # what a driver takes
    match declared:
        case sa.Boolean():
            return _FLAGS[text.lower()]
        case sa.Integer():
            return int(_FLAGS.get(text, text))
        case sa.Date():
            day = date.fromisoformat(text[:_DAY_LENGTH])
            return day if typed else day.isoformat()
        case sa.DateTime():
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None and not declared.timezone:
                moment = moment.astimezone(UTC).replace(tzinfo=None)
            return moment if typed else text
        case sa.Float():
            return float(text)
        case sa.Numeric():
            return Decimal(text) if typed else plain_number(Decimal(text))
        case sa.Uuid():
            return uuid.UUID(text)
        case _:
            return text
