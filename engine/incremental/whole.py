"""Layers made one: for whoever needs what is desired of everybody in single columns, such as a diff of everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Columns
from engine.columnar.desired import DesiredColumns, Gifts, Numbers, Offsets
from engine.incremental.kernels.copy import copy_contracts, copy_runs
from engine.incremental.layers import LayeredDesired
from policy.entitlements import Entitlement


def make_whole(layered: LayeredDesired) -> DesiredColumns:
    """Columns that say what the layers say. Everything is copied once."""
    columns = layered.columns
    places = [np.flatnonzero(layered.layer == number) for number in range(len(layered.layers))]
    layers = [
        _Layer(one, persons.astype(np.int64), layered.row[persons].astype(np.int64))
        for one, persons in zip(layered.layers, places, strict=True)
    ]
    entitlements = tuple(sorted({each for one in layered.layers for each in one.entitlements}))
    rules = tuple(sorted({each for one in layered.layers for each in one.rules}))
    joined = _Joined(columns, layers, entitlements, rules)
    first, given = joined.runs(lambda one: (one.first, one.given), joined.numbers)
    spells = [
        np.arange(low, low + len(one.gifts.rule), dtype=np.int32)
        for low, one in zip(joined.spells, layered.layers, strict=True)
    ]
    first_fired, fired = joined.runs(lambda one: (one.first_fired, one.fired), spells)
    return DesiredColumns(
        columns=columns,
        entitlements=entitlements,
        rules=rules,
        first=first,
        given=given,
        first_fired=first_fired,
        fired=fired,
        through=joined.through(first_fired),
        gifts=joined.gifts(),
        work=layered.layers[0].work,
    )


@dataclass(frozen=True, eq=False)
class _Layer:
    """What is desired of some persons of the whole, who stand in `rows` of it."""

    desired: DesiredColumns
    persons: Offsets
    rows: Offsets


@dataclass(frozen=True, eq=False)
class _Joined:
    columns: Columns
    layers: Sequence[_Layer]
    entitlements: tuple[Entitlement, ...]
    rules: tuple[tuple[str, str], ...]
    numbers: list[Numbers] = field(init=False)
    """New place of every entitlement of each layer."""
    spells: list[int] = field(init=False)
    """Number of the first spell of each layer."""

    def __post_init__(self) -> None:
        places = {one: place for place, one in enumerate(self.entitlements)}
        numbers = [np.array([places[one] for one in each.desired.entitlements], np.int32) for each in self.layers]
        object.__setattr__(self, "numbers", numbers)
        object.__setattr__(self, "spells", _before([len(one.desired.gifts.rule) for one in self.layers]))

    def runs(
        self, of: Callable[[DesiredColumns], tuple[Offsets, Numbers]], numbers: Sequence[Numbers]
    ) -> tuple[Offsets, Numbers]:
        """Put the runs of items of all persons together, by their new numbers."""
        counts = np.zeros(self.columns.person_count + 1, np.int64)
        for one in self.layers:
            first, _ = of(one.desired)
            counts[one.persons + 1] = first[one.rows + 1] - first[one.rows]
        ends = np.cumsum(counts)
        found = np.empty(int(ends[-1]), np.int32)
        for one, number in zip(self.layers, numbers, strict=True):
            first, items = of(one.desired)
            copy_runs(one.persons, one.rows, first, items, number, ends, found)
        return ends, found

    def through(self, first_fired: Offsets) -> Numbers:
        """Contracts through which spells fired, by their rows in the whole."""
        found = np.empty(int(first_fired[-1]), np.int32)
        for one in self.layers:
            desired = one.desired
            copy_contracts(
                one.persons, one.rows, desired.first_fired, desired.through,
                desired.columns.first_contract, self.columns.first_contract, first_fired, found,
            )  # fmt: skip
        return found

    def gifts(self) -> Gifts:
        """Gifts of all layers, one behind the other."""
        sides = [one.desired.gifts for one in self.layers]
        places = {rule: place for place, rule in enumerate(self.rules)}
        rule_numbers = [np.array([places[one] for one in each.desired.rules], np.int32) for each in self.layers]
        slots = _before([max(len(one.codes), len(one.person_codes)) for one in sides])
        grants, fills = _before([len(one.slot) for one in sides]), _before([len(one.first_filled) - 1 for one in sides])
        numbers, total = self.numbers, slots[-1] + max(len(sides[-1].codes), len(sides[-1].person_codes))
        return Gifts(
            rule=_joined([rule[one.rule] for rule, one in zip(rule_numbers, sides, strict=True)]),
            first_fixed=_offsets([one.first_fixed for one in sides]),
            fixed=_joined([number[one.fixed] for number, one in zip(numbers, sides, strict=True)]),
            first_named=_offsets([one.first_named for one in sides]),
            named=_joined([one.named + np.int32(low) for low, one in zip(grants, sides, strict=True)]),
            slot=_joined([one.slot + np.int32(low) for low, one in zip(slots, sides, strict=True)]),
            base=np.concatenate([one.base + low for low, one in zip(fills, sides, strict=True)]),
            first_filled=_offsets([one.first_filled for one in sides]),
            filled=_joined([number[one.filled] for number, one in zip(numbers, sides, strict=True)]),
            codes=self._codes(slots, total, of_contracts=True),
            person_codes=self._codes(slots, total, of_contracts=False),
        )

    def _codes(self, slots: Sequence[int], total: int, *, of_contracts: bool) -> NDArray[np.int32]:
        """Codes of every slot for the rows of the whole: 0 where a row is of another layer."""
        columns = self.columns
        found = np.zeros((total, columns.contract_count if of_contracts else columns.person_count), np.int32)
        for low, one in zip(slots, self.layers, strict=True):
            codes = one.desired.gifts.codes if of_contracts else one.desired.gifts.person_codes
            if len(codes):
                there, here = one.rows, one.persons
                if of_contracts:
                    there, here = one.desired.columns.contract_rows(there), columns.contract_rows(here)
                found[low : low + len(codes), here] = codes[:, there]
        return found


def _before(sizes: Sequence[int]) -> list[int]:
    """How many there are before each."""
    return [0, *np.cumsum(sizes).tolist()][:-1]


def _joined(found: Sequence[NDArray[np.int32]]) -> Numbers:
    return np.concatenate(found).astype(np.int32)


def _offsets(found: Sequence[Offsets]) -> Offsets:
    before = _before([int(one[-1]) for one in found])
    return np.concatenate([np.zeros(1, np.int64), *(one[1:] + low for low, one in zip(before, found, strict=True))])
