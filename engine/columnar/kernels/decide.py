"""Decide person by person: which conjunctions are left, which spells fire, what they give."""

from __future__ import annotations

import numpy as np

from engine.columnar.kernels.arrays import Bits, Bytes, Int32, Int64
from engine.columnar.kernels.bits import ONE, count_bits, lowest_bit
from engine.columnar.native import kernel

FEW = 4
"""Gifts of a spell that are marked without asking how many there are."""
SLACK = 2
"""Places that are written behind the last bit."""
ROOM = 67
"""Room that one word of marks may need."""
ZERO = np.uint64(0)


@kernel(
    "int64(int64, int64, int64, int64[::1], uint64[::1], int32[::1],"
    " int32[:, ::1], uint64[:, ::1], int32[:, ::1], uint64[:, ::1],"
    " int32[:, ::1], uint8[::1], int64[::1], int32[::1], int64[::1], int32[::1],"
    " int32[::1], int64[::1], int64[::1], int32[::1], int32[:, ::1], int32[:, ::1],"
    " uint64[::1], uint64[::1], uint64[::1], uint64[::1], int32[::1],"
    " int64[::1], int32[::1], int64[::1], int32[::1], int32[::1], int64[::1])"
)
def decide_persons(
    low: int, high: int, contract_words: int, first_contract: Int64, possible: Bits, spell_of: Int32,
    person_lines: Int32, person_bits: Bits, contract_lines: Int32, contract_bits: Bits,
    few: Int32, more: Bytes, first_fixed: Int64, fixed: Int32, first_named: Int64, named: Int32,
    slot: Int32, base: Int64, first_filled: Int64, filled: Int32, slot_codes: Int32, person_slot_codes: Int32,
    left: Bits, theirs: Bits, marks: Bits, marked: Bits, places: Int32,
    first: Int64, given: Int32, first_fired: Int64, fired: Int32, through: Int32, used: Int64,
) -> int:  # fmt: skip
    """Decide the persons of rows `low` to before `high`; gives the row at which room ran out, else `high`.

    Tables are those of `engine.columnar.tables`, gifts those of `engine.columnar.desired`: `few` (as many for every
    spell, some twice) are all of a spell's gifts unless it has `more`. Results go to `given` from `used[0]` and to
    `fired` and `through` from `used[1]` on; `first` and `first_fired` get the ends of every row, at the place behind
    it. `left`, `theirs` (words), `marks` and `marked` (bits of entitlements, bits of their words; all 0) and `places`
    (one per bit and `SLACK` more) are room to work in.
    """
    words = len(possible)
    for row in range(low, high):
        given_at, fired_at = used[0], used[1]
        for w in range(words):
            theirs[w] = possible[w]
        narrow(theirs, words, row, person_lines, person_bits)
        # The person alone comes first, as contract -1, then the contracts.
        begin, end = first_contract[row], first_contract[row + 1]
        for contract in range(begin - 1, end):
            alone = contract < begin
            from_word, to_word = (contract_words, words) if alone else (0, contract_words)
            for w in range(from_word, to_word):
                left[w] = theirs[w]
            if not alone:
                narrow(left, contract_words, contract, contract_lines, contract_bits)
            count = list_bits(left, from_word, to_word, places)
            if fired_at + count > len(fired):
                return row
            last = np.int64(-1)
            for k in range(count):
                spell = np.int64(spell_of[places[k]])
                fired[fired_at] = spell
                through[fired_at] = -1 if alone else contract
                fired_at += spell != last  # else another alternative of the same one
                last = spell
                if more[spell] == 0:
                    for g in range(few.shape[1]):
                        mark(few[spell, g], marks, marked)
                    continue
                for g in range(first_fixed[spell], first_fixed[spell + 1]):
                    mark(fixed[g], marks, marked)
                for n in range(first_named[spell], first_named[spell + 1]):
                    grant = named[n]
                    code = person_slot_codes[slot[grant], row] if alone else slot_codes[slot[grant], contract]
                    start = base[grant] + code
                    for g in range(first_filled[start], first_filled[start + 1]):
                        mark(filled[g], marks, marked)
        given_at = tell(marks, marked, given, given_at)
        if given_at < 0:
            return row
        used[0], used[1] = given_at, fired_at
        first[row + 1 - low] = given_at
        first_fired[row + 1 - low] = fired_at
    return high


def narrow(left: Bits, words: int, row: int, lines: Int32, bits: Bits) -> None:
    """Leave the bits that every look-up of a row leaves possible."""
    for column in range(lines.shape[1]):
        line = lines[row, column]
        for w in range(words):
            left[w] &= bits[line, w]


def list_bits(words: Bits, from_word: int, to_word: int, places: Int32) -> np.int64:
    """List the places of all bits, ascending; gives how many there are. Up to `SLACK` more are written over.

    Most words have no more than a few bits: those are written without asking, as asking costs more than writing.
    """
    count = np.int64(0)
    for w in range(from_word, to_word):
        word = words[w]
        several = count_bits(word)
        for k in range(2):
            places[count + k] = w * 64 + lowest_bit(word)
            word &= word - ONE
        for k in range(2, several):
            places[count + k] = w * 64 + lowest_bit(word)
            word &= word - ONE
        count += several
    return count


def mark(place: int, marks: Bits, marked: Bits) -> None:
    """Mark an entitlement by its place, and the word that the mark is in where there are many words."""
    marks[place >> 6] |= ONE << np.uint64(place & 63)
    if len(marked) > 1:
        marked[place >> 12] |= ONE << np.uint64((place >> 6) & 63)


def tell(marks: Bits, marked: Bits, given: Int32, given_at: np.int64) -> np.int64:
    """Write the places that are marked, ascending, and clear them; gives the end, -1 when there may be no room."""
    for m in range(len(marked)):
        # One word of marks says little about where the marks are; then every word is looked at.
        group = marked[m] if len(marked) > 1 else ~ZERO >> np.uint64(64 - len(marks))
        while group != 0:
            at = m * 64 + lowest_bit(group)
            if given_at + ROOM > len(given):
                return np.int64(-1)
            given_at = tell_word(marks[at], at * 64, given, given_at)
            marks[at] = 0
            group &= group - ONE
        marked[m] = 0
    return given_at


def tell_word(word: np.uint64, begin: np.int64, given: Int32, given_at: np.int64) -> np.int64:
    """Write the places of the bits of a word from `begin` on; gives the end."""
    several = count_bits(word)
    for k in range(3):
        given[given_at + k] = begin + lowest_bit(word)
        word &= word - ONE
    for k in range(3, several):
        given[given_at + k] = begin + lowest_bit(word)
        word &= word - ONE
    return given_at + several
