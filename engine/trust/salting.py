"""Salts and Merkle root of line files, as files: few lines one by one, many side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.trust.lines import FEW_LINES, SALT_BYTES, file_of, read_salts, rows_of, salt_of, salted_leaf
from engine.trust.merkle import HASH_BYTES, merkle_root

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def salts_file(lines: bytes, *, diff: str, keys: Sequence[bytes], owners: Sequence[int] | NDArray[np.int32]) -> bytes:
    """Make `salts.ndjson` for `lines.ndjson` of the diff with this id.

    `owners` gives each line its key, as a place in `keys`.
    """
    if len(owners) <= FEW_LINES:
        rows = zip(rows_of(lines), owners, strict=True)
        return file_of(salt_of(row, diff=diff, person_key=keys[owner]).hex().encode() for row, owner in rows)
    return _many_salts(lines, keys, owners, diff=diff)


def root_of(lines: bytes, salts: bytes, *, count: int) -> bytes:
    """Merkle root over the salted leaves of `count` lines. Raises RefusedError ORD0717 for salts that are none."""
    if count > FEW_LINES:
        return _root_of_many(lines, salts, count=count)
    pairs = zip(read_salts(salts, count=count), rows_of(lines), strict=True)
    return merkle_root([salted_leaf(salt, row) for salt, row in pairs])


def _many_salts(lines: bytes, keys: Sequence[bytes], owners: Sequence[int] | NDArray[np.int32], *, diff: str) -> bytes:
    import numpy as np  # noqa: PLC0415  # few lines need none of it

    from engine.trust.hashing import hmac_rows, rows_of_file  # noqa: PLC0415

    places = np.asarray(owners, np.int32)
    digests = hmac_rows(rows_of_file(lines), keys, places, head=diff.encode() + b"\n")
    texts = np.frombuffer(digests[:, :SALT_BYTES].tobytes().hex().encode(), np.uint8)
    rows = np.full((len(places), 2 * SALT_BYTES + 1), ord("\n"), np.uint8)
    rows[:, :-1] = texts.reshape(len(places), 2 * SALT_BYTES)
    return rows.tobytes()


def _root_of_many(lines: bytes, salts: bytes, *, count: int) -> bytes:
    import numpy as np  # noqa: PLC0415  # few lines need none of it

    from engine.trust.hashing import hash_rows, rows_of_file, rows_of_width  # noqa: PLC0415

    rows = rows_of_file(lines)
    heads = np.zeros((count, 1 + SALT_BYTES), np.uint8)
    heads[:, 1:] = _many_read_salts(salts, count=count)
    nodes = hash_rows(rows, heads)
    node_head = np.ones((1, 1), np.uint8)
    while len(nodes) > 1:
        pairs = nodes[: len(nodes) // 2 * 2].reshape(-1, 2 * HASH_BYTES)
        above = hash_rows(rows_of_width(pairs), node_head)
        nodes = np.concatenate((above, nodes[-1:])) if len(nodes) % 2 else above
    return merkle_root([node.tobytes() for node in nodes])


def _many_read_salts(salts: bytes, *, count: int) -> NDArray[np.uint8]:
    """Salts as uint8[count, 16]; what is not exactly in the one form is told by the reader of few."""
    import numpy as np  # noqa: PLC0415  # few lines need none of it

    width = 2 * SALT_BYTES + 1
    if len(salts) == count * width:
        texts = np.frombuffer(salts, np.uint8).reshape(count, width)
        digits = texts[:, :-1].tobytes()
        if (texts[:, -1] == ord("\n")).all() and not digits.translate(None, b"0123456789abcdef"):
            return np.frombuffer(bytes.fromhex(digits.decode()), np.uint8).reshape(count, SALT_BYTES)
    return np.frombuffer(b"".join(read_salts(salts, count=count)), np.uint8).reshape(count, SALT_BYTES)
