"""Some spells of people are taken out, others put in, and what they are given is told anew."""

from __future__ import annotations

import numpy as np

from engine.columnar.kernels.arrays import Bits, Bytes, Int32, Int64
from engine.columnar.kernels.decide import mark, tell
from engine.columnar.native import kernel


@kernel(
    "int64(int64[::1], int64[::1], int32[::1], int32[::1], int64[::1], int64[::1], uint8[::1],"
    " int64[::1], int32[::1], int32[::1],"
    " int64[::1], int32[::1], int64[::1], int32[::1],"
    " int32[::1], int64[::1], int64[::1], int32[::1], int32[:, ::1], int32[:, ::1],"
    " uint64[::1], uint64[::1], int64[::1], int32[::1], int64[::1], int32[::1], int32[::1])"
)
def splice_spells(
    rows: Int64, first_fired: Int64, fired: Int32, through: Int32, first_before: Int64, first_after: Int64,
    dropped: Bytes, first_added: Int64, added: Int32, added_through: Int32,
    first_fixed: Int64, fixed: Int32, first_named: Int64, named: Int32,
    slot: Int32, base: Int64, first_filled: Int64, filled: Int32, codes: Int32, person_codes: Int32,
    marks: Bits, marked: Bits, first: Int64, given: Int32, first_out: Int64, fired_out: Int32, through_out: Int32,
) -> np.int64:  # fmt: skip
    """Write what fires for the persons in `rows` after the change, and what that gives; gives how much is given.

    Person `k` keeps what fired before but for `dropped` spells, and gets those of `added` from `first_added[k]` on.
    Contracts are numbered anew: those of the person began at `first_before` of their row and begin at `first_after[k]`
    now. Gifts are those of `engine.columnar.desired`, their codes by the new numbers. `given` has `ROOM` more than is
    needed (see `engine.columnar.kernels.decide`).
    """
    given_at, fired_at = np.int64(0), np.int64(0)
    for k in range(len(rows)):
        row = rows[k]
        begin = fired_at
        for at in range(first_fired[row], first_fired[row + 1]):
            if dropped[fired[at]] == 0:
                fired_out[fired_at] = fired[at]
                contract = through[at]
                through_out[fired_at] = -1 if contract < 0 else contract - first_before[row] + first_after[k]
                fired_at += 1
        for at in range(first_added[k], first_added[k + 1]):
            fired_out[fired_at] = added[at]
            contract = added_through[at]
            through_out[fired_at] = -1 if contract < 0 else contract - first_before[row] + first_after[k]
            fired_at += 1
        for at in range(begin, fired_at):
            spell, contract = fired_out[at], through_out[at]
            for g in range(first_fixed[spell], first_fixed[spell + 1]):
                mark(fixed[g], marks, marked)
            for n in range(first_named[spell], first_named[spell + 1]):
                grant = named[n]
                code = person_codes[slot[grant], k] if contract < 0 else codes[slot[grant], contract]
                start = base[grant] + code
                for g in range(first_filled[start], first_filled[start + 1]):
                    mark(filled[g], marks, marked)
        given_at = tell(marks, marked, given, given_at)
        first[k + 1] = given_at
        first_out[k + 1] = fired_at
    return given_at
