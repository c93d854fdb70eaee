"""Bits of words."""

from __future__ import annotations

import numpy as np

ONE = np.uint64(1)
_SHIFT = np.uint64(58)
_SEQUENCE = 0x03F79D71B4CB0A89
_PATTERN = np.uint64(_SEQUENCE)
"""A de Bruijn sequence: each of its 64 windows of six bits is another one (Leiserson, Prokop, Randall 1998)."""
_PLACES = np.zeros(64, np.int64)
_PLACES[[(_SEQUENCE << bit) % 2**64 >> 58 for bit in range(64)]] = np.arange(64)


def lowest_bit(word: np.uint64) -> np.int64:
    """Place (0 to 63) of the lowest bit that is set in a word that is not 0."""
    return _PLACES[((word & (~word + ONE)) * _PATTERN) >> _SHIFT]
