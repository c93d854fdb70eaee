"""Primary contracts and managers of everybody at once, by the policy's order (`engine.people.primary` is the rule)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Columns
from engine.columnar.runs import offsets_of
from engine.columnar.truth import begun, not_over
from engine.columnar.typed import TypedColumn
from engine.evaluate.context import Context
from engine.people.primary import field_type
from policy.canonical import Value
from policy.rules import ManagerRule, SortDirection, SortKey
from policy.types import FieldType, Root

FieldColumn = Callable[[Root, str], TypedColumn]
"""Gives the typed column of a root and key."""

_DESCENDING = frozenset({SortDirection.HIGHEST, SortDirection.LATEST})
_LAST = np.iinfo(np.int32).max


def primary_rows(columns: Columns, context: Context, column: FieldColumn) -> NDArray[np.int64]:
    """Row of the primary contract of every person (int64); -1 without a contract.

    Key by key, the contracts that do not stand first drop out; what is left goes by external id, the order of rows.
    """
    first, counts = columns.first_contract, np.diff(columns.first_contract)
    found = np.where(counts > 0, first[:-1], -1)
    several = np.flatnonzero(counts > 1)
    if len(several) == 0:
        return found
    sizes = counts[several]
    starts, rows = offsets_of(sizes)[:-1], columns.contract_rows(several)
    candidates = np.ones(len(rows), np.bool_)
    for key in context.policy.primary_contract_by:
        ranks = np.where(candidates, _ranks(key, rows, context, column), _LAST)
        best = np.minimum.reduceat(ranks, starts)
        candidates &= ranks == np.repeat(best, sizes)
    places = np.where(candidates, np.arange(len(rows)), len(rows))
    found[several] = rows[np.minimum.reduceat(places, starts)]
    return found


def _ranks(key: SortKey, rows: NDArray[np.int64], context: Context, column: FieldColumn) -> NDArray[np.int32]:
    """Place of each row by one sort key, the first lowest."""
    if key.field is None:
        return (~_active(rows, context, column)).astype(np.int32)
    typed = column(key.field.root, key.field.key)
    descending = key.direction in _DESCENDING
    ordered_as = FieldType.TEXT if key.field.type in {FieldType.DEPARTMENT, FieldType.PERSON} else key.field.type
    values = [value if field_type(value) is ordered_as else None for value in typed.values]
    distinct: list[Value] = sorted({one for one in values if one is not None}, reverse=descending)
    places = {value: place for place, value in enumerate(distinct, start=1)}
    missing = 0 if key.field.path == "end_date" and descending else len(places) + 1
    ranks = np.array([missing if one is None else places[one] for one in values], np.int32)
    return ranks[typed.codes[rows]]


def _active(rows: NDArray[np.int64], context: Context, column: FieldColumn) -> NDArray[np.bool_]:
    today = context.as_of.toordinal()
    starts, ends = column("contract", "start_date"), column("contract", "end_date")
    return begun(starts.days, today)[starts.codes[rows]] & not_over(ends.days, today)[ends.codes[rows]]


def primary_managers(
    columns: Columns, context: Context, primary: NDArray[np.int64], column: FieldColumn
) -> list[str | None]:
    """External id of the primary manager of every person, or None."""
    rule = context.policy.primary_manager
    typed = column("contract", "manager" if rule is ManagerRule.CONTRACT else "department.external_id")
    codes = np.where(primary >= 0, typed.codes[primary] if len(typed.codes) else 0, 0)
    if rule is ManagerRule.CONTRACT:
        texts = [value if isinstance(value, str) and value else None for value in typed.values]
        return [texts[code] for code in codes.tolist()]
    above = [_managers(value, context, climb=rule is ManagerRule.DEPARTMENT_OR_ABOVE) for value in typed.values]
    if rule is ManagerRule.DEPARTMENT:
        return [next(iter(above[code]), None) for code in codes.tolist()]
    ids = columns.person_ids.to_pylist()
    return [
        next((one for one in above[code] if one != person), None)
        for code, person in zip(codes.tolist(), ids, strict=True)
    ]


def _managers(department: Value | None, context: Context, *, climb: bool) -> tuple[str, ...]:
    """Tell managers of a department and, where asked for, of those above it, the nearest first."""
    if not isinstance(department, str) or not department:
        return ()
    above = context.departments.parents(department) if climb else ()
    units = (context.departments.get(one) for one in (department, *above))
    return tuple(unit.manager for unit in units if unit is not None and unit.manager)
