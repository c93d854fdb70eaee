"""Managed columns as an Arrow file that other programs can read: one row per person, entries and details in lists."""

from __future__ import annotations

import json
from typing import Protocol

import numpy as np
import pyarrow as pa

from engine.merge.entry_columns import DETAILS
from engine.merge.managed import ManagedColumns
from policy.entitlements import Entitlement, Kind

VERSION = "1"
_ENTRY = pa.struct(
    [pa.field("entitlement", pa.int32(), nullable=False), pa.field("generation", pa.int32(), nullable=False)]
)
_DETAIL = pa.struct([pa.field("place", pa.int64(), nullable=False), *DETAILS])
_FIELDS = [
    pa.field("person", pa.string(), nullable=False),
    pa.field("entries", pa.large_list(_ENTRY), nullable=False),
    pa.field("details", pa.large_list(_DETAIL), nullable=False),
]


class Sink(Protocol):
    """Where bytes go: an open binary file, or what behaves like one."""

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""
        ...

    def write(self, content: bytes, /) -> int:
        """Take in bytes."""
        ...

    def flush(self) -> None:
        """Let go of what was taken in."""
        ...


def write_managed(columns: ManagedColumns, sink: Sink) -> None:
    """Write columns as they are: nothing is copied before it is written."""
    said = json.dumps([[one.target, one.kind, one.name] for one in columns.entitlements])
    schema = pa.schema(_FIELDS, metadata={"version": VERSION, "entitlements": said})
    entries = [pa.array(columns.held), pa.array(columns.generations)]
    details = [pa.array(columns.detailed), *columns.details.columns]
    first_detail = np.searchsorted(columns.detailed, columns.first)
    batch = pa.RecordBatch.from_arrays(
        [
            columns.person_ids,
            pa.LargeListArray.from_arrays(columns.first, pa.StructArray.from_arrays(entries, fields=list(_ENTRY))),
            pa.LargeListArray.from_arrays(first_detail, pa.StructArray.from_arrays(details, fields=list(_DETAIL))),
        ],
        schema=schema,
    )
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(batch)


def read_managed(content: pa.Buffer) -> ManagedColumns:
    """Columns over the bytes of a file, which are not copied. Raises ValueError for another version or other bytes."""
    reader = pa.ipc.open_file(content)
    about = reader.schema.metadata or {}
    if about.get(b"version") != VERSION.encode() or reader.num_record_batches != 1:
        raise ValueError("not a file of managed entitlements, or of another version")
    persons, entries, details = reader.get_batch(0).columns
    held, generations = entries.values.flatten()
    places, *rest = details.values.flatten()
    return ManagedColumns(
        person_ids=persons,
        first=entries.offsets.to_numpy(),
        entitlements=tuple(
            Entitlement(target, Kind(kind), name) for target, kind, name in json.loads(about[b"entitlements"])
        ),
        held=held.to_numpy(),
        generations=generations.to_numpy(),
        detailed=places.to_numpy(),
        details=pa.RecordBatch.from_arrays(rest, schema=DETAILS),
    )
