"""Where compiled code is kept, and who hears that some has to be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Tell = Callable[[str], None]
"""Told the name of a kernel before it is compiled."""


def tell_nobody(_kernel: str) -> None:
    """Keep it to ourselves."""


class CodeCache(Protocol):
    """Keeps compiled code between processes, for one machine and one version of the compiler.

    INVARIANT: what `get` gives was put by us: it is executed. An implementation refuses what others could have written.
    """

    def get(self, key: str) -> bytes | None:
        """Give what was put under a key; None when there is nothing, or nothing to trust."""
        ...

    def put(self, key: str, code: bytes) -> None:
        """Keep code under a key (64 hexadecimal digits). What cannot be kept is compiled again; that is no error."""
        ...


class MemoryCache:
    """Keeps code as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """Give what was put under a key."""
        return self._kept.get(key)

    def put(self, key: str, code: bytes) -> None:
        """Keep code under a key."""
        self._kept[key] = code
