"""The columns of managed state: who holds what as numbers, with the little that only some entries have beside it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from policy.entitlements import Entitlement

DETAILS = pa.schema(
    [
        ("anchor", pa.large_string()),
        ("attributes", pa.large_string()),
        ("account_data", pa.large_string()),
        ("iteration", pa.int64()),
        ("disabled_on", pa.date32()),
        ("unmanage", pa.bool_()),
    ]
)
"""What only some entries have. `attributes` and `account_data` are canonical JSON; `disabled_on` alone may be null."""
_NOWHERE = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False, repr=False)
class EntryColumns:
    """Entries in key order.

    `person_ids` are ascending and hold those who hold something; person `i` owns the places `first[i]` to before
    `first[i + 1]` of `held` and `generations`. `entitlements` are ascending and may have some that nobody holds; `held`
    are places in them, ascending within a person. `detailed` are the places, ascending, of the entries that have more
    than a key and a generation: row `k` of `details` (of schema `DETAILS`) belongs to place `detailed[k]`.
    """

    person_ids: pa.StringArray
    first: NDArray[np.int64]
    entitlements: tuple[Entitlement, ...]
    held: NDArray[np.int32]
    generations: NDArray[np.int32]
    detailed: NDArray[np.int64]
    details: pa.RecordBatch
    _row_found: list[tuple[str, int]] = field(default_factory=list, init=False)

    def place_of(self, row: int, number: int) -> int | None:
        """Place of what the person in a row holds of an entitlement, or None."""
        last = self._first_view[row + 1]
        place = bisect_left(self._held_view, number, self._first_view[row], last)
        return place if place < last and self._held_view[place] == number else None

    @cached_property
    def owners(self) -> NDArray[np.int32]:
        """Row of the person of every entry."""
        return np.repeat(np.arange(len(self.person_ids), dtype=np.int32), np.diff(self.first))

    def detail_rows(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of the details of the entry at each place, -1 for none."""
        if not len(self.detailed):
            return np.full(len(places), -1, np.int64)
        rows = np.minimum(np.searchsorted(self.detailed, places), len(self.detailed) - 1)
        return np.where(self.detailed[rows] == places, rows, -1)

    @cached_property
    def gone(self) -> NDArray[np.int64]:
        """Places of accounts that a staged deletion disabled, ascending."""
        disabled_on = self.details.column("disabled_on")
        return self._places(disabled_on.is_valid()) if disabled_on.null_count < len(disabled_on) else _NOWHERE

    @cached_property
    def released(self) -> NDArray[np.int64]:
        """Places of entries released by hand, ascending."""
        unmanage = self.details.column("unmanage")
        return self._places(unmanage) if unmanage.true_count else _NOWHERE

    def _places(self, is_wanted: pa.BooleanArray) -> NDArray[np.int64]:
        """Places of entries with these details."""
        return self.detailed[is_wanted.to_numpy(zero_copy_only=False)]

    # Single numbers are read several times faster from a memoryview than from an array.
    @cached_property
    def _first_view(self) -> memoryview[int]:
        return self.first.data

    @cached_property
    def _held_view(self) -> memoryview[int]:
        return self.held.data

    def find_person(self, person: str) -> int | None:
        """Row of a person, or None when nothing of theirs is managed."""
        # Who looks up many keys mostly does so person by person: the last one is remembered.
        for known, row in self._row_found:
            if known == person:
                return row
        row = bisect_left(cast("Sequence[pa.Scalar]", self.person_ids), person, key=lambda one: one.as_py())
        if row == len(self.person_ids) or self.person_ids[row].as_py() != person:
            return None
        self._row_found[:] = [(person, row)]
        return row
