"""Ascending texts as Arrow keeps them: offsets into bytes of UTF-8, whose order is that of the texts."""

from __future__ import annotations

from engine.columnar.kernels.arrays import Bytes, Int32
from engine.columnar.native import kernel


@kernel("int64(int32[::1], uint8[::1], int32[::1], uint8[::1], int32[::1], int32[::1])")
def merge_texts(
    first_a: Int32, bytes_a: Bytes, first_b: Int32, bytes_b: Bytes, places_a: Int32, places_b: Int32
) -> int:
    """Give every text of two ascending lists of different texts its place in both together.

    They are written to `places_a` and `places_b`; gives how many different texts there are.
    """
    a = b = used = 0
    while a < len(places_a) and b < len(places_b):
        at_a, end_a = first_a[a], first_a[a + 1]
        at_b, end_b = first_b[b], first_b[b + 1]
        while at_a < end_a and at_b < end_b and bytes_a[at_a] == bytes_b[at_b]:
            at_a += 1
            at_b += 1
        both_go_on = at_a < end_a and at_b < end_b
        a_is_first = bytes_a[at_a] < bytes_b[at_b] if both_go_on else at_b < end_b
        is_same = at_a == end_a and at_b == end_b
        if a_is_first or is_same:
            places_a[a] = used
            a += 1
        if is_same or not a_is_first:
            places_b[b] = used
            b += 1
        used += 1
    while a < len(places_a):
        places_a[a] = used
        a += 1
        used += 1
    while b < len(places_b):
        places_b[b] = used
        b += 1
        used += 1
    return used


@kernel("int64(int32[::1], uint8[::1], int32[::1], uint8[::1], int32[::1])")
def find_texts(first: Int32, bytes_: Bytes, first_wanted: Int32, wanted: Bytes, places: Int32) -> int:
    """Write the place of every wanted text in an ascending list of `len(first) - 1` texts, -1 where it is not in it.

    Gives how many are found.
    """
    found = 0
    for k in range(len(places)):
        places[k] = -1
        low, high = 0, len(first) - 1
        while low < high:
            middle = (low + high) // 2
            at, end = first[middle], first[middle + 1]
            at_wanted, end_wanted = first_wanted[k], first_wanted[k + 1]
            while at < end and at_wanted < end_wanted and bytes_[at] == wanted[at_wanted]:
                at += 1
                at_wanted += 1
            if at == end and at_wanted == end_wanted:
                places[k] = middle
                found += 1
                break
            both_go_on = at < end and at_wanted < end_wanted
            is_before = bytes_[at] < wanted[at_wanted] if both_go_on else at == end
            if is_before:
                low = middle + 1
            else:
                high = middle
    return found
