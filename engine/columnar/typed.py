"""Columns as the policy's schema sees them: declared types applied once per distinct value, never once per row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Codes, Column
from engine.mapping.typed import Mismatch, coerce
from policy.canonical import Value
from policy.types import Field, FieldType

NEVER = np.iinfo(np.int64).min
"""Stands for the day of an absent date among days."""
_TAGS = {FieldType.NUMBER: "n", FieldType.DATE: "d", FieldType.FLAG: "f"}


@dataclass(frozen=True, eq=False)
class TypedColumn:
    """A field over rows: `codes` (int32, one per row) are places in `values`; the first of these is None, absent."""

    codes: Codes
    values: tuple[Value | None, ...]

    @cached_property
    def places(self) -> Mapping[Value, list[int]]:
        """Codes that stand for a value; several when it is written in several ways."""
        found: dict[Value, list[int]] = {}
        for place, value in enumerate(self.values):
            if value is not None:
                found.setdefault(value, []).append(place)
        return found

    @cached_property
    def days(self) -> NDArray[np.int64]:
        """Proleptic ordinal of every value that is a date, `NEVER` for every other one (int64)."""
        found = (one.toordinal() if isinstance(one, date) else NEVER for one in self.values)
        return np.fromiter(found, np.int64, count=len(self.values))

    def take(self, rows: NDArray[Any]) -> TypedColumn:
        """Rows with these numbers; what was worked out of the values is not worked out again."""
        return self.over(self.codes[rows])

    def over(self, codes: Codes) -> TypedColumn:
        """Other rows over the same values."""
        found = TypedColumn(codes, self.values)
        found.__dict__.update({name: self.__dict__[name] for name in ("places", "days") if name in self.__dict__})
        return found


def type_column(column: Column, field: Field | None, timezone: str) -> TypedColumn:
    """Give a column the type of `field`; without one, values stay as they are.

    A value that is not of the type is absent here, as in `engine.evaluate.typed_person`.
    """
    if field is None or column.tag == _TAGS.get(field.type):
        return TypedColumn(column.codes, column.values)
    return TypedColumn(column.codes, tuple(_read(value, field, timezone) for value in column.values))


def absent_column(rows: int) -> TypedColumn:
    """Column of a field that nobody has."""
    return TypedColumn(np.zeros(rows, np.int32), (None,))


def text_column(texts: list[str | None]) -> TypedColumn:
    """Column of texts, one per row."""
    distinct = sorted({one for one in texts if one is not None})
    places: dict[str | None, int] = {text: place for place, text in enumerate(distinct, start=1)}
    places[None] = 0
    codes = np.fromiter((places[one] for one in texts), np.int32, count=len(texts))
    return TypedColumn(codes, (None, *distinct))


def _read(value: Value | None, field: Field, timezone: str) -> Value | None:
    read = coerce(value, field, timezone)
    return None if isinstance(read, Mismatch) else read
