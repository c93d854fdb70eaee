"""Every row of the table `managed` as columns, without an object per row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from api.store import bulk
from api.store.managed_rows import KEY, MORE, NOTHING_MORE, WIDTH
from api.store.schema import managed
from engine.merge.arranging import Entries, arranged
from engine.merge.entry_columns import DETAILS
from engine.merge.managed import ManagedColumns
from policy.entitlements import Entitlement, Kind


def read_columns(connection: Connection) -> ManagedColumns:
    """Everything managed, from every row, in the order in which the database reads fastest."""
    reading = _Reading()
    for rows in bulk.rows_of(connection, select(*KEY, managed.c.generation, *MORE)):
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
        start = WIDTH + 1
        places = [place for place, row in enumerate(rows) if row[start:] != NOTHING_MORE]
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
