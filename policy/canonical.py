"""One byte form per value: the restricted JSON profile that digests, lines and statements share.

Plain JSON and RFC 8785 (JSON Canonicalization Scheme) agree byte for byte on this profile: ASCII keys, sorted, no
floats, integers below 2^53, NFC text.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

JsonValue = None | bool | int | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
Value = str | Decimal | date | bool
"""A value of a field: text (NFC), number (exact), calendar date or flag. An absent value is `None` beside it."""

_MAX_INTEGER = 2**53
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)
_TEXT = json.JSONEncoder(ensure_ascii=False)


def canonical_json(value: JsonValue) -> bytes:
    """Bytes of `value` in the restricted profile, without a line end.

    Text is brought to NFC. Raises TypeError for a float or any other foreign type, ValueError for a key that is not
    ASCII, an integer of 2^53 or more, or a lone surrogate.
    """
    return _ENCODER.encode(_restrict(value)).encode()


def canonical_text(text: str) -> str:
    """Canonical JSON of a text, with its quotation marks: what `canonical_json` writes, as text."""
    return _TEXT.encode(normal_text(text))


def digest_of(value: JsonValue) -> str:
    """SHA-256 (hex) over the canonical form of `value`."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def normal_text(text: str) -> str:
    """Bring text to Unicode normal form C (UAX #15)."""
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def plain(value: Value | None) -> JsonValue:
    """JSON form of a field value: a date as ISO 8601, a number as plain decimal text without trailing zeros."""
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def plain_number(number: Decimal) -> str:
    """Decimal text of `number` without exponent or trailing zeros: `36`, `0.8`."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _restrict(value: JsonValue) -> JsonValue:
    # Asked for every value of every line: the usual types first, without a match.
    kind = type(value)
    if kind is str:
        return normal_text(value)  # type: ignore[arg-type]  # the line above
    if kind is list or kind is tuple:
        return [_restrict(item) for item in value]  # type: ignore[union-attr]  # the line above
    return _restrict_any(value)


def _restrict_any(value: JsonValue) -> JsonValue:
    match value:
        case None | bool():
            return value
        case int():
            if abs(value) >= _MAX_INTEGER:
                raise ValueError(f"integer out of the canonical profile: {value}")
            return value
        case str():
            return normal_text(value)
        case Mapping():
            if not all(key.isascii() for key in value):
                raise ValueError("a key of the canonical profile is ASCII text")
            return {key: _restrict(item) for key, item in value.items()}
        case list() | tuple():
            return [_restrict(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")
