"""Tables over other people: what was compiled for some stands for all whose values it knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.columnar.columns import Codes, Column, Columns
from engine.columnar.gifts import GiftList, Slot
from engine.columnar.masks import Masks
from engine.columnar.normal_form import ColumnKey
from engine.columnar.population import Population, Rows
from engine.columnar.tables import BitTables, Tables
from engine.columnar.truth import Truth
from engine.columnar.typed import TypedColumn
from policy.types import Field, Root

_UNKNOWN = -1


def tables_over(tables: Tables, columns: Columns) -> tuple[Tables, Truth]:
    """Give tables that look up the people of `columns`, and the persons among them who cannot be looked up there.

    Policy, day and departments are those that the tables were compiled for: truths hang on values, and these are looked
    up by what they are, not by their codes. A person cannot be looked up (a flag per row) who has a value that nobody
    had then; the tables say nothing right of them. The cost grows with the people of `columns` alone: a column whose
    distinct values are those of then is not read again, of any other one only the values that occur.
    """
    known = _Known(tables, _population(columns, tables.population))
    persons = known.bit_tables(tables.persons, "person")
    contracts = known.bit_tables(tables.contracts, "contract")
    gifts = known.gifts()
    known.look_for_strangers()
    found = replace(
        tables, population=known.population, masks=known.masks, gifts=gifts, persons=persons, contracts=contracts
    )
    return found, known.unknown


def _population(columns: Columns, before: Population) -> Population:
    """Give people as a population; what was worked out of columns with the same distinct values is taken over."""
    fields: dict[tuple[Root, str], Column] = {}
    typed: dict[tuple[str, str], TypedColumn] = {}
    for (root, path), column in columns.fields.items():
        there = before.columns.fields.get((root, path))
        if there is None or not column.has_values_of(there):
            fields[root, path] = column.narrowed()
            continue
        fields[root, path] = there.over(column.array)
        if path not in {"external_id", "primary_manager"}:
            typed[root, path] = before.column(root, path).over(column.codes)
    narrow = replace(columns, fields=fields, contract_ids=columns.contract_ids.narrowed())
    return Population(narrow, before.context, typed)


class _Known:
    """Looks up the people of a population; `unknown` gathers those with a value that is not known."""

    def __init__(self, tables: Tables, population: Population) -> None:
        self.tables, self.population, self.masks = tables, population, Masks(population)
        self.unknown = np.zeros(population.columns.person_count, np.bool_)
        self._maps: dict[Field, Codes] = {}

    def bit_tables(self, known: BitTables, rows: Rows) -> BitTables:
        return known.over(self.population.count(rows), lambda key: self._codes_of(key, rows))

    def look_for_strangers(self) -> None:
        """Look at the fields that no table is about too: of all values that were there a rule said the same."""
        for asked in self.tables.sources.fields.values():
            if asked not in self._maps:
                rows: Rows = "person" if asked.root == "person" else "contract"
                self._without_unknown(self._field_codes(asked, rows), rows)

    def gifts(self) -> GiftList:
        listed = self.tables.gifts
        codes, person_codes = (self._slots(listed.slots[rows], rows) for rows in ("contract", "person"))
        return replace(listed, gifts=replace(listed.gifts, codes=codes, person_codes=person_codes))

    def _slots(self, slots: tuple[Slot, ...], rows: Rows) -> Codes:
        found = [self._without_unknown(self._slot_codes(one, rows), rows) for one in slots]
        return np.array(found, np.int32) if found else np.zeros((0, self.population.count(rows)), np.int32)

    def _slot_codes(self, slot: Slot, rows: Rows) -> Codes:
        if not slot.asked:
            return np.zeros(self.population.count(rows), np.int32)
        if len(slot.asked) == 1:
            return self._field_codes(slot.asked[0], rows)
        places = {tuple(one[asked] for asked in slot.asked): code for code, one in enumerate(slot.values)}
        values = [self.population.values_of(one) for one in slot.asked]
        codes = np.stack([self.population.codes_at(one, rows) for one in slot.asked], axis=1)
        distinct, which = np.unique(codes, axis=0, return_inverse=True)
        combined = (tuple(theirs[code] for theirs, code in zip(values, row, strict=True)) for row in distinct.tolist())
        found = np.array([places.get(one, _UNKNOWN) for one in combined], np.int32)
        return found[which.reshape(-1)]

    def _codes_of(self, key: ColumnKey, rows: Rows) -> Codes:
        sources = self.tables.sources
        if key in sources.truths:
            return sources.truths[key].work_out(self.masks).astype(np.int32)
        return self._without_unknown(self._field_codes(sources.fields[key], rows), rows)

    def _field_codes(self, asked: Field, rows: Rows) -> Codes:
        """Code among the values that are known of every row, `_UNKNOWN` for a value that is not among them."""
        column = self.population.column_of(asked)
        if column.values is self.tables.population.column_of(asked).values:
            return self.population.codes_at(asked, rows)
        if asked not in self._maps:
            places = self.tables.population.column_of(asked).places
            values = column.values[1:]
            codes = (0 if one is None else places.get(one, (_UNKNOWN,))[0] for one in values)
            self._maps[asked] = np.array([0, *codes], np.int32)
        return self._maps[asked][self.population.codes_at(asked, rows)]

    def _without_unknown(self, codes: Codes, rows: Rows) -> Codes:
        """Note whose codes are unknown, and give codes that can be looked up all the same."""
        strangers = codes == _UNKNOWN
        self.unknown |= strangers if rows == "person" else self.masks.some_contract(strangers)
        return np.where(strangers, np.int32(0), codes)
