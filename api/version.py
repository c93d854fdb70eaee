"""Which Ordain this is."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_ROOMS = ("policy", "engine", "dsl")


def our_version() -> str:
    """Version of the installed distribution."""
    try:
        return version("ordain")
    except PackageNotFoundError:
        return "unknown"


@cache
def engine_digest() -> str:
    """SHA-256 (hex) over the source of the rooms that decide, so a diff says which engine made it."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        folder = Path(__import__(room).__path__[0])
        for path in sorted(folder.rglob("*.py")):
            digest.update(f"{room}/{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
