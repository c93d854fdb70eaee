"""Rows of the table `managed` as entries, and in bulk as columns."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Text, func, select, type_coerce

from api.store import bulk
from api.store.entry_keys import PARTS, key_columns, key_of, key_values
from api.store.schema import managed, managed_changes
from engine.merge.arranging import Entries, arranged
from engine.merge.entry_columns import DETAILS
from engine.merge.managed import ManagedColumns
from policy.canonical import JsonValue, canonical_json
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.ledger import ManagedEntitlement

_KEY = tuple(managed.c[part] for part in PARTS)
# What most entries do not have comes as None: no object is made for it.
_MORE = (
    func.nullif(managed.c.anchor, ""),
    func.nullif(type_coerce(managed.c.attributes, Text), "{}"),
    func.nullif(type_coerce(managed.c.account_data, Text), "{}"),
    func.nullif(managed.c.iteration, 0),
    managed.c.disabled_on,
    func.nullif(managed.c.unmanage, 0),
)
_WIDTH = len(_KEY)
_NOTHING_MORE = (None,) * len(_MORE)


def read_columns(connection: Connection) -> ManagedColumns:
    """Everything managed, from every row, in the order in which the database reads fastest."""
    reading = _Reading()
    for rows in bulk.rows_of(connection, select(*_KEY, managed.c.generation, *_MORE)):
        reading.add(rows)
    return arranged(reading.entries())


class _Reading:
    """Rows that were read so far, as columns."""

    def __init__(self) -> None:
        self._count = 0
        self._numbers: defaultdict[tuple[str, str, str], int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__
        self._persons = [pa.array([], pa.string()).dictionary_encode()]
        self._held = [np.zeros(0, np.int32)]
        self._generations = [np.zeros(0, np.int32)]
        self._detailed = [np.zeros(0, np.int64)]
        self._details = [_details([])]

    def add(self, rows: Sequence[bulk.Row]) -> None:
        persons, targets, kinds, names, generations, *_ = zip(*rows, strict=True)
        numbers = map(self._numbers.__getitem__, zip(targets, kinds, names, strict=True))
        self._persons.append(pa.array(persons, pa.string()).dictionary_encode())
        self._held.append(np.fromiter(numbers, np.int32, len(rows)))
        self._generations.append(np.asarray(generations, np.int32))
        start = _WIDTH + 1
        places = [place for place, row in enumerate(rows) if row[start:] != _NOTHING_MORE]
        self._detailed.append(np.asarray(places, np.int64) + self._count)
        self._details.append(_details([rows[place][start:] for place in places]))
        self._count += len(rows)

    def entries(self) -> Entries:
        persons = pa.chunked_array(self._persons).unify_dictionaries().combine_chunks()
        return Entries(
            person_ids=persons.dictionary,
            owners=_numbers(persons.indices),
            entitlements=[Entitlement(target, Kind(kind), name) for target, kind, name in self._numbers],
            held=np.concatenate(self._held),
            generations=np.concatenate(self._generations),
            detailed=np.concatenate(self._detailed),
            details=pa.concat_batches(self._details),
        )


def _numbers(indices: pa.Array) -> NDArray[np.int32]:
    return np.asarray(indices, np.int32)


def _details(rows: Sequence[bulk.Row]) -> pa.RecordBatch:
    anchors, attributes, account_data, iterations, days, flags = zip(*rows, strict=True) if rows else ((),) * 6
    columns = [
        pa.array([one or "" for one in anchors], pa.large_string()),
        pa.array([one or "{}" for one in attributes], pa.large_string()),
        pa.array([one or "{}" for one in account_data], pa.large_string()),
        pa.array([one or 0 for one in iterations], pa.int64()),
        # One driver gives texts, the other dates: both say themselves in ISO 8601.
        pa.array([None if one is None else str(one) for one in days], pa.string()).cast(pa.date32()),
        pa.array([one is not None for one in flags], pa.bool_()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=DETAILS)


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
        query = select(*_KEY, managed.c.generation, *_MORE).where(managed.c.person.in_(part))
        for rows in bulk.rows_of(connection, query):
            for row in rows:
                if wanted is None or row[:_WIDTH] in wanted:
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
