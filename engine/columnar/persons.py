"""Columns as a snapshot again: persons are built when they are asked for, and forgotten again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import overload

from engine.columnar.columns import Column, Columns, person_at
from policy.canonical import Value
from policy.people import Contract, Person
from policy.snapshot import Persons, Snapshot
from policy.types import Root

_BLOCK = 1024
_FEW = 4096  # so many distinct values are kept as Python values, each once
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
        return tuple(self._at(row) for row in rows)

    def __iter__(self) -> Iterator[Person]:
        count = len(self)
        for low in range(0, count, _BLOCK):
            yield from _between(self.columns, low, min(low + _BLOCK, count))

    def find(self, external_id: str) -> Person | None:
        """Person with this external id, or None; no other is built."""
        row = self.columns.find(external_id)
        return None if row is None else self._at(row)

    def external_ids(self) -> list[str]:
        """External ids of all in order."""
        ids: list[str] = self.columns.person_ids.to_pylist()
        return ids

    @cached_property
    def _at(self) -> Callable[[int], Person]:
        return lru_cache(_REMEMBERED)(partial(person_at, self.columns))


def snapshot_of(columns: Columns) -> Snapshot:
    """Snapshot over columns: equal to the one they were made of, and as small as they are."""
    return Snapshot(ColumnPersons(columns), columns.departments, columns.digest)


def _between(columns: Columns, low: int, high: int) -> Iterator[Person]:
    """Persons of the rows from `low` to before `high`, read column by column."""
    limits = columns.first_contract[low : high + 1].tolist()
    first = limits[0]
    contracts = [
        Contract(str(external_id), values)
        for external_id, values in zip(
            _values(columns.contract_ids, first, limits[-1]),
            _rows(columns, "contract", first, limits[-1]),
            strict=True,
        )
    ]
    ids = columns.person_ids.slice(low, high - low).to_pylist()
    for place, (external_id, values) in enumerate(zip(ids, _rows(columns, "person", low, high), strict=True)):
        own = tuple(contracts[limits[place] - first : limits[place + 1] - first])
        yield Person(external_id, values, own, columns.problems.get(low + place, ()))


def _rows(columns: Columns, root: Root, low: int, high: int) -> list[dict[str, Value]]:
    rows: list[dict[str, Value]] = [{} for _ in range(high - low)]
    for (where, path), column in columns.fields.items():
        if where == root:
            for row, value in zip(rows, _values(column, low, high), strict=True):
                if value is not None:
                    row[path] = value
    return rows


def _values(column: Column, low: int, high: int) -> Sequence[Value | None]:
    """Values of some rows. Where there are few distinct ones they are shared, as are their codes."""
    if len(column.array.dictionary) <= _FEW:
        return [column.values[code] for code in column.codes[low:high].tolist()]
    part = column.array.slice(low, high - low)
    if column.tag == "t":
        texts: list[str | None] = part.dictionary_decode().to_numpy(zero_copy_only=False).tolist()
        return texts
    narrow = part.dictionary_decode().dictionary_encode()
    return _values(Column(column.tag, narrow), 0, high - low)
