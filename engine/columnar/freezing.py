"""Who is frozen by their data: suspects are found in columns, the reference says what is wrong with each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.columnar.columns import Column, Columns, people_at
from engine.columnar.truth import Truth, not_over
from engine.columnar.typed import TypedColumn
from engine.evaluate.context import Context
from engine.mapping.typed import Mismatch, coerce
from engine.people.required import freezing_problems
from policy.canonical import Value
from policy.people import DataProblem
from policy.types import Field, FieldType, Root

_FREE = {"t": frozenset({FieldType.TEXT, FieldType.DEPARTMENT, FieldType.PERSON})}
_ONLY = {"n": FieldType.NUMBER, "d": FieldType.DATE, "f": FieldType.FLAG}


def frozen_people(columns: Columns, context: Context) -> tuple[Mapping[str, tuple[DataProblem, ...]], int]:
    """Problems that freeze people, by external id, in order (see `engine.people.required.freezing_problems`).

    The number beside them says how many people were looked at for that.
    """
    found: dict[str, tuple[DataProblem, ...]] = {}
    suspects = np.flatnonzero(_suspects(columns, context, _past(columns, context)))
    for person in people_at(columns, suspects):
        problems = freezing_problems(person, context.policy.schema, ended_since=context.horizon)
        if problems:
            found[person.external_id] = tuple(dict.fromkeys(problems))
    return found, len(suspects)


def ever_frozen(columns: Columns, context: Context) -> Truth:
    """Persons whom their data may freeze on some day, flags by row: however long ago their contracts ended."""
    return _suspects(columns, context, np.zeros(columns.contract_count, np.bool_))


def _suspects(columns: Columns, context: Context, past: Truth) -> Truth:
    """Persons with whose data something may be wrong, contracts that are `past` left out."""
    found = _wrong(columns, context, "person") | columns.persons_with(_wrong(columns, context, "contract") & ~past)
    found[list(columns.problems)] = True
    return found


def _past(columns: Columns, context: Context) -> Truth:
    """Contracts that ended too long ago to freeze anybody."""
    ends = columns.fields.get(("contract", "end_date"))
    if ends is None:
        return np.zeros(columns.contract_count, np.bool_)
    days = TypedColumn(ends.codes, ends.values).days
    return ~not_over(days, context.horizon.toordinal())[ends.codes]


def _wrong(columns: Columns, context: Context, root: Root) -> Truth:
    """Rows of a root in which a value is missing or is not as the policy says."""
    schema = context.policy.schema
    found = np.zeros(columns.person_count if root == "person" else columns.contract_count, np.bool_)
    keys = {one.key for one in schema.required_of(root)} | {key for where, key in columns.fields if where == root}
    for key in sorted(keys):
        column = columns.fields.get((root, key))
        for one in schema.kept_as(root, key):
            if one.path in {"external_id", "primary_manager"}:
                continue
            if column is None:
                found |= one.required
            elif not _is_free(column, one):
                found |= _wrong_rows(column, one)
    return found


def _wrong_rows(column: Column, asked: Field) -> Truth:
    """Rows of a column whose value is missing or wrong; of few rows only the values that they have are looked at."""
    if len(column.codes) >= len(column.values):
        return np.array([_is_wrong(value, asked) for value in column.values], np.bool_)[column.codes]
    codes, places = np.unique(column.codes, return_inverse=True)
    return np.array([_is_wrong(column.values[code], asked) for code in codes.tolist()], np.bool_)[places]


def _is_free(column: Column, asked: Field) -> bool:
    """Tell whether nothing can be wrong with any value, so that none need be looked at."""
    if asked.required or asked.one_of is not None:
        return False
    return asked.type in _FREE.get(column.tag, ()) or asked.type is _ONLY.get(column.tag)


def _is_wrong(value: Value | None, asked: Field) -> bool:
    read = coerce(value, asked, "UTC")
    if read is None:
        return asked.required
    return isinstance(read, Mismatch) or (asked.one_of is not None and read not in asked.one_of)
