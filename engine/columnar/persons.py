"""Columns as a snapshot again: persons are built when they are asked for, and forgotten again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.columnar.columns import Columns, people_at, person_at
from policy.people import Person
from policy.snapshot import Persons, Snapshot

_REMEMBERED = 4096


@dataclass(frozen=True, eq=False)
class ColumnPersons(Persons):
    """Persons of columns in order; a loop builds them in blocks, and the last few asked for are remembered."""

    columns: Columns

    def __len__(self) -> int:
        return self.columns.person_count

    @overload
    def __getitem__(self, at: int) -> Person: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Person, ...]: ...
    def __getitem__(self, at: int | slice) -> Person | tuple[Person, ...]:
        rows = range(len(self))[at]
        if isinstance(rows, int):
            return self._at(rows)
        return tuple(people_at(self.columns, np.array(rows, np.int64)))

    def __iter__(self) -> Iterator[Person]:
        return people_at(self.columns, np.arange(len(self)))

    def find(self, external_id: str) -> Person | None:
        """Person with this external id, or None; no other is built."""
        row = self.columns.find(external_id)
        return None if row is None else self._at(row)

    def external_ids(self) -> list[str]:
        """External ids of all in order."""
        ids: list[str] = self.columns.person_ids.to_pylist()
        return ids

    def find_all(self, external_ids: Sequence[str]) -> Iterator[Person | None]:
        """Give the person of each external id in turn, or None; built in blocks."""
        rows = pc.index_in(pa.array(external_ids, pa.string()), value_set=self.columns.person_ids)
        people = people_at(self.columns, rows.drop_null().to_numpy(zero_copy_only=False))
        return (None if row is None else next(people) for row in rows.to_pylist())

    @cached_property
    def _at(self) -> Callable[[int], Person]:
        return lru_cache(_REMEMBERED)(partial(person_at, self.columns))


def snapshot_of(columns: Columns) -> Snapshot:
    """Snapshot over columns: equal to the one they were made of, and as small as they are."""
    return Snapshot(ColumnPersons(columns), columns.departments, columns.digest)
