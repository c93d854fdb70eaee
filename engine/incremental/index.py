"""Rows by value: made once per column of a population, so that few rules look at few rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.columnar.population import Population
from engine.columnar.runs import offsets_of, places_in_runs
from engine.columnar.truth import Truth
from engine.columnar.typed import TypedColumn
from engine.incremental.kernels.order import order_rows
from policy.types import Field

_ALL_AT_ONCE = 0.25
"""From this share of all rows on, looking at every row is faster than gathering them."""


@dataclass(frozen=True, eq=False)
class ValueRows:
    """Rows of one column by value."""

    column: TypedColumn

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many rows have each code."""
        return np.bincount(self.column.codes, minlength=len(self.column.values))

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """Place in `order` of the first row of each code, and one more."""
        return offsets_of(self.counts)

    @cached_property
    def order(self) -> NDArray[np.int32]:
        """Rows in order of codes."""
        found = np.empty(len(self.column.codes), np.int32)
        order_rows(self.column.codes, self.first[:-1].copy(), found)
        return found

    def rows_of(self, table: Truth) -> NDArray[np.int64]:
        """Rows whose value is true in the table, in no order."""
        codes = np.flatnonzero(table)
        counts = self.counts[codes]
        if counts.sum() > _ALL_AT_ONCE * len(self.column.codes):
            return np.flatnonzero(table[self.column.codes])
        return self.order[places_in_runs(self.first[codes], counts)].astype(np.int64)


@dataclass(frozen=True, eq=False)
class ValueIndex:
    """Rows by value for every field of a population that was asked for; kept as long as the population is."""

    population: Population
    _known: dict[Field, ValueRows] = field(default_factory=dict)

    def of(self, asked: Field) -> ValueRows:
        """Rows of a field's own root by its values."""
        if asked not in self._known:
            self._known[asked] = ValueRows(self.population.column_of(asked))
        return self._known[asked]
