"""SHA-256 and HMAC of many rows at once, held against `hashlib` and `hmac`."""

from __future__ import annotations

import hashlib
import hmac
import random

import numpy as np
import pytest

from engine.columnar.native import kernels_in_python
from engine.trust.fractions import CUBE_ROOTS, SQUARE_ROOTS
from engine.trust.hashing import hash_rows, hmac_rows, rows_of_file, rows_of_width

LENGTHS = [0, 1, 54, 55, 56, 63, 64, 65, 118, 119, 120, 128, 183, 250, 4_095, 4_096, 4_097, 9_000]
ROWS = [random.Random(length).randbytes(length).replace(b"\n", b" ") for length in LENGTHS]
FILE = b"".join(row + b"\n" for row in ROWS)


def test_constants_are_those_of_the_standard() -> None:
    assert [hex(one) for one in SQUARE_ROOTS[:2]] == ["0x6a09e667", "0xbb67ae85"]
    assert [hex(CUBE_ROOTS[0]), hex(CUBE_ROOTS[63])] == ["0x428a2f98", "0xc67178f2"]


def test_rows_of_every_length_have_their_hash() -> None:
    digests = hash_rows(rows_of_file(FILE))
    assert [one.tobytes() for one in digests] == [hashlib.sha256(row).digest() for row in ROWS]


def test_rows_are_hashed_behind_one_head_or_each_behind_its_own() -> None:
    own = np.arange(len(ROWS) * 70, dtype=np.uint8).reshape(len(ROWS), 70)
    for heads in (own[:1], own):
        said = [heads[0 if len(heads) == 1 else place].tobytes() + row for place, row in enumerate(ROWS)]
        digests = hash_rows(rows_of_file(FILE), heads)
        assert [one.tobytes() for one in digests] == [hashlib.sha256(one).digest() for one in said]


def test_more_rows_than_are_hashed_together() -> None:
    rows = [f"row {number} {'x' * (number % 90)}".encode() for number in range(2_500)]
    digests = hash_rows(rows_of_file(b"".join(row + b"\n" for row in rows)))
    assert [one.tobytes() for one in digests] == [hashlib.sha256(row).digest() for row in rows]


def test_keys_of_every_length_give_the_code_of_rfc_2104() -> None:
    keys = [b"", b"k" * 16, b"k" * 32, b"k" * 63, b"k" * 64, b"k" * 65, b"k" * 200]
    owners = np.arange(len(ROWS), dtype=np.int32) % np.int32(len(keys))
    digests = hmac_rows(rows_of_file(FILE), keys, owners, head=b"d1\n")
    expected = [hmac.digest(keys[owner], b"d1\n" + row, "sha256") for owner, row in zip(owners, ROWS, strict=True)]
    assert [one.tobytes() for one in digests] == expected


def test_nothing_to_hash() -> None:
    assert hash_rows(rows_of_file(b"")).shape == (0, 32)
    assert hmac_rows(rows_of_file(b""), [], np.zeros(0, np.int32), head=b"").shape == (0, 32)


def test_a_file_without_its_last_line_end_has_no_rows() -> None:
    with pytest.raises(ValueError, match="no end"):
        rows_of_file(b"a\nb")


def test_python_gives_the_same_as_machine_code() -> None:
    table = np.frombuffer(random.Random(5).randbytes(20 * 70), np.uint8).reshape(20, 70)
    with kernels_in_python():
        digests = hash_rows(rows_of_width(table))
        behind = hash_rows(rows_of_file(b"a\n" + b"b" * 90 + b"\n"), np.full((1, 3), ord("h"), np.uint8))
    assert [one.tobytes() for one in digests] == [hashlib.sha256(row.tobytes()).digest() for row in table]
    assert [one.tobytes() for one in behind] == [hashlib.sha256(b"hhh" + row).digest() for row in (b"a", b"b" * 90)]
