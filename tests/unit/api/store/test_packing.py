"""What is packed comes back, or is told to be damaged."""

from __future__ import annotations

import random
import zlib

import pytest

from api.store.packing import pack, unpack
from policy.diagnostics import OrdainError

SHORT = random.Random(2).randbytes(200).hex().encode()
LONG = random.Random(1).randbytes(5_000).hex().encode() * 300


@pytest.mark.parametrize("content", [b"", SHORT, LONG, bytes(1 << 20), bytes((1 << 20) - 1)])
def test_content_comes_back_and_is_smaller(content: bytes) -> None:
    packed = pack(content)
    assert unpack(packed, "it") == content
    assert len(packed) < len(content) or not content


def test_what_earlier_versions_packed_is_still_read() -> None:
    assert unpack(zlib.compress(LONG), "it") == LONG


@pytest.mark.parametrize("content", [SHORT, LONG])
@pytest.mark.parametrize("where", [3, 20, 26, -1])
def test_a_changed_byte_is_told(content: bytes, where: int) -> None:
    packed = bytearray(pack(content))
    packed[where] ^= 1
    with pytest.raises(OrdainError, match="damaged"):
        unpack(bytes(packed), "it")


@pytest.mark.parametrize("content", [SHORT, LONG])
@pytest.mark.parametrize("rest", [0, 10, 15, 25, 60, -1])
def test_a_beginning_alone_is_told(content: bytes, rest: int) -> None:
    with pytest.raises(OrdainError, match="damaged"):
        unpack(pack(content)[:rest], "it")
