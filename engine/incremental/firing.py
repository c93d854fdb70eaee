"""For whom a few rules fire: the rarest value of each alternative is looked up, the rest asked of those rows alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Columns
from engine.columnar.normal_form import ColumnKey, Conjunction, Sources, form_of
from engine.columnar.population import Rows
from engine.columnar.truth import Truth
from engine.evaluate.context import Spell
from engine.incremental.index import ValueIndex
from policy.rules import Rule, Scope

RowNumbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Firings:
    """Where one spell fires: rows of persons, ascending, beside those of contracts, -1 for the person alone."""

    persons: RowNumbers
    through: RowNumbers


def firings_of(rule: Rule, spell: Spell, sources: Sources, index: ValueIndex) -> Firings:
    """Find where a spell fires among the people of the sources, over which the index is."""
    rows: Rows = "person" if rule.scope is Scope.PERSON else "contract"
    search = _Search(sources, index, rows)
    fires = np.zeros(index.population.count(rows), np.bool_)
    for one in form_of(rule, spell.window, sources):
        fires[search.rows_of(one)] = True
    through = np.flatnonzero(fires)
    if rows == "person":
        return Firings(through, np.full(len(through), -1, np.int64))
    return Firings(search.columns.owners[through].astype(np.int64), through)


@dataclass(frozen=True, eq=False)
class _Search:
    sources: Sources
    index: ValueIndex
    rows: Rows

    @property
    def columns(self) -> Columns:
        return self.index.population.columns

    def rows_of(self, conjunction: Conjunction) -> RowNumbers:
        """Rows that the conjunction is true of, in no order."""
        if not conjunction:
            return np.arange(self.index.population.count(self.rows), dtype=np.int64)
        rarest = min(conjunction, key=lambda key: self._count(key, conjunction[key]))
        found = self._start(rarest, conjunction[rarest])
        for key, table in conjunction.items():
            if key != rarest:
                found = found[table[self._codes_at(key, found)]]
        return found

    def _root(self, key: ColumnKey) -> Rows:
        if key in self.sources.truths:
            return self.sources.truths[key].rows
        return "person" if self.sources.fields[key].root == "person" else "contract"

    def _count(self, key: ColumnKey, table: Truth) -> int:
        """How many rows of its own root the table is true of; those of persons count for somewhat more."""
        if key in self.sources.truths:
            truth = self.sources.truths[key].truth
            return int(np.count_nonzero(truth)) if table[1] else len(truth)
        return int(self.index.of(self.sources.fields[key]).counts[table].sum())

    def _start(self, key: ColumnKey, table: Truth) -> RowNumbers:
        if key in self.sources.truths:
            found = np.flatnonzero(table[self.sources.truths[key].truth.astype(np.int8)])
        else:
            found = self.index.of(self.sources.fields[key]).rows_of(table)
        if self._root(key) == "person" and self.rows == "contract":
            return self.columns.contract_rows(found)
        return found

    def _codes_at(self, key: ColumnKey, rows: RowNumbers) -> NDArray[np.int32]:
        """Codes of a column in some rows."""
        if self._root(key) == "person" and self.rows == "contract":
            rows = self.columns.owners[rows].astype(np.int64)
        if key in self.sources.truths:
            return self.sources.truths[key].truth[rows].astype(np.int32)
        return self.index.population.column_of(self.sources.fields[key]).codes[rows]
