"""SHA-256 (FIPS 180-4) of many messages side by side: sixteen lanes, each a column of the words at work.

Loops over the lanes become the machine's vector instructions, whatever their width. Everything else of this room takes
`engine.trust.hashing`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.columnar.native import kernel
from engine.trust.fractions import CUBE_ROOTS

LANES = 16
BLOCK_BYTES = 64
STATE_WORDS = 8
PADDING_BYTES = 9
"""At least so many bytes stand behind a message: a mark, and its length in bits."""
WORK_ROWS = 208
"""Rows of `work`: words a and words e after each round, below the four before the first; the schedule; the states."""
_E, _W, _STATES, _WORDS, _ROUNDS = 68, 136, 200, 16, 64
_CONSTANTS = np.array(CUBE_ROOTS, np.uint32)
_THREE, _TEN = np.uint32(3), np.uint32(10)
_EIGHT, _TWENTY_FOUR, _MIDDLE, _LOW = np.uint32(8), np.uint32(24), np.uint32(0xFF00), np.uint32(0xFF)


def _turned(word: np.uint32, count: int) -> np.uint32:
    """Word turned right by some bits."""
    return (word >> np.uint32(count)) | (word << np.uint32(32 - count))


def _big_end_first(word: np.uint32) -> np.uint32:
    low, high = (word & _LOW) << _TWENTY_FOUR, (word & _MIDDLE) << _EIGHT
    return np.uint32(low | high | ((word >> _EIGHT) & _MIDDLE) | (word >> _TWENTY_FOUR))


def _compress(work: NDArray[np.uint32]) -> None:
    """Do the rounds of FIPS 180-4 section 6.2.2: a and e of each round stand below those of the round before."""
    for place in range(4):
        for lane in range(LANES):
            work[3 - place, lane] = work[_STATES + place, lane]
            work[_E + 3 - place, lane] = work[_STATES + 4 + place, lane]
    for at in range(_WORDS, _ROUNDS):
        for lane in range(LANES):
            early, late = work[_W + at - 15, lane], work[_W + at - 2, lane]
            mixed = _turned(early, 7) ^ _turned(early, 18) ^ (early >> _THREE)
            mixed += _turned(late, 17) ^ _turned(late, 19) ^ (late >> _TEN)
            work[_W + at, lane] = work[_W + at - 16, lane] + work[_W + at - 7, lane] + mixed
    for at in range(_ROUNDS):
        constant = _CONSTANTS[at]
        for lane in range(LANES):
            a, b, c, d = work[at + 3, lane], work[at + 2, lane], work[at + 1, lane], work[at, lane]
            e, f, g, h = work[_E + at + 3, lane], work[_E + at + 2, lane], work[_E + at + 1, lane], work[_E + at, lane]
            first = h + (_turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)) + (g ^ (e & (f ^ g)))
            first = np.uint32(first + constant + work[_W + at, lane])
            second = (_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + ((a & b) | (c & (a | b)))
            work[at + 4, lane] = np.uint32(first + second)
            work[_E + at + 4, lane] = np.uint32(d + first)
    for place in range(4):
        for lane in range(LANES):
            work[_STATES + place, lane] += work[_ROUNDS + 3 - place, lane]
            work[_STATES + 4 + place, lane] += work[_E + _ROUNDS + 3 - place, lane]


@kernel("void(uint8[:,::1], uint8[::1], int64[:,::1], int64, uint8[:,::1])")
def lay_messages(  # noqa: PLR0917  # a kernel takes its arguments by position
    heads: NDArray[np.uint8],
    data: NDArray[np.uint8],
    spans: NDArray[np.int64],
    hashed: int,
    target: NDArray[np.uint8],
) -> None:
    """Lay each message out in its row of `target`, padded to whole blocks.

    Message `i` is row `i` of `heads` (uint8[N or 1, bytes]; one row stands for all) and `data[spans[i, 0]:spans[i, 1]]`
    behind it; `hashed` bytes went before. A row of `target` has room for the longest message and its padding.
    """
    ahead = heads.shape[1]
    for message in range(len(spans)):
        head = heads[0 if len(heads) == 1 else message]
        row = target[message]
        for place in range(ahead):
            row[place] = head[place]
        body, behind = data[spans[message, 0] : spans[message, 1]], row[ahead:]
        for place in range(len(body)):
            behind[place] = body[place]
        length = ahead + len(body)
        end = (length + PADDING_BYTES + BLOCK_BYTES - 1) // BLOCK_BYTES * BLOCK_BYTES
        padding = row[length:end]
        for place in range(len(padding)):
            padding[place] = 0
        padding[0] = 0x80
        bits = (hashed + length) * 8
        for place in range(8):
            row[end - 1 - place] = (bits >> (8 * place)) & 0xFF


@kernel("void(uint32[:,::1], int64[::1], uint32[:,::1], uint32[:,::1])")
def hash_blocks(
    messages: NDArray[np.uint32], blocks: NDArray[np.int64], states: NDArray[np.uint32], work: NDArray[np.uint32]
) -> None:
    """Take the first `blocks[i]` blocks of row `i` of `messages` (words as they lie in memory) into `states[i]`.

    `work` is scratch: uint32[WORK_ROWS, LANES].
    """
    for low in range(0, len(blocks), LANES):
        count = min(LANES, len(blocks) - low)
        most = 0
        for lane in range(count):
            most = max(most, blocks[low + lane])
        for lane in range(count):
            for place in range(STATE_WORDS):
                work[_STATES + place, lane] = states[low + lane, place]
        for block in range(most):
            for lane in range(count):
                if block < blocks[low + lane]:
                    words = messages[low + lane, block * _WORDS : (block + 1) * _WORDS]
                    for place in range(_WORDS):
                        work[_W + place, lane] = _big_end_first(words[place])
            _compress(work)
            for lane in range(count):
                if block + 1 == blocks[low + lane]:
                    for place in range(STATE_WORDS):
                        states[low + lane, place] = work[_STATES + place, lane]
