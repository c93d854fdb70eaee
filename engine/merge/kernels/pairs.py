"""Pairs of person and entitlement, as runs: person `i` has the items `first[i]` to before `first[i + 1]`, ascending."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.columnar.kernels.arrays import Bytes, Int32, Int64
from engine.columnar.native import kernel

_GIVEN, _HELD = 1, 2
_ZERO, _ONE, _NEXT = np.uint64(0), np.uint64(1), np.uint32(1)
# Places are unsigned: for a signed one every access would first ask whether it counts from the end.
_U32, _U64 = np.uint32, np.uint64


@kernel(
    "int64(int64[::1], int32[::1], int32[::1], int64[::1], int32[::1], int32[::1],"
    "int32[::1], int32[::1], int32[::1], int32[::1], int32[::1], uint8[::1])"
)
def list_differences(
    first_given: Int64, given: Int32, number_given: Int32,
    first_held: Int64, held: Int32, number_held: Int32,
    account_slot: Int32, hangs_on: Int32, seen: Int32,
    persons: Int32, numbers: Int32, sides: Bytes,
) -> int:  # fmt: skip
    """List what is only given (side 1), only held (2), and given and held while its account is not given (3).

    `number_given` and `number_held` are the common numbers of the items. An account has a slot of its own in
    `account_slot`; everything else shares the last one. `hangs_on` is the slot of the account that something hangs on,
    for an account its own. `seen` (one per slot, all -1) is room to work in. Persons, common numbers and sides are
    written as far as there is room; gives how many there are.
    """
    room, used = len(persons), 0
    for person in range(len(first_given) - 1):
        i, end_i = _U64(first_given[person]), _U64(first_given[person + 1])
        j, end_j = _U64(first_held[person]), _U64(first_held[person + 1])
        at = i
        while at < end_i:
            seen[_U32(account_slot[_U32(number_given[_U32(given[at])])])] = person
            at += _ONE
        while i < end_i or j < end_j:
            side, number = _HELD, 0
            if i < end_i:
                number = number_given[_U32(given[i])]
                side = _GIVEN
            if j < end_j:
                right = number_held[_U32(held[j])]
                if side == _GIVEN and number == right:
                    i += _ONE
                    j += _ONE
                    if seen[_U32(hangs_on[_U32(number)])] == person:
                        continue
                    side = _GIVEN | _HELD
                elif side == _HELD or right < number:
                    side, number = _HELD, right
            if side == _GIVEN:
                i += _ONE
            elif side == _HELD:
                j += _ONE
            if used < room:
                persons[used] = person
                numbers[used] = number
                sides[used] = side
            used += 1
    return used


@kernel("int64(int64[::1], int32[::1], int32[::1], int32[::1], int64[::1])")
def find_places(first: Int64, items: Int32, rows: Int32, wanted: Int32, places: Int64) -> int:
    """Write the place of item `wanted[k]` in the run of row `rows[k]`; -1 where it is not, or either is negative.

    Gives how many are found.
    """
    found = 0
    for k in range(len(places)):
        places[k] = -1
        if rows[k] < 0 or wanted[k] < 0:
            continue
        row, item = _U32(rows[k]), wanted[k]
        low, end = _U64(first[row]), _U64(first[row + _NEXT])
        size = end - low
        while size > _ONE:  # as often whatever is there: no branch to guess
            half = size >> _ONE
            low += half if items[low + half - _ONE] < item else _ZERO
            size -= half
        if size == _ONE and items[low] < item:
            low += _ONE
        if low < end and items[low] == item:
            places[k] = low
            found += 1
    return found


@kernel("int64(int32[::1], bool[::1], int64[::1])")
def list_places(items: Int32, is_wanted: NDArray[np.bool_], places: Int64) -> int:
    """List the places of items that are wanted, as far as there is room; gives how many there are.

    The last of `places` is room to work in.
    """
    last, used = len(places) - 1, 0
    for at in range(len(items)):
        places[min(used, last)] = at  # always, and kept when it counts: no branch to guess
        used += is_wanted[_U32(items[at])]
    return used


@kernel("int64(int32[::1], int64[::1])")
def count_items(items: Int32, counts: Int64) -> int:
    """Count how often every item occurs; gives how many there are."""
    for at in range(len(items)):
        counts[_U32(items[at])] += 1
    return len(items)
