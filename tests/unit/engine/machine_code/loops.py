"""Kernels of the tests, one for every way of passing things. Run as a program, it calls them with kept code."""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.store.compiled_code import CodeFolder
from engine.columnar.native import kernel, use_cache

ONE = np.uint64(1)
WEIGHTS = np.array([3, 1, 2, 7, 5], dtype=np.int64)


def lowest_bit(word: np.uint64) -> np.uint64:
    return word & (~word + ONE)


def without_lowest_bit(word: np.uint64) -> np.uint64:
    return word ^ lowest_bit(word)


@kernel("int64(uint64[::1], int32[::1], int64)")
def count_bits(words: NDArray[np.uint64], counts: NDArray[np.int32], size: int) -> int:
    total = 0
    for place in range(size):
        counts[place] = 0
        word = words[place]
        while word != 0:
            word = without_lowest_bit(word)
            counts[place] += 1
            total += 1
    return total


@kernel("int64(int64[:, ::1], bool[::1], int32, bool)")
def weigh(table: NDArray[np.int64], wanted: NDArray[np.bool_], start: int, everything: bool) -> int:  # noqa: FBT001
    total = start
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            if wanted[column] or everything:
                total += table[row, column] * WEIGHTS[(row + column) % 5]
    return total


@kernel("void(uint8[::1], uint8[::1], int64[::1])")
def copy_and_clear(source: NDArray[np.uint8], target: NDArray[np.uint8], cleared: NDArray[np.int64]) -> None:
    for place in range(len(target)):  # the loop that becomes a call of memcpy
        target[place] = source[place]
    for place in range(len(cleared)):
        cleared[place] = 0


@kernel("bool(uint32[::1], uint64)")
def has(words: NDArray[np.uint32], wanted: np.uint64) -> bool:
    for place in range(len(words)):  # noqa: SIM110  # a kernel has no generators
        if words[place] == wanted:
            return True
    return False


@kernel("uint64(uint64)")
def turned_over(word: np.uint64) -> np.uint64:
    return ~word


def answers() -> list[object]:
    """Call every kernel once."""
    words = np.array([0, 1, 5, 2**63, 2**64 - 1], dtype=np.uint64)
    counts = np.full(5, 9, dtype=np.int32)
    table = np.arange(12, dtype=np.int64).reshape(3, 4)
    wanted = np.array([1, 0, 0, 1], dtype=np.bool_)
    target, cleared = np.ones(50, dtype=np.uint8), np.ones(30, dtype=np.int64)
    codes = np.array([4, 2**32 - 1], dtype=np.uint32)
    return [
        int(count_bits(words, counts, 5)),
        counts.tolist(),
        int(weigh(table, wanted, -7, False)),  # noqa: FBT003
        int(weigh(table, wanted, -7, True)),  # noqa: FBT003
        copy_and_clear(np.frombuffer(bytes(range(50)), dtype=np.uint8), target, cleared),
        target.tolist(),
        cleared.tolist(),
        bool(has(codes, np.uint64(2**32 - 1))),
        bool(has(codes, np.uint64(3))),
        int(turned_over(np.uint64(5))),
    ]


KERNELS = (count_bits, weigh, copy_and_clear, has, turned_over)

if __name__ == "__main__":
    sys.modules["numba"] = sys.modules["llvmlite"] = None  # type: ignore[assignment]  # nothing may import them
    use_cache(CodeFolder(Path(sys.argv[1])))
    sys.stdout.write(f"{answers()} {[one.origin for one in KERNELS]}")
