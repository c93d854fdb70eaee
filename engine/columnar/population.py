"""People as columns before one policy on one day: typed fields, primary contracts, primary managers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Codes, Columns
from engine.columnar.freezing import frozen_people
from engine.columnar.primary import primary_managers, primary_rows
from engine.columnar.typed import TypedColumn, absent_column, text_column, type_column
from engine.evaluate.context import Context
from policy.canonical import Value
from policy.people import DataProblem
from policy.types import Field, Root

Rows = Literal["person", "contract"]
"""What a row is: a person alone, or one of the contracts."""


@dataclass(frozen=True, eq=False)
class Population:
    """`columns` before the policy and on the day of `context`."""

    columns: Columns
    context: Context
    _typed: dict[tuple[str, str], TypedColumn] = field(default_factory=dict)

    def count(self, rows: Rows) -> int:
        """Count the rows of a kind."""
        return self.columns.person_count if rows == "person" else self.columns.contract_count

    def column(self, root: Root, key: str) -> TypedColumn:
        """Typed column of what stands under `key` among the values of a `root`, one row per person or contract."""
        known = self._typed.get((root, key))
        if known is None:
            known = self._typed[root, key] = self._make(root, key)
        return known

    def column_of(self, asked: Field) -> TypedColumn:
        """Typed column of a field, on rows of its own root."""
        return self.column(asked.root, asked.path if asked.path == "external_id" else asked.key)

    def values_of(self, asked: Field) -> tuple[Value | None, ...]:
        """Value of every code of a field."""
        return self.column_of(asked).values

    def codes_at(self, asked: Field, rows: Rows) -> Codes:
        """Codes of a field for every row of a kind; a person alone has no contract, so those are all absent."""
        if asked.root == "person" and rows == "contract":
            return self.column_of(asked).codes[self.columns.owners]
        if asked.root == "contract" and rows == "person":
            return np.zeros(self.columns.person_count, np.int32)
        return self.column_of(asked).codes

    @cached_property
    def frozen(self) -> tuple[Mapping[str, tuple[DataProblem, ...]], int]:
        """Problems that freeze people, and how many people were looked at for them."""
        return frozen_people(self.columns, self.context)

    @cached_property
    def primary(self) -> NDArray[np.int64]:
        """Row of the primary contract of every person on the day; -1 without a contract."""
        return primary_rows(self.columns, self.context, self.column)

    def take(self, rows: NDArray[Any]) -> Population:
        """Persons in these rows (ascending, each once) as a population of their own."""
        theirs = self.columns.contract_rows(rows)
        wanted = {"person": rows, "contract": theirs}
        typed = {
            (root, key): column.take(wanted[root])
            for (root, key), column in self._typed.items()
            if (root, key) != ("person", "external_id")  # whose codes are rows
        }
        return Population(self.columns.take(rows), self.context, typed)

    def under(self, context: Context) -> Population:
        """Give the same people before other rules, with what was worked out of them.

        Day, departments, fields and the choice of the primary contract and manager are those of this population.
        """
        found = Population(self.columns, context, self._typed)
        if "primary" in self.__dict__:
            found.__dict__["primary"] = self.primary
        return found

    def _make(self, root: Root, key: str) -> TypedColumn:
        rows = self.count("person" if root == "person" else "contract")
        if key == "external_id":
            if root == "person":
                ids = self.columns.person_ids.to_pylist()
                return TypedColumn(np.arange(1, rows + 1, dtype=np.int32), (None, *ids))
            return TypedColumn(self.columns.contract_ids.codes, self.columns.contract_ids.values)
        if (root, key) == ("person", "primary_manager"):
            return text_column(primary_managers(self.columns, self.context, self.primary, self.column))
        stored = self.columns.fields.get((root, key))
        if stored is None:
            return absent_column(rows)
        policy = self.context.policy
        return type_column(stored, policy.schema.find(f"{root}.{key}"), policy.timezone)
