"""Columns as a snapshot again: persons are built when they are asked for, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from engine.columnar.columns import Columns, person_at
from policy.people import Person
from policy.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class ColumnPersons(Sequence[Person]):
    """Persons of columns in order; each is built anew whenever it is asked for."""

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
            return person_at(self.columns, rows)
        return tuple(person_at(self.columns, row) for row in rows)

    def __iter__(self) -> Iterator[Person]:
        return (person_at(self.columns, row) for row in range(len(self)))


def snapshot_of(columns: Columns) -> Snapshot:
    """Snapshot over columns: equal to the one they were made of, and as small as they are."""
    return Snapshot(ColumnPersons(columns), columns.departments, columns.digest)
