"""Many hashes at once: SHA-256 and HMAC-SHA256 (RFC 2104) over rows of one buffer, byte for byte those of `hashlib`."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.trust.fractions import SQUARE_ROOTS
from engine.trust.lanes import BLOCK_BYTES, LANES, PADDING_BYTES, WORK_ROWS, hash_blocks, lay_messages

Digests = NDArray[np.uint8]
"""One digest a row: uint8[N, 32]."""
HASH_BYTES = 32
_LONGEST = 4096
"""Longer rows are hashed one by one: many of them side by side would want much memory, and gain nothing."""
_AT_ONCE = 1024
_INNER, _OUTER = 0x36, 0x5C
_BEGIN = np.array(SQUARE_ROOTS, np.uint32)
_NO_HEAD = np.zeros((1, 0), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of a buffer (uint8): row `i` is `data[first[i] : end[i]]` (int64)."""

    data: NDArray[np.uint8]
    first: NDArray[np.int64]
    end: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, row: int) -> bytes:
        return self.data[self.first[row] : self.end[row]].tobytes()

    def part(self, which: slice | NDArray[np.int64]) -> Rows:
        """Give some of the rows."""
        return Rows(self.data, self.first[which], self.end[which])

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Count the bytes of each row."""
        return self.end - self.first


def rows_of_file(data: bytes) -> Rows:
    """Rows of a file with a line feed behind each. Raises ValueError when the last line feed is missing."""
    buffer = np.frombuffer(data, np.uint8)
    end = np.flatnonzero(buffer == ord("\n")).astype(np.int64, copy=False)
    if data and not data.endswith(b"\n"):
        raise ValueError("the last line has no end")
    return Rows(buffer, np.concatenate((np.zeros(min(len(end), 1), np.int64), end[:-1] + 1)), end)


def rows_of_width(data: NDArray[np.uint8]) -> Rows:
    """Rows of a table (uint8[N, width])."""
    first = np.arange(len(data), dtype=np.int64) * data.shape[1]
    return Rows(np.ascontiguousarray(data).reshape(-1), first, first + data.shape[1])


def hash_rows(rows: Rows, heads: NDArray[np.uint8] = _NO_HEAD) -> Digests:
    """SHA-256 of each row behind its head (uint8[N, bytes], or one row for all of them)."""
    out = np.empty((len(rows), HASH_BYTES), np.uint8)
    long, parts = _parts(rows)
    for row in long.tolist():
        head = heads[0 if len(heads) == 1 else row].tobytes()
        out[row] = np.frombuffer(hashlib.sha256(head + rows[row]).digest(), np.uint8)
    for part in parts:
        states = np.tile(_BEGIN, (len(part), 1))
        out[part] = _digests(rows.part(part), heads if len(heads) == 1 else heads[part], states, hashed=0)
    return out


def hmac_rows(rows: Rows, keys: Sequence[bytes], owners: NDArray[np.int32], *, head: bytes) -> Digests:
    """HMAC-SHA256 of each row behind `head`, with the key (of any length) that `owners` gives it: a place in `keys`."""
    out = np.empty((len(rows), HASH_BYTES), np.uint8)
    heads = np.frombuffer(head, np.uint8).reshape(1, -1)
    inner, outer = _key_states(keys)
    long, parts = _parts(rows)
    for row in long.tolist():
        out[row] = np.frombuffer(hmac.digest(keys[owners[row]], head + rows[row], "sha256"), np.uint8)
    for part in parts:
        within = _digests(rows.part(part), heads, inner[owners[part]], hashed=BLOCK_BYTES)
        out[part] = _digests(rows_of_width(within), _NO_HEAD, outer[owners[part]], hashed=BLOCK_BYTES)
    return out


def _parts(rows: Rows) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Rows that are hashed alone, and the others in parts that stay in a processor's cache."""
    long = rows.lengths > _LONGEST
    short = np.flatnonzero(~long)
    short = short[np.argsort(rows.lengths[short] // BLOCK_BYTES, kind="stable")]  # lanes end together
    return np.flatnonzero(long), [short[low : low + _AT_ONCE] for low in range(0, len(short), _AT_ONCE)]


def _digests(rows: Rows, heads: NDArray[np.uint8], states: NDArray[np.uint32], *, hashed: int) -> Digests:
    """Go on with each of the states (uint32[N, 8], which are changed), `hashed` bytes after the beginning."""
    blocks = (rows.lengths + (heads.shape[1] + PADDING_BYTES + BLOCK_BYTES - 1)) // BLOCK_BYTES
    messages = np.empty((len(rows), int(blocks.max()) * BLOCK_BYTES), np.uint8)
    lay_messages(heads, rows.data, np.column_stack((rows.first, rows.end)), hashed, messages)
    _run(messages, blocks, states)
    return states.byteswap().view(np.uint8)


def _run(messages: NDArray[np.uint8], blocks: NDArray[np.int64], states: NDArray[np.uint32]) -> None:
    hash_blocks(messages.view(np.uint32), blocks, states, np.zeros((WORK_ROWS, LANES), np.uint32))


def _key_states(keys: Sequence[bytes]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """States after the inner and after the outer block of each key."""
    blocks = np.zeros((len(keys), BLOCK_BYTES), np.uint8)
    short = [key if len(key) <= BLOCK_BYTES else hashlib.sha256(key).digest() for key in keys]
    for length in {len(key) for key in short}:
        which = [place for place, key in enumerate(short) if len(key) == length]
        joined = np.frombuffer(b"".join(short[place] for place in which), np.uint8)
        blocks[which, :length] = joined.reshape(len(which), length)
    inner, outer = np.tile(_BEGIN, (len(keys), 1)), np.tile(_BEGIN, (len(keys), 1))
    for pad, states in ((_INNER, inner), (_OUTER, outer)):
        _run(blocks ^ np.uint8(pad), np.ones(len(keys), np.int64), states)
    return inner, outer
