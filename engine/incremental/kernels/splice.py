"""Some spells of people are taken out, others put in, and what those gave or give is told anew."""

from __future__ import annotations

import numpy as np

from engine.columnar.kernels.arrays import Bits, Bytes, Int32, Int64
from engine.columnar.kernels.bits import ONE, lowest_bit
from engine.columnar.native import kernel


@kernel(
    "int64(int64[::1], int64[::1], int64[::1],"
    " int64[::1], int32[::1], int32[::1], int64[::1], int32[::1], int32[::1],"
    " int64[::1], int32[::1], int32[::1],"
    " uint8[::1], uint64[:, ::1], int32[::1], int32[::1],"
    " int64[::1], int32[::1], int32[::1], int64[::1], int64[::1], int32[::1], int32[:, ::1], int32[:, ::1],"
    " uint64[::1], int64[::1], int32[::1], int64[::1], int32[::1], int32[::1])"
)
def splice_spells(
    rows: Int64, first_before: Int64, first_after: Int64,
    first_fired: Int64, fired: Int32, through: Int32, first_given: Int64, given: Int32, keep: Int32,
    first_added: Int64, added: Int32, added_through: Int32,
    dropped: Bytes, masks: Bits, affected: Int32, bit_of: Int32,
    first_named: Int64, named: Int32, slot: Int32, base: Int64, first_filled: Int64, filled: Int32,
    codes: Int32, person_codes: Int32,
    word: Bits, first_out: Int64, given_out: Int32, first_fired_out: Int64, fired_out: Int32, through_out: Int32,
) -> np.int64:  # fmt: skip
    """Write what fires for the persons in `rows` after the change, and what that gives; gives how much is given.

    Person `k` keeps what fired before but for `dropped` spells, and gets those of `added` from `first_added[k]` on.
    Contracts are numbered anew: those of the person began at `first_before` of their row and begin at `first_after[k]`
    now. `affected` are the entitlements, ascending, that spells dropped or added may give, and `bit_of` finds each in
    it (-1: not there): these are told from what fires now. The rest of what was `given` stays: `keep` has the new
    number of each entitlement, -1 for those affected. `masks` are the affected ones among the fixed gifts of every
    spell; named gifts are those of `engine.columnar.desired`, their codes by the new numbers. `word` is room to work.
    """
    given_at, fired_at = np.int64(0), np.int64(0)
    for k in range(len(rows)):
        row = rows[k]
        shift = first_after[k] - first_before[row]
        begin = fired_at
        for at in range(first_fired[row], first_fired[row + 1]):
            fired_out[fired_at] = fired[at]
            through_out[fired_at] = -1 if through[at] < 0 else through[at] + shift
            fired_at += 1 - dropped[fired[at]]
        for at in range(first_added[k], first_added[k + 1]):
            fired_out[fired_at] = added[at]
            through_out[fired_at] = -1 if added_through[at] < 0 else added_through[at] + shift
            fired_at += 1
        for w in range(len(word)):
            word[w] = 0
        for at in range(begin, fired_at):
            spell = fired_out[at]
            for w in range(len(word)):
                word[w] |= masks[spell, w]
            for n in range(first_named[spell], first_named[spell + 1]):
                grant, contract = named[n], through_out[at]
                code = person_codes[slot[grant], k] if contract < 0 else codes[slot[grant], contract]
                start = base[grant] + code
                for g in range(first_filled[start], first_filled[start + 1]):
                    bit = bit_of[filled[g]]
                    if bit >= 0:
                        word[bit >> 6] |= ONE << np.uint64(bit & 63)
        at, end = first_given[row], first_given[row + 1]
        for w in range(len(word)):
            bits = word[w]
            while bits != 0:
                place = affected[w * 64 + lowest_bit(bits)]
                bits &= bits - ONE
                while at < end and keep[given[at]] < place:
                    given_out[given_at] = keep[given[at]]
                    given_at += keep[given[at]] >= 0
                    at += 1
                given_out[given_at] = place
                given_at += 1
        while at < end:
            given_out[given_at] = keep[given[at]]
            given_at += keep[given[at]] >= 0
            at += 1
        first_out[k + 1], first_fired_out[k + 1] = given_at, fired_at
    return given_at
