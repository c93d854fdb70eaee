"""Rows of the table `managed` as entries."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Text, func, select, type_coerce

from api.store import bulk
from api.store.entry_keys import PARTS, key_columns, key_of, key_values
from api.store.schema import managed, managed_changes
from policy.canonical import JsonValue, canonical_json
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement

KEY = tuple(managed.c[part] for part in PARTS)
# What most entries do not have comes as None: no object is made for it.
MORE = (
    func.nullif(managed.c.anchor, ""),
    func.nullif(type_coerce(managed.c.attributes, Text), "{}"),
    func.nullif(type_coerce(managed.c.account_data, Text), "{}"),
    func.nullif(managed.c.iteration, 0),
    managed.c.disabled_on,
    func.nullif(managed.c.unmanage, 0),
)
WIDTH = len(KEY)
NOTHING_MORE = (None,) * len(MORE)


def count_changes(connection: Connection, since: int) -> int:
    """Count the changes that are remembered from after the serial `since`."""
    query = select(func.count()).select_from(managed_changes).where(managed_changes.c.serial > since)
    return int(connection.execute(query).scalar_one())


def read_changes(connection: Connection, since: int) -> dict[EntitlementKey, ManagedEntitlement | None]:
    """Entries that changed after the serial `since`, as they are now; None for those that are gone."""
    query = select(*(managed_changes.c[part] for part in PARTS)).where(managed_changes.c.serial > since)
    changed = {key_of(row) for row in connection.execute(query)}
    now = read_entries(connection, {key.person for key in changed}, changed)
    return {key: now.get(key) for key in changed}


def read_entries(
    connection: Connection, persons: Iterable[str], only: Collection[EntitlementKey] | None = None
) -> dict[EntitlementKey, ManagedEntitlement]:
    """Everything managed of these persons, or what of it has one of these keys."""
    wanted = None if only is None else {key_values(key) for key in only}
    entries = {}
    for part in bulk.in_parts(sorted(set(persons)), bulk.PARAMETERS):
        query = select(*KEY, managed.c.generation, *MORE).where(managed.c.person.in_(part))
        for rows in bulk.rows_of(connection, query):
            for row in rows:
                if wanted is None or row[:WIDTH] in wanted:
                    entry = _entry_of_bulk(row)
                    entries[entry.key] = entry
    return entries


def _entry_of_bulk(row: bulk.Row) -> ManagedEntitlement:
    person, target, kind, name, generation, anchor, attributes, account_data, iteration, day, unmanage = row
    return ManagedEntitlement(
        key=EntitlementKey(person, target, Kind(kind), name),
        generation=generation,
        anchor=anchor or "",
        attributes=json.loads(attributes) if attributes else {},
        account_data=json.loads(account_data) if account_data else {},
        iteration=iteration or 0,
        disabled_on=None if day is None else date.fromisoformat(str(day)),
        unmanage=bool(unmanage),
    )


def entry_of(row: Row[Any]) -> ManagedEntitlement:
    """Entry of a row with every column."""
    return ManagedEntitlement(
        key=key_of(row),
        generation=row.generation,
        anchor=row.anchor,
        attributes=row.attributes,
        account_data=row.account_data,
        iteration=row.iteration,
        disabled_on=row.disabled_on,
        unmanage=bool(row.unmanage),
    )


def entry_columns(entry: ManagedEntitlement) -> dict[str, Any]:
    """Columns of an entry by name."""
    return {
        **key_columns(entry.key),
        "generation": entry.generation,
        "anchor": entry.anchor,
        "attributes": entry.attributes,
        "account_data": entry.account_data,
        "iteration": entry.iteration,
        "disabled_on": entry.disabled_on,
        "unmanage": int(entry.unmanage),
    }


def bulk_row(entry: ManagedEntitlement) -> bulk.Row:
    """Values of every column as drivers take them (see `api.store.bulk`)."""
    return (
        *key_values(entry.key),
        entry.generation,
        entry.anchor,
        _json(entry.attributes),
        _json(entry.account_data),
        entry.iteration,
        None if entry.disabled_on is None else entry.disabled_on.isoformat(),
        int(entry.unmanage),
    )


def _json(value: JsonValue) -> str:
    return canonical_json(value).decode() if value else "{}"
