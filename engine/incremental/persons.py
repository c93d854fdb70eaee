"""Which persons differ between two snapshots, as far as it decides about them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from engine.columnar.changed import differing_rows, places_of
from engine.columnar.columns import Codes, Columns
from engine.columnar.truth import Truth
from engine.merge.kernels.texts import find_texts
from engine.merge.numbering import text_buffers


@dataclass(frozen=True, eq=False)
class PersonChanges:
    """Persons of a snapshot beside those of the one before.

    `row_before` (int32) is the row that each had before, -1 for somebody new. `changed` is set for those whose data
    differ, and for the new. `gone` counts those who were there before and are no more.
    """

    row_before: Codes
    changed: Truth
    gone: int


def compare_persons(before: Columns, after: Columns, named: Collection[str] | None = None) -> PersonChanges:
    """Tell who differs. `named` are external ids of all who may: then nobody else is looked at.

    Departments are no data of a person: who lies in which is compared elsewhere.
    """
    rows = places_of(after.person_ids, before.person_ids).astype(np.int32)
    changed = rows < 0
    gone = before.person_count - int(np.count_nonzero(~changed))
    if named is not None:
        places = np.empty(len(named), np.int32)
        find_texts(*text_buffers(after.person_ids), *text_buffers(pa.array(named, pa.string())), places)
        changed[places[places >= 0]] = True
    elif before is not after:
        old, new = differing_rows(before, after)
        changed[new[(new >= 0) & (old >= 0)]] = True
        changed |= _other_problems(before, after, rows)
    return PersonChanges(rows, changed, gone)


def _other_problems(before: Columns, after: Columns, rows: Codes) -> Truth:
    """Tell whom mapping and import found other problems of."""
    found = np.zeros(len(rows), np.bool_)
    if before.problems or after.problems:
        for row, old in enumerate(rows.tolist()):
            found[row] = old >= 0 and before.problems.get(old, ()) != after.problems.get(row, ())
    return found
