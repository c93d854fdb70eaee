"""The constants of SHA-256: beginnings of the fractions of roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3)."""

from __future__ import annotations

import math

_BITS = 32


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % one for one in found):
            found.append(number)
        number += 1
    return found


def _cube_root(number: int) -> int:
    """Largest whole number whose third power is at most `number`."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


CUBE_ROOTS = tuple(_cube_root(prime << 3 * _BITS) % (1 << _BITS) for prime in _primes(64))
"""Constant of each round."""
SQUARE_ROOTS = tuple(math.isqrt(prime << 2 * _BITS) % (1 << _BITS) for prime in _primes(8))
"""State before anything is hashed."""
