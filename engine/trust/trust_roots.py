"""The trust root file: which key is whose, and what it may do.

`{"version": 1, "people": [{"person": "alice@example.org", "roles": ["reviewer"], "keys": ["<base64, 32 bytes>"],
"not_after": "2027-12-31"}]}`. A person may have several entries, as when a key is replaced; a key stands once.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from engine.trust.strict_json import Fields, read_base64, read_moment
from policy.catalogue.trust import BAD_TRUST_ROOT
from policy.diagnostics import DataError, Diagnostic
from policy.trust import TrustedKey, TrustRole, TrustRoot, is_same_person

_VERSION = 1
_KEY_BYTES = 32
_ENTRY_FIELDS = frozenset({"person", "roles", "keys", "not_after"})


def read_trust_root(text: str) -> TrustRoot:
    """Trust root from its file. Raises DataError ORD0740 that names the entry which is wrong."""
    try:
        rows = _read_people(text)
    except ValueError as error:
        raise _unreadable(f"The trust root is not as it should be: {error}.") from error
    keys: list[TrustedKey] = []
    for number, row in enumerate(rows, start=1):
        try:
            keys += _read_entry(row, keys)
        except ValueError as error:
            raise _unreadable(f"Entry {number} ({row.record.get('person', 'nameless')}): {error}.") from error
    return TrustRoot(tuple(keys))


def write_trust_root(trust: TrustRoot) -> str:
    """File of a trust root: one entry per key, readable."""
    people = [
        {
            "person": key.person,
            "roles": sorted(key.roles),
            "keys": [base64.b64encode(key.public).decode()],
            **({} if key.not_after is None else {"not_after": f"{key.not_after:%Y-%m-%dT%H:%M:%SZ}"}),
        }
        for key in trust.keys
    ]
    return json.dumps({"version": _VERSION, "people": people}, indent=2, ensure_ascii=False) + "\n"


def _read_people(text: str) -> tuple[Fields, ...]:
    try:
        record = json.loads(text, object_pairs_hook=_unique)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("it is no JSON") from None
    fields = Fields.of(record)
    if set(fields.record) != {"version", "people"} or fields.number("version") != _VERSION:
        raise ValueError("it must hold `version` (1) and `people`, and nothing else")
    return fields.rows("people")


def _read_entry(row: Fields, before: Sequence[TrustedKey]) -> list[TrustedKey]:
    foreign = sorted(set(row.record) - _ENTRY_FIELDS)
    if foreign:
        raise ValueError(f"`{foreign[0]}` means nothing here")
    person = row.text("person")
    if not person.strip():
        raise ValueError("`person` is empty")
    roles = frozenset(_read_role(name) for name in row.texts("roles"))
    not_after = None if (until := row.optional_text("not_after")) is None else _read_end(until)
    keys: list[TrustedKey] = []
    for written in row.texts("keys"):
        key = TrustedKey(person, _read_key(written), roles, not_after)
        _require_new(key, [*before, *keys])
        keys.append(key)
    if not keys:
        raise ValueError("`keys` is empty")
    return keys


def _read_role(name: str) -> TrustRole:
    try:
        return TrustRole(name)
    except ValueError:
        raise ValueError(f"there is no role `{name}`; there are {', '.join(TrustRole)}") from None


def _read_key(written: str) -> bytes:
    public = read_base64(written)
    if len(public) != _KEY_BYTES:
        raise ValueError(f"a key has {len(public)} bytes; an Ed25519 public key has {_KEY_BYTES}")
    return public


def _read_end(text: str) -> datetime:
    """End of a day that is named, or the very moment."""
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
    except ValueError:
        return read_moment(text)


def _require_new(key: TrustedKey, others: Sequence[TrustedKey]) -> None:
    for other in others:
        if other.public == key.public:
            raise ValueError(f"its key stands there already, for {other.person}")
        if other.person != key.person and is_same_person(other.person, key.person):
            raise ValueError(f"{key.person} and {other.person} are one person written in two ways")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return record


def _unreadable(detail: str) -> DataError:
    return DataError(Diagnostic(BAD_TRUST_ROOT, detail, hint="docs/verify.md shows a trust root file."))
