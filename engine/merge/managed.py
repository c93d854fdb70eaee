"""Managed state as columns: the mapping that everybody reads, over numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import ItemsView, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.merge.canonical_entries import canonical_entries
from engine.merge.entry_columns import DETAILS, EntryColumns
from engine.merge.kernels.pairs import count_items
from policy.canonical import canonical_json
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedEntries, managed_digest

_PERSONS_AT_ONCE = 10_000


@dataclass(frozen=True, eq=False, repr=False)
class ManagedColumns(EntryColumns, ManagedEntries):
    """Everything managed, in key order. Entries are built when they are asked for, one by one.

    `digests` remembers digests by lineage and serial, so that none is made twice.
    """

    digests: dict[tuple[str, int], str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.held)

    def __iter__(self) -> Iterator[EntitlementKey]:
        for person, first, last in self._runs():
            for number in self.held[first:last].tolist():
                yield EntitlementKey.of(person, self.entitlements[number])

    def __contains__(self, key: object) -> bool:
        return isinstance(key, EntitlementKey) and self.place(key) is not None

    def __getitem__(self, key: EntitlementKey) -> ManagedEntitlement:
        place = self.place(key)
        if place is None:
            raise KeyError(key)
        return self._entry(key, place)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ManagedColumns):
            return NotImplemented if not isinstance(other, Mapping) else dict(self.items()) == other
        return (
            np.array_equal(self.first, other.first)
            and self.person_ids.equals(other.person_ids)
            and self._holds_the_same(other)
            and np.array_equal(self.generations, other.generations)
            and np.array_equal(self.detailed, other.detailed)
            and self.details.equals(other.details)
        )

    __hash__ = None  # type: ignore[assignment]  # as every mapping

    def __repr__(self) -> str:
        return f"<{len(self)} managed entitlements of {len(self.person_ids)} persons>"

    def items(self) -> ItemsView[EntitlementKey, ManagedEntitlement]:
        """Keys and entries in key order."""
        return _Items(self)

    def digest_at(self, lineage: str, serial: int) -> str:
        """Digest of the state of these entries."""
        known = self.digests.get((lineage, serial))
        if known is None:
            known = managed_digest(canonical_entries(self), lineage=lineage, serial=serial)
            self.digests[lineage, serial] = known
        return known

    def counts(self) -> Mapping[tuple[str, Kind], int]:
        """Count entries by target and kind, without accounts that a staged deletion disabled."""
        return self._counts

    @cached_property
    def _counts(self) -> Counter[tuple[str, Kind]]:
        numbers = np.zeros(len(self.entitlements), np.int64)
        count_items(np.ascontiguousarray(self.held), numbers)
        numbers -= np.bincount(self.held[self.gone], minlength=len(self.entitlements))
        found: Counter[tuple[str, Kind]] = Counter()
        for entitlement, number in zip(self.entitlements, numbers.tolist(), strict=True):
            if number:
                found[entitlement.target, entitlement.kind] += number
        return found

    def place(self, key: EntitlementKey) -> int | None:
        """Place of an entry among all, or None when it is not managed. Builds no entry."""
        number = self._numbers.get((key.target, key.kind, key.name))
        row = None if number is None else self.find_person(key.person)
        return None if number is None or row is None else self.place_of(row, number)

    @cached_property
    def _numbers(self) -> dict[tuple[str, Kind, str], int]:
        return {(one.target, one.kind, one.name): number for number, one in enumerate(self.entitlements)}

    def _runs(self) -> Iterator[tuple[str, int, int]]:
        """Each person with the first of their places and the one after the last."""
        for low in range(0, len(self.person_ids), _PERSONS_AT_ONCE):
            persons = self.person_ids.slice(low, _PERSONS_AT_ONCE).to_pylist()
            limits = self.first[low : low + len(persons) + 1].tolist()
            yield from zip(persons, limits, limits[1:], strict=False)

    def entries_at(
        self, keys: Sequence[EntitlementKey], places: NDArray[np.int64]
    ) -> Iterator[tuple[EntitlementKey, ManagedEntitlement]]:
        """Keys with the entries at their places; those without a place (-1) are left out."""
        there = np.flatnonzero(places >= 0)
        rows = self.detail_rows(places[there])
        details = iter(self.details.take(pa.array(rows[rows >= 0])).to_pylist())
        columns = (there.tolist(), self.generations[places[there]].tolist(), rows.tolist())
        for at, generation, row in zip(*columns, strict=True):
            key = keys[at]
            yield key, _detailed(key, generation, next(details)) if row >= 0 else ManagedEntitlement(key, generation)

    def _entry(self, key: EntitlementKey, place: int) -> ManagedEntitlement:
        generation = int(self.generations[place])
        at = int(np.searchsorted(self.detailed, place))
        if at == len(self.detailed) or self.detailed[at] != place:
            return ManagedEntitlement(key, generation)
        return self._detailed_entry(key, generation, at)

    def _detailed_entry(self, key: EntitlementKey, generation: int, at: int) -> ManagedEntitlement:
        row = {name: column[at].as_py() for name, column in zip(DETAILS.names, self.details.columns, strict=True)}
        return _detailed(key, generation, row)

    def _holds_the_same(self, other: ManagedColumns) -> bool:
        if self.entitlements == other.entitlements:
            return np.array_equal(self.held, other.held)
        theirs = np.asarray(
            [self._numbers.get((one.target, one.kind, one.name), -1) for one in other.entitlements], np.int32
        )
        return len(self) == len(other) and np.array_equal(self.held, theirs[other.held])


def _detailed(key: EntitlementKey, generation: int, row: dict[str, Any]) -> ManagedEntitlement:
    """Entry with the details of a row."""
    row |= {name: json.loads(row[name]) for name in ("attributes", "account_data")}
    return ManagedEntitlement(key, generation, **row)


class _Items(ItemsView[EntitlementKey, ManagedEntitlement]):
    """Items in one pass, without a search for every key."""

    _mapping: ManagedColumns

    def __iter__(self) -> Iterator[tuple[EntitlementKey, ManagedEntitlement]]:
        columns = self._mapping
        detailed = iter([*columns.detailed.tolist(), len(columns)])
        at, following = 0, next(detailed)
        for place, (key, generation) in enumerate(zip(columns, columns.generations, strict=True)):
            if place == following:
                yield key, columns._detailed_entry(key, int(generation), at)  # noqa: SLF001  # its own view
                at, following = at + 1, next(detailed)
            else:
                yield key, ManagedEntitlement(key, int(generation))


def managed_columns(entries: Mapping[EntitlementKey, ManagedEntitlement]) -> ManagedColumns:
    """Columns of these entries, in whatever order they come. What are columns already stays as it is."""
    if isinstance(entries, ManagedColumns):
        return entries
    keys = sorted(entries)
    entitlements = tuple(sorted({key.entitlement for key in keys}))
    numbers = {entitlement: number for number, entitlement in enumerate(entitlements)}
    persons = list(dict.fromkeys(key.person for key in keys))
    rows = {person: row for row, person in enumerate(persons)}
    owners = np.fromiter((rows[key.person] for key in keys), np.int64, len(keys))
    detailed = [
        place for place, key in enumerate(keys) if entries[key] != ManagedEntitlement(key, entries[key].generation)
    ]
    return ManagedColumns(
        person_ids=pa.array(persons, pa.string()),
        first=np.searchsorted(owners, np.arange(len(persons) + 1)),
        entitlements=entitlements,
        held=np.fromiter((numbers[key.entitlement] for key in keys), np.int32, len(keys)),
        generations=np.fromiter((entries[key].generation for key in keys), np.int32, len(keys)),
        detailed=np.asarray(detailed, np.int64),
        details=details_of([entries[keys[place]] for place in detailed]),
    )


def details_of(entries: Sequence[ManagedEntitlement]) -> pa.RecordBatch:
    """Give what these entries have beside key and generation, one row each."""
    columns = (
        [one.anchor for one in entries],
        [canonical_json(one.attributes).decode() for one in entries],
        [canonical_json(one.account_data).decode() for one in entries],
        [one.iteration for one in entries],
        [one.disabled_on for one in entries],
        [one.unmanage for one in entries],
    )
    arrays = [pa.array(column, type_) for column, type_ in zip(columns, DETAILS.types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=DETAILS)
