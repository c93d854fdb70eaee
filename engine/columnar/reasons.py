"""Why: the rules and contracts behind entitlements, found again in what fired."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.columnar.kernels.reasons import find_reasons

if TYPE_CHECKING:
    from engine.columnar.desired import DesiredColumns

_Numbers = NDArray[np.int32]


def collect_reasons(
    desired: DesiredColumns, rows: _Numbers, places: _Numbers
) -> tuple[NDArray[np.int64], _Numbers, _Numbers]:
    """Offsets, rules and contracts of the reasons of `places` for the persons in `rows`, see `desired.Reasons`."""
    gifts = desired.gifts
    firings = desired.first_fired[rows + np.int64(1)] - desired.first_fired[rows]
    room = int(firings.sum())
    first = np.zeros(len(rows) + 1, np.int64)
    rule, contract = np.empty(room, np.int32), np.empty(room, np.int32)
    used = find_reasons(
        rows, places, desired.first_fired, desired.fired, desired.through,
        gifts.rule, gifts.first_fixed, gifts.fixed, gifts.first_named, gifts.named,
        gifts.slot, gifts.base, gifts.first_filled, gifts.filled, gifts.codes, gifts.person_codes,
        first, rule, contract,
    )  # fmt: skip
    return first, rule[:used].copy(), contract[:used].copy()
