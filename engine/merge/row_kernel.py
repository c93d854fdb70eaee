"""The compiled loop that lays canonical lines together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.columnar.native import kernel

BEFORE_NUMBER = 2
"""Pieces of a line between its reasons and its number."""
_COMMA, _ZERO, _TEN = ord(","), ord("0"), 10


def _lay(  # noqa: PLR0917  # a helper of a kernel
    fragments: NDArray[np.uint8],
    first: NDArray[np.int64],
    number: int,
    out: NDArray[np.uint8],
    at: int,
) -> int:
    """Lay a fragment at a place; gives the place behind it."""
    fragment, into = fragments[first[number] : first[number + 1]], out[at:]
    for place in range(len(fragment)):
        into[place] = fragment[place]
    return at + len(fragment)


@kernel("void(uint8[::1], int64[::1], int32[:,::1], int32[:,::1], int64[::1], int64[:,::1], uint8[::1])")
def lay_lines(  # noqa: PLR0913, PLR0917  # a kernel takes arrays, and nothing that holds them together
    fragments: NDArray[np.uint8],
    first: NDArray[np.int64],
    pieces: NDArray[np.int32],
    reasons: NDArray[np.int32],
    first_reason: NDArray[np.int64],
    places: NDArray[np.int64],
    out: NDArray[np.uint8],
) -> None:
    """Lay each line out where it is to begin.

    A line is its first piece, its reasons (three fragments each, a comma between two), two more pieces, its number, and
    the rest of its pieces. `pieces` are numbers of fragments (int32[L, K]), `places` the number of each line and where
    it begins (int64[L, 2]; -1 leaves it out).
    """
    for line in range(len(pieces)):
        at = places[line, 1]
        if at < 0:
            continue
        at = _lay(fragments, first, pieces[line, 0], out, at)
        for reason in range(first_reason[line], first_reason[line + 1]):
            if reason > first_reason[line]:
                out[at] = _COMMA
                at += 1
            for piece in range(3):
                at = _lay(fragments, first, reasons[reason, piece], out, at)
        for piece in range(1, 1 + BEFORE_NUMBER):
            at = _lay(fragments, first, pieces[line, piece], out, at)
        number, digits = places[line, 0], 1
        while number >= _TEN:
            number //= _TEN
            digits += 1
        number = places[line, 0]
        for place in range(digits):
            out[at + digits - 1 - place] = _ZERO + number % _TEN
            number //= _TEN
        at += digits
        for piece in range(1 + BEFORE_NUMBER, pieces.shape[1]):
            at = _lay(fragments, first, pieces[line, piece], out, at)
