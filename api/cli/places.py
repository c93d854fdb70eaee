"""Where things lie, as whoever started the command knows it."""

from __future__ import annotations

from pathlib import Path


def from_here(folder: Path) -> str:
    """Path of the rules as tools that start from this folder know it (a checkout, in CI)."""
    whole, here = folder.resolve(), Path.cwd()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else whole.as_posix()
