"""Blocks of whole persons as Arrow tables: what the kernel reads of them, and what it says of them.

What is the same for everybody (`common_reading`) travels once, blocks travel to whoever decides them. A block has a row
per person: `row` (int64, of the whole population), `first_contract` (int64, row of their first contract there),
`contracts` (int32, how many), and as lists of int32 the `person_lines`, `contract_lines`, `person_codes` and
`contract_codes` of `engine.columnar.tables` and `engine.columnar.desired.Gifts`, those of contracts one after another.

Results have a row per person too: `row`, and as lists of int32 `given`, `fired` and `through` of `DesiredColumns`.
Both can be cut between persons, put together and mixed up as one likes: rows say where they belong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.columnar.columns import Codes
from engine.columnar.desired import DesiredColumns, Numbers, Offsets
from engine.columnar.run import Part, Reading, put_together, reading_of, run_reading
from engine.columnar.runs import offsets_of
from engine.columnar.tables import BitTables, Tables

PERSONS = 50_000
"""Persons of a block unless said otherwise: a few megabytes, and some hundredths of a second of work."""


def common_reading(tables: Tables) -> Reading:
    """Give what the kernel reads of tables whoever is decided; the rows of persons and contracts are left out."""
    reading = reading_of(tables)
    gifts = reading.gifts
    return replace(
        reading,
        first_contract=np.zeros(1, np.int64),
        persons=_without_rows(reading.persons),
        contracts=_without_rows(reading.contracts),
        gifts=replace(gifts, codes=gifts.codes[:, :0].copy(), person_codes=gifts.person_codes[:, :0].copy()),
    )


def blocks_of(tables: Tables, size: int = PERSONS) -> Iterator[pa.Table]:
    """Cut everybody of the tables into blocks of at most `size` persons (at least 1), one at a time."""
    assert size > 0, "a block has somebody in it"
    reading, count = reading_of(tables), tables.population.columns.person_count
    for low in range(0, count, size):
        yield _block(reading, low, min(low + size, count))


def decide_block(common: Reading, block: pa.Table) -> pa.Table:
    """Decide the persons of a block."""
    counts = _numbers(block, "contracts")
    reading = replace(
        common,
        first_contract=offsets_of(counts),
        persons=replace(common.persons, lines=_lines(block, "person_lines", common.persons)),
        contracts=replace(common.contracts, lines=_lines(block, "contract_lines", common.contracts)),
        gifts=replace(
            common.gifts,
            codes=_codes(block, "contract_codes", len(common.gifts.codes)),
            person_codes=_codes(block, "person_codes", len(common.gifts.person_codes)),
        ),
    )
    part = run_reading(reading, 0, block.num_rows)
    here = _numbers(block, "first_contract") - reading.first_contract[:-1]
    shift = np.repeat(here, np.diff(part.first_fired))
    through = np.where(part.through < 0, np.int32(-1), (part.through + shift).astype(np.int32))
    return pa.table(
        {
            "row": block.column("row"),
            "given": _lists(part.first, part.given),
            "fired": _lists(part.first_fired, part.fired),
            "through": _lists(part.first_fired, through),
        }
    )


def gather(tables: Tables, results: Iterable[pa.Table]) -> DesiredColumns:
    """Put results together, in whatever order they come, to what is desired of everybody of the tables.

    Raises ValueError when somebody is missing among them, or stands there twice.
    """
    pieces = sorted(_in_order(results), key=lambda one: one[0])
    wanted = 0
    for row, part in pieces:
        if row != wanted:
            raise ValueError(f"row {wanted} was expected and {row} came")
        wanted += len(part.first) - 1
    if wanted != tables.population.columns.person_count:
        raise ValueError(f"{wanted} of {tables.population.columns.person_count} rows came")
    return put_together(tables, [part for _, part in pieces])


def _block(reading: Reading, low: int, high: int) -> pa.Table:
    starts = reading.first_contract[low : high + 1]
    counts, begin, end = np.diff(starts), int(starts[0]), int(starts[-1])
    ones = np.ones(high - low, np.int64)
    gifts = reading.gifts
    return pa.table(
        {
            "row": pa.array(np.arange(low, high, dtype=np.int64)),
            "first_contract": pa.array(starts[:-1]),
            "contracts": pa.array(counts.astype(np.int32)),
            "person_lines": _rows(ones, reading.persons.lines[low:high]),
            "contract_lines": _rows(counts, reading.contracts.lines[begin:end]),
            "person_codes": _rows(ones, gifts.person_codes[:, low:high].T),
            "contract_codes": _rows(counts, gifts.codes[:, begin:end].T),
        }
    )


def _without_rows(tables: BitTables) -> BitTables:
    return replace(tables, look_ups=(), lines=tables.lines[:0].copy())


def _rows(counts: NDArray[np.int64], numbers: NDArray[np.int32]) -> pa.LargeListArray:
    """Give lists of so many rows of numbers each."""
    return _lists(offsets_of(counts * numbers.shape[1]), np.ascontiguousarray(numbers).reshape(-1))


def _lists(first: Offsets, numbers: Numbers) -> pa.LargeListArray:
    return pa.LargeListArray.from_arrays(pa.array(first), pa.array(numbers))


def _lines(block: pa.Table, name: str, tables: BitTables) -> Codes:
    return _flat(block, name).reshape(_row_count(block, name), tables.lines.shape[1])


def _codes(block: pa.Table, name: str, slots: int) -> Codes:
    return np.ascontiguousarray(_flat(block, name).reshape(_row_count(block, name), slots).T)


def _row_count(block: pa.Table, name: str) -> int:
    return int(_numbers(block, "contracts").sum()) if name.startswith("contract") else int(block.num_rows)


def _numbers(block: pa.Table, name: str) -> NDArray[np.int64]:
    return np.asarray(block.column(name).to_numpy(), np.int64)


def _flat(block: pa.Table, name: str) -> Codes:
    """Numbers of all lists of a column, one after the other."""
    chunks = [one.flatten().to_numpy() for one in block.column(name).chunks]
    return np.concatenate([np.zeros(0, np.int32), *chunks])


def _in_order(results: Iterable[pa.Table]) -> Iterator[tuple[int, Part]]:
    """Cut results into pieces whose rows follow one another, each with its first row."""
    for batch in (batch for table in results for batch in table.to_batches()):
        rows = batch.column("row").to_numpy()
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        for low, high in pairwise([0, *breaks.tolist(), len(rows)]):
            if low < high:
                yield int(rows[low]), _part(batch.slice(low, high - low))


def _part(batch: pa.RecordBatch) -> Part:
    """Copy a piece: whoever sent it may take its memory away."""
    given, fired, through = (batch.column(name) for name in ("given", "fired", "through"))
    return Part(_first(given), _copy(given), _first(fired), _copy(fired), _copy(through))


def _first(lists: pa.LargeListArray) -> Offsets:
    offsets = lists.offsets.to_numpy()
    return np.asarray(offsets - offsets[0], np.int64)


def _copy(lists: pa.LargeListArray) -> Numbers:
    return np.array(lists.flatten().to_numpy(), np.int32)
