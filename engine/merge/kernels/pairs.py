"""Pairs of person and entitlement, as runs: person `i` has the items `first[i]` to before `first[i + 1]`, ascending."""

from __future__ import annotations

from engine.columnar.kernels.arrays import Bytes, Int32, Int64
from engine.columnar.native import kernel


@kernel(
    "int64(int64[::1], int32[::1], int32[::1], int64[::1], int32[::1], int32[::1],"
    " int32[::1], int32[::1], int32[::1], int32[::1], int32[::1], uint8[::1])"
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
        i, end_i = first_given[person], first_given[person + 1]
        j, end_j = first_held[person], first_held[person + 1]
        for at in range(i, end_i):
            seen[account_slot[number_given[given[at]]]] = person
        while i < end_i or j < end_j:
            left = number_given[given[i]] if i < end_i else len(hangs_on)
            right = number_held[held[j]] if j < end_j else len(hangs_on)
            number, side = left, 3
            if left == right:
                i += 1
                j += 1
                if seen[hangs_on[number]] == person:
                    continue
            elif left < right:
                side = 1
                i += 1
            else:
                number, side = right, 2
                j += 1
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
        low, high = first[rows[k]], first[rows[k] + 1]
        while low < high:
            middle = (low + high) // 2
            if items[middle] < wanted[k]:
                low = middle + 1
            else:
                high = middle
        if low < first[rows[k] + 1] and items[low] == wanted[k]:
            places[k] = low
            found += 1
    return found


@kernel("int64(int32[::1], int64[::1])")
def count_items(items: Int32, counts: Int64) -> int:
    """Count how often every item occurs; gives how many there are."""
    for at in range(len(items)):
        counts[items[at]] += 1
    return len(items)
