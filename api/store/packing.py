"""Long byte strings, packed for storage."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from policy.catalogue import service
from policy.diagnostics import Diagnostic, OrdainError


def pack(content: bytes) -> bytes:
    """Compressed form (RFC 1950)."""
    return zlib.compress(content)


def pack_lines(lines: Iterable[bytes]) -> bytes:
    """Give the compressed form of many lines without holding them all; packed quickly rather than tightly."""
    packer = zlib.compressobj(level=1)
    parts = [packer.compress(line) for line in lines]
    return b"".join([*parts, packer.flush()])


def unpack(stored: bytes, what: str) -> bytes:
    """Bytes as they were packed. Raises OrdainError naming `what` when they cannot be read any more."""
    try:
        return zlib.decompress(stored)
    except zlib.error:
        raise OrdainError(
            Diagnostic(
                service.STORE_DAMAGED,
                f"The stored bytes of {what} are damaged",
                hint="put back a backup of the store",
                subject=what,
            )
        ) from None
