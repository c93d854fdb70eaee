"""What everybody is entitled to after a change: of most people as it was found before, of some anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Columns
from engine.columnar.desired import DesiredColumns, Numbers
from policy.decisions import Reason
from policy.entitlements import EntitlementKey


@dataclass(frozen=True, eq=False)
class LayeredDesired(Mapping[EntitlementKey, tuple[Reason, ...]]):
    """Desired entitlements of the persons of `columns`, who stand in several `layers`.

    What is desired of person row `i` stands in row `row[i]` (int32) of `layers[layer[i]]` (uint8). Each layer has its
    own columns, entitlements and rules. Nothing of a layer is copied: making this costs as much as there are persons.
    """

    columns: Columns
    layers: tuple[DesiredColumns, ...]
    layer: NDArray[np.uint8]
    row: Numbers

    def __len__(self) -> int:
        return int(self._counts.sum())

    def __iter__(self) -> Iterator[EntitlementKey]:
        for at in np.flatnonzero(self._counts).tolist():
            person = self.columns.person_ids[at].as_py()
            layer, row = self.layers[self.layer[at]], int(self.row[at])
            for place in layer.given[layer.first[row] : layer.first[row + 1]].tolist():
                yield EntitlementKey.of(person, layer.entitlements[place])

    def __contains__(self, key: object) -> bool:
        return isinstance(key, EntitlementKey) and self._find(key) is not None

    def __getitem__(self, key: EntitlementKey) -> tuple[Reason, ...]:
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        layer, row, place = found
        return layer.reasons_at(row, place)

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        """How much is desired of every person."""
        found = np.zeros(len(self.row), np.int64)
        for number, layer in enumerate(self.layers):
            theirs = np.flatnonzero(self.layer == number)
            rows = self.row[theirs]
            found[theirs] = layer.first[rows + np.int64(1)] - layer.first[rows]
        return found

    def _find(self, key: EntitlementKey) -> tuple[DesiredColumns, int, int] | None:
        at = self.columns.find(key.person)
        if at is None:
            return None
        layer, row = self.layers[self.layer[at]], int(self.row[at])
        place = layer.place_of(row, key.entitlement)
        return None if place is None else (layer, row, place)


def lay_over(
    columns: Columns,
    base: DesiredColumns,
    row_before: Numbers,
    parts: Sequence[tuple[NDArray[np.int64], DesiredColumns]],
) -> LayeredDesired:
    """Lay parts over what was desired before.

    `row_before` (int32) is the row in the base of every person of `columns`, -1 for none; each part is that of the
    persons in some rows of `columns`. Whoever is not in the base is in a part.
    """
    row, layer = row_before.copy(), np.zeros(len(row_before), np.uint8)
    for number, (rows, _) in enumerate(parts, start=1):
        row[rows], layer[rows] = np.arange(len(rows), dtype=np.int32), number
    assert not len(row) or int(row.min()) >= 0, "whoever is new was evaluated"
    return LayeredDesired(columns, (base, *(part for _, part in parts)), layer, row)
