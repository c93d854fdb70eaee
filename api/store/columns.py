"""Column types with one meaning on every database."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator

from policy.canonical import JsonValue, canonical_json

Name = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared by code point: ids and names."""
Number = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit integer; SQLite numbers rows by itself only in a column called INTEGER."""


class UtcTime(TypeDecorator[datetime]):
    """A moment as ISO 8601 text in UTC with microseconds: 32 characters whose order is that of time."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # interface
        """Text of an aware time."""
        if value is None:
            return None
        assert value.tzinfo is not None, "only aware times are stored"
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # interface
        """Aware time in UTC."""
        return None if value is None else datetime.fromisoformat(value)


class CanonicalJson(TypeDecorator[JsonValue]):
    """A JSON value in its canonical form; None is the text `null`, so the column itself is never empty."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue | None, dialect: Dialect) -> str:  # noqa: ARG002  # interface
        """Canonical text. Control characters are escaped by JSON, so every database takes them."""
        return canonical_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonValue:  # noqa: ARG002  # interface
        """Value as it was stored."""
        return None if value is None else json.loads(value)
