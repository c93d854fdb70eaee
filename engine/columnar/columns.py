"""The snapshot as columns: every field dictionary-encoded, contracts in one run per person."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.columnar.runs import offsets_of, places_in_runs
from policy.canonical import Value, plain, plain_number
from policy.people import Contract, DataProblem, Department, Person
from policy.snapshot import Snapshot
from policy.types import Root

Codes = NDArray[np.int32]
"""One number per row: 0 where the value is absent, else 1 + its place among the distinct values."""
_AT_A_TIME = 4096
"""Persons that are built at a time."""
_FEW = 8
"""So few rows are read one by one."""


@dataclass(frozen=True, eq=False)
class Column:
    """Values of one field. `array` is an Arrow dictionary array of texts (null: absent), one per row.

    `tag` is the type of all values as in a stored snapshot (t(ext), n(umber), d(ate), f(lag)); "" when they are of
    several types, and then the first letter of every text is its tag. Distinct texts are in ascending order.
    """

    tag: str
    array: pa.DictionaryArray

    @cached_property
    def codes(self) -> Codes:
        """Code of every row."""
        indices = self.array.indices.fill_null(-1)
        return np.asarray(indices.to_numpy(zero_copy_only=False) + 1, dtype=np.int32)

    @cached_property
    def values(self) -> tuple[Value | None, ...]:
        """Value of every code; None for code 0."""
        return (None, *(self.read(text) for text in self.array.dictionary.to_pylist()))

    def value(self, row: int) -> Value | None:
        """Value in one row; reads no other."""
        text = self.array[row].as_py()
        return None if text is None else self.read(text)

    def read(self, text: str) -> Value:
        """Value that a text of the column stands for."""
        return _read_value(self.tag, text) if self.tag else _read_value(text[0], text[1:])

    def part(self, low: int, high: int) -> Column:
        """Rows from `low` to before `high`, over the same distinct values."""
        return self.over(self.array.slice(low, high - low))

    def take(self, rows: NDArray[Any]) -> Column:
        """Rows with these numbers, over the same distinct values."""
        return self.over(self.array.take(pa.array(rows)))

    def narrowed(self) -> Column:
        """Give the same rows over the values that occur in them alone."""
        used, places = np.unique(self.codes, return_inverse=True)
        absent = used[:1] == 0
        indices = places.reshape(-1).astype(np.int32) - np.int32(absent.sum())
        dictionary = self.array.dictionary.take(pa.array(used[used > 0] - 1))
        mask = indices < 0
        return Column(
            self.tag,
            pa.DictionaryArray.from_arrays(pa.array(np.maximum(indices, 0), pa.int32(), mask=mask), dictionary),
        )

    def has_values_of(self, other: Column) -> bool:
        """Tell whether the distinct values of both columns are the same, so that their codes are."""
        return self.tag == other.tag and self.array.dictionary.equals(other.array.dictionary)

    def over(self, array: pa.DictionaryArray) -> Column:
        """Column of other rows over the same distinct values: when these were read already, they are not again."""
        found = Column(self.tag, array)
        if "values" in self.__dict__:
            found.__dict__["values"] = self.values
        return found


@dataclass(frozen=True, eq=False)
class Columns:
    """Persons (rows in order of external id) and their contracts (in one run per person, by external id).

    `digest` is that of the snapshot. `person_ids` holds external ids of persons; contracts of person `i` are the rows
    `first_contract[i]` to before `first_contract[i + 1]` (int64, one more than persons). `contract_ids` are their
    external ids. `fields` are the other values by root and path, as the snapshot keeps them. `problems` are those that
    mapping and import found, by row of the person.
    """

    digest: str
    person_ids: pa.StringArray
    first_contract: NDArray[np.int64]
    contract_ids: Column
    fields: Mapping[tuple[Root, str], Column]
    departments: tuple[Department, ...]
    problems: Mapping[int, tuple[DataProblem, ...]] = field(default_factory=dict)

    @property
    def person_count(self) -> int:
        """Number of persons."""
        return len(self.person_ids)

    @property
    def contract_count(self) -> int:
        """Number of contracts of all persons."""
        return int(self.first_contract[-1] - self.first_contract[0])

    @cached_property
    def owners(self) -> NDArray[np.int32]:
        """Row of the person of every contract."""
        counts = np.diff(self.first_contract)
        return np.repeat(np.arange(self.person_count, dtype=np.int32), counts)

    def find(self, external_id: str) -> int | None:
        """Row of the person with this external id, or None."""
        row = bisect_left(self.person_ids, external_id, key=lambda one: one.as_py())
        return row if row < self.person_count and self.person_ids[row].as_py() == external_id else None

    def part(self, low: int, high: int) -> Columns:
        """Persons from row `low` to before `high`, with their contracts; they share what is distinct."""
        first, last = int(self.first_contract[low]), int(self.first_contract[high])
        limits: Mapping[Root, tuple[int, int]] = {"person": (low, high), "contract": (first, last)}
        return Columns(
            digest=self.digest,
            person_ids=self.person_ids.slice(low, high - low),
            first_contract=self.first_contract[low : high + 1] - first,
            contract_ids=self.contract_ids.part(first, last),
            fields={key: column.part(*limits[key[0]]) for key, column in self.fields.items()},
            departments=self.departments,
            problems={row - low: found for row, found in self.problems.items() if low <= row < high},
        )

    def take(self, rows: NDArray[Any]) -> Columns:
        """Persons in these rows (ascending, each once) with their contracts; they share what is distinct."""
        theirs = self.contract_rows(rows)
        counts = self.first_contract[rows + 1] - self.first_contract[rows]
        wanted: Mapping[Root, NDArray[Any]] = {"person": rows, "contract": theirs}
        places = {row: place for place, row in enumerate(rows.tolist())} if self.problems else {}
        return Columns(
            digest=self.digest,
            person_ids=self.person_ids.take(pa.array(rows)),
            first_contract=offsets_of(counts),
            contract_ids=self.contract_ids.take(theirs),
            fields={key: column.take(wanted[key[0]]) for key, column in self.fields.items()},
            departments=self.departments,
            problems={places[row]: found for row, found in self.problems.items() if row in places},
        )

    def narrowed(self) -> Columns:
        """Give the same rows over the distinct values that they have: what is done once per value is as few as they."""
        fields = {key: column.narrowed() for key, column in self.fields.items()}
        return replace(self, contract_ids=self.contract_ids.narrowed(), fields=fields)

    def contract_rows(self, rows: NDArray[Any]) -> NDArray[np.int64]:
        """Rows of the contracts of the persons in these rows, person by person (int64)."""
        first = self.first_contract[rows]
        return places_in_runs(first, self.first_contract[rows + 1] - first)

    def persons_with(self, contracts: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Persons with one of these contracts or more, one flag each; `contracts` has a flag for every contract."""
        found = np.zeros(self.person_count, np.bool_)
        found[self.owners[contracts]] = True
        return found


def columns_of(snapshot: Snapshot) -> Columns:
    """Turn a snapshot into columns. Nothing of it is lost: see `engine.columnar.persons.snapshot_of`."""
    persons = snapshot.persons
    contracts = [contract for person in persons for contract in person.contracts]
    counts = np.fromiter((len(person.contracts) for person in persons), dtype=np.int64, count=len(persons))
    return Columns(
        digest=snapshot.digest,
        person_ids=pa.array([person.external_id for person in persons], pa.string()),
        first_contract=offsets_of(counts),
        contract_ids=encode([one.external_id for one in contracts]),
        fields={
            **_columns("person", [person.values for person in persons]),
            **_columns("contract", [one.values for one in contracts]),
        },
        departments=snapshot.departments,
        problems={row: person.problems for row, person in enumerate(persons) if person.problems},
    )


def encode(values: Sequence[Value | None]) -> Column:
    """Column of these values, one per row."""
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) == 1 and (write := _WRITERS.get(*kinds)) is not None:
        tag, text = write
        return column_of(values if text is None else _written(values, text), tag)
    tagged = [None if value is None else _tagged(value) for value in values]
    tags = {one[0] for one in tagged if one is not None}
    tag = tags.pop() if len(tags) == 1 else ""
    return column_of([one if one is None or not tag else one[1:] for one in tagged], tag)


def _written(values: Sequence[Any], write: Callable[[Any], str]) -> list[str | None]:
    """Texts of values of one type; each distinct value is written once."""
    texts: dict[Any, str | None] = {value: write(value) for value in set(values) - {None}}
    texts[None] = None
    return [texts[value] for value in values]


def column_of(texts: Iterable[Value | None], tag: str) -> Column:
    """Column of texts that all have the tag, or begin with theirs when it is ""."""
    array = pa.array(texts, pa.string()).dictionary_encode()
    return Column(tag, in_order(array))


def in_order(array: pa.DictionaryArray) -> pa.DictionaryArray:
    """Give the same values with the distinct ones ascending."""
    count = len(array.dictionary)
    order = pc.sort_indices(array.dictionary)  # UTF-8 is in the order of code points
    places = np.zeros(count + 1, np.int32)
    places[order.to_numpy()] = np.arange(count, dtype=np.int32)
    absent = array.indices.is_null()
    # What lies under a null is 0: some readers look at it.
    indices = places[array.indices.fill_null(count).to_numpy(zero_copy_only=False)]
    return pa.DictionaryArray.from_arrays(
        pa.array(indices, pa.int32(), mask=absent.to_numpy(zero_copy_only=False)), array.dictionary.take(order)
    )


def _columns(root: Root, rows: Sequence[Mapping[str, Value]]) -> dict[tuple[Root, str], Column]:
    paths = sorted({path for values in rows for path in values})
    return {(root, path): encode([values.get(path) for values in rows]) for path in paths}


_WRITERS: Mapping[type, tuple[str, Callable[[Any], str] | None]] = {
    str: ("t", None),
    date: ("d", date.isoformat),
    Decimal: ("n", plain_number),
    bool: ("f", lambda flag: "true" if flag else "false"),
}
"""Tag and text of the usual types; a text is its own."""


def _tagged(value: Value) -> str:
    match value:
        case bool():
            return "ftrue" if value else "ffalse"
        case str():
            return f"t{value}"
        case date():
            return f"d{value.isoformat()}"
        case _:
            return f"n{plain(value)}"


def _read_value(tag: str, text: str) -> Value:
    match tag:
        case "f":
            return text == "true"
        case "d":
            return date.fromisoformat(text)
        case "n":
            return Decimal(text)
        case _:
            return text


def person_at(columns: Columns, row: int) -> Person:
    """Give the person in a row, as the snapshot has them."""
    return next(people_at(columns.part(row, row + 1), np.zeros(1, np.int64)))


def people_at(columns: Columns, rows: NDArray[np.integer[Any]]) -> Iterator[Person]:
    """Give the persons in rows, as the snapshot has them; what is distinct is read once for all of them."""
    for at in range(0, len(rows), _AT_A_TIME):
        yield from _people(columns, rows[at : at + _AT_A_TIME].astype(np.int64))


def _people(columns: Columns, rows: NDArray[np.int64]) -> Iterator[Person]:
    limits = offsets_of(columns.first_contract[rows + 1] - columns.first_contract[rows]).tolist()
    contract_rows = columns.contract_rows(rows)
    values = _values_at(columns, "person", rows)
    contract_values = _values_at(columns, "contract", contract_rows)
    ids = _read_at(columns.contract_ids, contract_rows)
    contracts = [Contract(str(one), found) for one, found in zip(ids, contract_values, strict=True)]
    people = columns.person_ids.take(pa.array(rows)).to_pylist()
    for row, person, (low, high), found in zip(rows.tolist(), people, pairwise(limits), values, strict=True):
        yield Person(person, found, tuple(contracts[low:high]), columns.problems.get(row, ()))


def _values_at(columns: Columns, root: Root, rows: NDArray[np.int64]) -> list[dict[str, Value]]:
    found: list[dict[str, Value]] = [{} for _ in range(len(rows))]
    for (where, path), column in columns.fields.items():
        if where == root:
            for values, value in zip(found, _read_at(column, rows), strict=True):
                if value is not None:
                    values[path] = value
    return found


def _read_at(column: Column, rows: NDArray[np.int64]) -> list[Value | None]:
    """Value in each of these rows; of many distinct ones, no more than those of the rows are read."""
    if len(rows) <= _FEW:
        return [column.value(row) for row in rows.tolist()]
    if len(column.array.dictionary) <= len(rows):
        return [column.values[code] for code in column.codes[rows].tolist()]
    return [None if text is None else column.read(text) for text in column.array.take(pa.array(rows)).to_pylist()]
