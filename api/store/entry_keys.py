"""Keys of entitlements as columns and as parameters of statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam

from policy.entitlements import EntitlementKey, Kind

PARTS = ("person", "target", "kind", "name")


def key_of(row: Row[Any]) -> EntitlementKey:
    """Key in a row."""
    return EntitlementKey(row.person, row.target, Kind(row.kind), row.name)


def key_values(key: EntitlementKey) -> tuple[str, str, str, str]:
    """Values of the columns of a key."""
    return key.person, key.target, key.kind.value, key.name


def key_columns(key: EntitlementKey) -> dict[str, str]:
    """Columns of a key by name."""
    return dict(zip(PARTS, key_values(key), strict=True))


def matches(table: Table) -> ColumnElement[bool]:
    """Condition on a whole key, whose parts come as the parameters that `key_parameters` gives."""
    return and_(*(table.c[part] == bindparam(f"key_{part}") for part in PARTS))


def key_parameters(key: EntitlementKey) -> dict[str, str]:
    """Parameters of `matches`."""
    return {f"key_{part}": value for part, value in key_columns(key).items()}
