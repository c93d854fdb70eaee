"""Entries in any order to columns in key order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.columnar.runs import offsets_of
from engine.merge.entry_columns import EntryColumns
from engine.merge.managed import ManagedColumns, managed_columns
from policy.entitlements import Entitlement, EntitlementKey
from policy.ledger import ManagedEntitlement


@dataclass(frozen=True, eq=False)
class Entries:
    """Entries in any order, each key once.

    `owners` and `held` are places in `person_ids` and `entitlements`, which are distinct and in any order. `detailed`
    are places of entries, in the order of the rows of `details`.
    """

    person_ids: pa.StringArray
    owners: NDArray[np.int32]
    entitlements: Sequence[Entitlement]
    held: NDArray[np.int32]
    generations: NDArray[np.int32]
    detailed: NDArray[np.int64]
    details: pa.RecordBatch


def arranged(entries: Entries) -> ManagedColumns:
    """Columns of these entries. What is in order already, or nearly, costs little more than looking at it."""
    person_order = np.asarray(pc.sort_indices(entries.person_ids), np.int64)
    entitlement_order = sorted(range(len(entries.entitlements)), key=entries.entitlements.__getitem__)
    owners = _ranks(person_order)[entries.owners]
    held = _ranks(np.asarray(entitlement_order, np.int64))[entries.held]
    order = _order(owners, held, len(entitlement_order))
    generations, detailed = entries.generations, entries.detailed
    if order is not None:
        owners, held, generations = owners[order], held[order], generations[order]
        detailed = _ranks(order)[detailed].astype(np.int64)
    counts = np.bincount(owners, minlength=len(person_order))
    detail_order = np.argsort(detailed, kind="stable")
    return ManagedColumns(
        person_ids=entries.person_ids.take(pa.array(person_order[counts > 0])),
        first=offsets_of(counts[counts > 0]),
        entitlements=tuple(entries.entitlements[one] for one in entitlement_order),
        held=held,
        generations=generations,
        detailed=detailed[detail_order],
        details=entries.details.take(pa.array(detail_order)),
    )


def changed(
    columns: ManagedColumns, changes: Mapping[EntitlementKey, ManagedEntitlement | None]
) -> ManagedColumns:  # fmt: skip
    """Columns with some entries set, or forgotten (None)."""
    fresh = managed_columns({key: entry for key, entry in changes.items() if entry is not None})
    gone = [place for key in changes if (place := columns.place(key)) is not None]
    stays = np.ones(len(columns), bool)
    stays[gone] = False
    numbers = {entitlement: number for number, entitlement in enumerate(columns.entitlements)}
    theirs = [numbers.setdefault(one, len(numbers)) for one in fresh.entitlements]
    persons, owners = _persons_of(columns, fresh)
    kept = stays[columns.detailed]
    places = np.cumsum(stays) - 1
    return arranged(
        Entries(
            person_ids=persons,
            owners=np.concatenate((columns.owners[stays], owners)),
            entitlements=tuple(numbers),
            held=np.concatenate((columns.held[stays], np.asarray(theirs, np.int32)[fresh.held])),
            generations=np.concatenate((columns.generations[stays], fresh.generations)),
            detailed=np.concatenate((places[columns.detailed[kept]], fresh.detailed + np.count_nonzero(stays))),
            details=_stacked(columns.details.filter(pa.array(kept)), fresh.details),
        )
    )


def _persons_of(columns: EntryColumns, fresh: EntryColumns) -> tuple[pa.StringArray, NDArray[np.int32]]:
    """Persons of both, and the places among them of those who own the fresh entries."""
    rows: list[int] = []
    new: list[str] = []
    for person in fresh.person_ids.to_pylist():
        row = columns.find_person(person)
        rows.append(len(columns.person_ids) + len(new) if row is None else row)
        if row is None:
            new.append(person)
    persons = pa.concat_arrays([columns.person_ids, pa.array(new, pa.string())])
    return persons, np.asarray(rows, np.int32)[fresh.owners]


def _stacked(first: pa.RecordBatch, second: pa.RecordBatch) -> pa.RecordBatch:
    pairs = zip(first.columns, second.columns, strict=True)
    return pa.RecordBatch.from_arrays([pa.concat_arrays(pair) for pair in pairs], schema=first.schema)


def _ranks(order: NDArray[np.int64]) -> NDArray[np.int32]:
    """Place of each thing in the order."""
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks


def _order(owners: NDArray[np.int32], held: NDArray[np.int32], entitlements: int) -> NDArray[np.int64] | None:
    """Order of the entries; None when they are in order."""
    keys = owners.astype(np.int64) * entitlements + held
    if np.all(keys[1:] > keys[:-1]):
        return None
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    assert np.all(keys[1:] > keys[:-1]), "every key is there once"
    return order
