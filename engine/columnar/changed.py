"""What differs between two snapshots, found in their columns: only persons that differ are built."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.columnar.columns import Codes, Column, Columns, person_at
from engine.people.changes import person_differences
from policy.imports import PersonChange, PersonMove
from policy.types import Root

Rows = NDArray[np.int64]


def column_differences(before: Columns, after: Columns) -> Iterator[PersonChange | PersonMove]:
    """Give what `engine.people.changes.differences` gives of the same snapshots, in the same order."""
    old, new = differing_rows(before, after)
    for row, other in zip(old.tolist(), new.tolist(), strict=True):
        yield from person_differences(
            person_at(before, row) if row >= 0 else None, person_at(after, other) if other >= 0 else None
        )


def differing_rows(before: Columns, after: Columns) -> tuple[Rows, Rows]:
    """Rows of every person who differs, in both snapshots, by external id; -1 where somebody is not in one.

    Problems of mapping and import are not compared.
    """
    there = places_of(after.person_ids, before.person_ids)
    same = np.flatnonzero(there >= 0)
    pairs = same[_differ(before, after, there[same], same)]
    came = np.flatnonzero(there < 0)
    stayed = np.zeros(before.person_count, np.bool_)
    stayed[there[same]] = True
    gone = np.flatnonzero(~stayed)
    old = np.concatenate((there[pairs], np.full(len(came), -1), gone))
    new = np.concatenate((pairs, came, np.full(len(gone), -1)))
    ids = pa.concat_arrays([after.person_ids.take(pairs), after.person_ids.take(came), before.person_ids.take(gone)])
    order = pc.sort_indices(ids).to_numpy()
    return old[order], new[order]


def _differ(before: Columns, after: Columns, old: Rows, new: Rows) -> NDArray[np.bool_]:
    """Tell of each pair of persons, by their rows, whether a value of theirs differs."""
    found = _rows_differ("person", before, after, old=old, new=new)
    counts = np.diff(after.first_contract)[new]
    found |= np.diff(before.first_contract)[old] != counts
    whole = np.flatnonzero(~found)  # as many contracts as before: compare them one by one
    counts = counts[whole]
    pair = np.repeat(whole, counts)
    was, now = before.contract_rows(old[whole]), after.contract_rows(new[whole])
    different = _values_differ(before.contract_ids, after.contract_ids, was, now)
    different |= _rows_differ("contract", before, after, old=was, new=now)
    found[pair[different]] = True
    return found


def _rows_differ(root: Root, before: Columns, after: Columns, *, old: Rows, new: Rows) -> NDArray[np.bool_]:
    found = np.zeros(len(new), np.bool_)
    unmoved = np.array_equal(old, new)
    for key in {key for key in (*before.fields, *after.fields) if key[0] == root}:
        was, now = before.fields.get(key), after.fields.get(key)
        if was is not now or not unmoved:
            found |= _values_differ(was, now, old, new)
    return found


def _values_differ(before: Column | None, after: Column | None, old: Rows, new: Rows) -> NDArray[np.bool_]:
    if before is None or after is None:
        column, rows = (before, old) if before is not None else (after, new)
        assert column is not None, "a field of either snapshot"
        return np.asarray(column.codes[rows] != 0)
    was, now = _at(before.codes, old), _at(after.codes, new)
    return np.asarray((was if before.has_values_of(after) else _translated(before, after)[was]) != now)


def _at(codes: Codes, rows: Rows) -> Codes:
    """Codes in these rows, which ascend: where they are as many as there are, they are all."""
    return codes if len(rows) == len(codes) else codes[rows]


def _translated(before: Column, after: Column) -> Codes:
    """For every code of a column the code of the same value in another; -1 when it is not there."""
    same = before.tag == after.tag
    known = places_of(
        before.array.dictionary if same else _tagged(before), after.array.dictionary if same else _tagged(after)
    )
    return np.concatenate((np.zeros(1, np.int32), np.where(known < 0, -1, known + 1).astype(np.int32)))


def _tagged(column: Column) -> pa.StringArray:
    """Distinct values with their tags in front, as columns of several types have them already."""
    texts = column.array.dictionary
    return pc.binary_join_element_wise(column.tag, texts, "") if column.tag else texts


def places_of(values: pa.StringArray, among: pa.StringArray) -> Rows:
    """Place of each text among others; -1 when it is not there."""
    if values is among or values.equals(among):
        return np.arange(len(values), dtype=np.int64)
    found = pc.index_in(values, value_set=among).fill_null(-1)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)
