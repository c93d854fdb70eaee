"""Long byte strings, packed for storage: short ones by zlib, long ones by Zstandard, which takes a tenth of the time.

What is stored says which: zlib (RFC 1950) never begins as the head of the other form does.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

from policy.catalogue import service
from policy.diagnostics import Diagnostic, OrdainError

_LONG_BYTES = 1 << 20
"""Shorter ones are packed before the library for the others is loaded."""
_MAGIC = b"ordain zstd 1\n"
_HEAD = struct.Struct(">QI")
"""Length and CRC-32 of what was packed."""


def pack(content: bytes) -> bytes:
    """Compressed form."""
    if len(content) < _LONG_BYTES:
        return zlib.compress(content)
    from pyarrow import Codec  # noqa: PLC0415  # half a second that few bytes need not wait for

    packed: bytes = Codec("zstd", 1).compress(content, asbytes=True)
    return b"".join((_MAGIC, _HEAD.pack(len(content), zlib.crc32(content)), packed))


def pack_lines(lines: Iterable[bytes]) -> bytes:
    """Give the compressed form of many lines without holding them all; packed quickly rather than tightly."""
    packer = zlib.compressobj(level=1)
    parts = [packer.compress(line) for line in lines]
    return b"".join([*parts, packer.flush()])


def unpack(stored: bytes, what: str) -> bytes:
    """Bytes as they were packed. Raises OrdainError naming `what` when they cannot be read any more."""
    try:
        return _unpack_long(stored) if stored.startswith(_MAGIC) else zlib.decompress(stored)
    except (zlib.error, struct.error, ValueError, OSError):
        raise OrdainError(
            Diagnostic(
                service.STORE_DAMAGED,
                f"The stored bytes of {what} are damaged",
                hint="put back a backup of the store",
                subject=what,
            )
        ) from None


def _unpack_long(stored: bytes) -> bytes:
    from pyarrow import Codec  # noqa: PLC0415  # see `pack`

    length, check = _HEAD.unpack_from(stored, len(_MAGIC))
    packed = memoryview(stored)[len(_MAGIC) + _HEAD.size :]
    content: bytes = Codec("zstd").decompress(packed, length, asbytes=True)
    if len(content) != length or zlib.crc32(content) != check:
        raise ValueError("not what was packed")
    return content
