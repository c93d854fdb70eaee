"""Bits of words."""

from __future__ import annotations

import numpy as np

ONE = np.uint64(1)
_EVERY_SECOND, _EVERY_PAIR = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_EVERY_FOUR, _EVERY_BYTE = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_TWO, _FOUR, _TOP_BYTE = np.uint64(2), np.uint64(4), np.uint64(56)


def count_bits(word: np.uint64) -> np.int64:
    """Count the bits that are set, side by side (Warren, Hacker's Delight, 5-1); compilers know the pattern."""
    pairs = word - ((word >> ONE) & _EVERY_SECOND)
    fours = (pairs & _EVERY_PAIR) + ((pairs >> _TWO) & _EVERY_PAIR)
    eights = (fours + (fours >> _FOUR)) & _EVERY_FOUR
    return np.int64((eights * _EVERY_BYTE) >> _TOP_BYTE)


def lowest_bit(word: np.uint64) -> np.int64:
    """Place (0 to 63) of the lowest bit that is set, by counting those below it; 64 for a word that is 0."""
    return count_bits((word & (~word + ONE)) - ONE)
