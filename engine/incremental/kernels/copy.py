"""What persons have in one layer, copied to where they stand in the whole."""

from __future__ import annotations

from engine.columnar.kernels.arrays import Int32, Int64
from engine.columnar.native import kernel


@kernel("void(int64[::1], int64[::1], int64[::1], int32[::1], int32[::1], int64[::1], int32[::1])")
def copy_runs(
    persons: Int64, rows: Int64, first: Int64, items: Int32, number: Int32, first_out: Int64, out: Int32
) -> None:
    """Copy the items of every one of `persons`, who stand in `rows` of the layer, by their new `number`."""
    for k in range(len(persons)):
        to = first_out[persons[k]]
        for at in range(first[rows[k]], first[rows[k] + 1]):
            out[to] = number[items[at]]
            to += 1


@kernel("void(int64[::1], int64[::1], int64[::1], int32[::1], int64[::1], int64[::1], int64[::1], int32[::1])")
def copy_contracts(
    persons: Int64, rows: Int64, first: Int64, through: Int32, first_contract: Int64, first_contract_out: Int64,
    first_out: Int64, out: Int32,
) -> None:  # fmt: skip
    """Copy the contracts through which something fired, counted from where those of the person begin now."""
    for k in range(len(persons)):
        to = first_out[persons[k]]
        shift = first_contract_out[persons[k]] - first_contract[rows[k]]
        for at in range(first[rows[k]], first[rows[k] + 1]):
            out[to] = through[at] + shift if through[at] >= 0 else -1
            to += 1
