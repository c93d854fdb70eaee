"""What an update changes: attributes compared, secrets shown as salted digests."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy.canonical import JsonValue, canonical_json, normal_text

Attributes = Mapping[str, JsonValue]
_DIGEST = re.compile("hmac-sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Secrets:
    """Fields of one target that no diff may show, and the salt of the digests that stand for them."""

    target: str
    fields: frozenset[str]
    salt: bytes


def secret_digest(secrets: Secrets, field: str, value: JsonValue) -> str:
    """Salted digest that stands for a secret: `hmac-sha256:` and HMAC-SHA256 (RFC 2104, hex).

    The message is the canonical form of target, field and value, so equal secrets of two fields do not look equal.
    """
    message = canonical_json([secrets.target, field, plain_attribute(value)])
    return "hmac-sha256:" + hmac.new(secrets.salt, message, hashlib.sha256).hexdigest()


def compare_applied(applied: Attributes, mapped: Attributes, secrets: Secrets) -> tuple[dict[str, JsonValue], ...]:
    """Before and after of the mapped attributes that differ from those last applied; two empty dicts when none does.

    Compared exactly, as both come from our own mapping. An absent value equals None. A secret may have been kept as
    its digest. What is no longer mapped is left alone.
    """
    changed = [name for name in sorted(mapped) if not _was_applied(applied.get(name), mapped[name], name, secrets)]
    return _show(changed, applied, secrets), _show(changed, mapped, secrets)


def compare_observed(observed: Attributes, mapped: Attributes, secrets: Secrets) -> tuple[dict[str, JsonValue], ...]:
    """Before and after of the mapped attributes that differ from those a target tells.

    Compared as text, since a target has types of its own: absent, empty text and empty list are equal, and so are 36
    and "36".
    """
    changed = [name for name in sorted(mapped) if as_text(observed.get(name)) != as_text(mapped[name])]
    return _show(changed, observed, secrets), _show(changed, mapped, secrets)


def as_text(value: JsonValue) -> tuple[str, ...]:
    """Texts of a value, however a target types it: a list of one equals its element, nothing equals empty."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return tuple(text for item in value for text in as_text(item))
    if value is None or value == "":
        return ()
    if isinstance(value, Mapping):
        return (canonical_json(plain_attribute(value)).decode(),)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (normal_text(value if isinstance(value, str) else str(value)),)


def plain_attribute(value: JsonValue) -> JsonValue:
    """Value in the canonical profile: anything a target may tell that has no place there (a float) becomes text."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) < 2**53 else str(value)
        case Mapping():
            return {str(name): plain_attribute(item) for name, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [plain_attribute(item) for item in value]
        case _:
            return str(value)


def _was_applied(applied: JsonValue, mapped: JsonValue, name: str, secrets: Secrets) -> bool:
    if applied == mapped or canonical_json(plain_attribute(applied)) == canonical_json(plain_attribute(mapped)):
        return True
    return name in secrets.fields and applied == secret_digest(secrets, name, mapped)


def _show(names: Sequence[str], attributes: Attributes, secrets: Secrets) -> dict[str, JsonValue]:
    return {name: _show_one(name, attributes.get(name), secrets) for name in names}


def _show_one(name: str, value: JsonValue, secrets: Secrets) -> JsonValue:
    if name not in secrets.fields or value is None:
        return plain_attribute(value)
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return value
    return secret_digest(secrets, name, value)
