"""Run the kernel over tables: parts of persons side by side, more room when it runs out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.columnar.desired import DesiredColumns, Gifts, Numbers, Offsets, Work
from engine.columnar.kernels.decide import FEW, ROOM, SLACK, decide_persons
from engine.columnar.runs import side_by_side
from engine.columnar.tables import WORD, BitTables, Tables

_GIVEN_ROOM, _FIRED_ROOM = 40, 24
"""Room per person to begin with; memory that stays untouched costs nothing."""
_MARGIN = 16
"""Words that two threads keep between what they write: two lines of a cache."""

FirstGifts = tuple[Numbers, NDArray[np.uint8]]
"""First gifts of every spell, and whether it gives more (see `first_gifts_of`)."""


@dataclass(slots=True)
class Part:
    """Results for the persons of some rows, as `DesiredColumns` keeps them; offsets begin at 0."""

    first: Offsets
    given: Numbers
    first_fired: Offsets
    fired: Numbers
    through: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the kernel reads of tables: `first_contract` (int64) as in `Columns`, numbers of `entitlements`."""

    first_contract: Offsets
    contract_words: int
    possible: NDArray[np.uint64]
    spell_of: Numbers
    persons: BitTables
    contracts: BitTables
    gifts: Gifts
    entitlements: int


def reading_of(tables: Tables) -> Reading:
    """Give what the kernel reads of tables."""
    return Reading(
        first_contract=tables.population.columns.first_contract,
        contract_words=tables.contract_words,
        possible=tables.possible,
        spell_of=tables.spell_of,
        persons=tables.persons,
        contracts=tables.contracts,
        gifts=tables.gifts.gifts,
        entitlements=len(tables.gifts.entitlements),
    )


def run(tables: Tables, *, parts: int = 1) -> DesiredColumns:
    """Decide everybody of the tables, in `parts` parts at a time."""
    count = tables.population.columns.person_count
    return put_together(tables, side_by_side(count, parts, lambda low, high: run_part(tables, low, high)))


def put_together(tables: Tables, found: Sequence[Part]) -> DesiredColumns:
    """Results of everybody of the tables, from those of parts in order of their rows."""
    gifts = tables.gifts
    return DesiredColumns(
        columns=tables.population.columns,
        entitlements=gifts.entitlements,
        rules=gifts.rules,
        first=_joined_offsets([one.first for one in found]),
        given=_joined([one.given for one in found]),
        first_fired=_joined_offsets([one.first_fired for one in found]),
        fired=_joined([one.fired for one in found]),
        through=_joined([one.through for one in found]),
        gifts=gifts.gifts,
        work=Work(len(gifts.spells), int(np.count_nonzero(tables.spell_of >= 0)), tables.spread),
    )


def run_part(tables: Tables, low: int, high: int, first_gifts: FirstGifts | None = None) -> Part:
    """Decide the persons of rows `low` to before `high`; `first_gifts` may be brought by who asks often."""
    return run_reading(reading_of(tables), low, high, first_gifts)


def run_reading(reading: Reading, low: int, high: int, first_gifts: FirstGifts | None = None) -> Part:
    """Decide the same from what the kernel reads of tables."""
    count = high - low
    part = Part(
        np.zeros(count + 1, np.int64), np.empty(count * _GIVEN_ROOM + 2 * ROOM, np.int32),
        np.zeros(count + 1, np.int64), np.empty(count * _FIRED_ROOM, np.int32), np.empty(count * _FIRED_ROOM, np.int32),
    )  # fmt: skip
    words, marks = len(reading.possible), -(-reading.entitlements // WORD)
    used = np.zeros(2, np.int64)
    few, more = first_gifts or first_gifts_of(reading.gifts)
    persons, contracts, gifts = reading.persons, reading.contracts, reading.gifts
    at = low
    while True:
        at = decide_persons(
            at, high, reading.contract_words, reading.first_contract, reading.possible, reading.spell_of,
            persons.lines, persons.bits, contracts.lines, contracts.bits,
            few, more, gifts.first_fixed, gifts.fixed, gifts.first_named, gifts.named,
            gifts.slot, gifts.base, gifts.first_filled, gifts.filled, gifts.codes, gifts.person_codes,
            _apart(words), _apart(words), _apart(marks), _apart(-(-marks // WORD)),
            np.empty(words * WORD + SLACK, np.int32),
            part.first[at - low :], part.given, part.first_fired[at - low :], part.fired, part.through, used,
        )  # fmt: skip
        if at == high:
            break
        part.given, part.fired, part.through = (_roomier(one) for one in (part.given, part.fired, part.through))
    part.given, part.fired, part.through = part.given[: used[0]], part.fired[: used[1]], part.through[: used[1]]
    return part


def first_gifts_of(gifts: Gifts) -> FirstGifts:
    """First gifts of every spell, the last one again where there are less; and which spells give more than that."""
    begin, counts = gifts.first_fixed[:-1, None], np.diff(gifts.first_fixed)
    if len(gifts.fixed) == 0:
        return np.zeros((len(counts), FEW), np.int32), np.ones(len(counts), np.uint8)
    more = (counts == 0) | (counts > FEW) | (np.diff(gifts.first_named) > 0)
    within = np.minimum(np.arange(min(FEW, int(counts.max()))), np.maximum(counts - 1, 0)[:, None])
    few = gifts.fixed[np.minimum(begin + within, len(gifts.fixed) - 1)]
    return np.ascontiguousarray(few), more.astype(np.uint8)


def _apart(words: int) -> NDArray[np.uint64]:
    """Words to work in, all 0, with room around them: what one thread writes lies in no line of another's cache."""
    return np.zeros(words + 2 * _MARGIN, np.uint64)[_MARGIN : _MARGIN + words]


def _roomier(array: Numbers) -> Numbers:
    larger = np.empty(2 * len(array) + WORD, array.dtype)
    larger[: len(array)] = array
    return larger


def _joined(arrays: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else np.zeros(0, np.int32)


def _joined_offsets(offsets: Sequence[Offsets]) -> Offsets:
    if len(offsets) == 1:
        return offsets[0]
    return np.concatenate([np.zeros(1, np.int64), *_shifted(offsets)])


def _shifted(offsets: Sequence[Offsets]) -> Iterator[Offsets]:
    before = 0
    for one in offsets:
        yield one[1:] + before
        before += int(one[-1])
