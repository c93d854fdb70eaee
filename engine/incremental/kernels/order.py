"""Rows by the value they have."""

from __future__ import annotations

from engine.columnar.kernels.arrays import Int32, Int64
from engine.columnar.native import kernel


@kernel("void(int32[::1], int64[::1], int32[::1])")
def order_rows(codes: Int32, next_place: Int64, order: Int32) -> None:
    """Write the rows of every code, ascending, to `order`.

    `next_place` has the place of the first row of every code, and afterwards that behind its last.
    """
    for row in range(len(codes)):
        code = codes[row]
        order[next_place[code]] = row
        next_place[code] += 1
