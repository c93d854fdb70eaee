"""A cache of parse tables in the user's own cache folder; whatever goes wrong with it, the tables are built anew.

The file is written whole under another name and then moved into place, so that concurrent processes never see half of
it. Its name holds a digest of the grammar and of Lark's version, so a changed grammar never meets old tables. What is
read decides what rules mean: a file or folder that somebody else may write to is not read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from dsl.grammar.moves import Moves, read_moves, write_moves

_FORMAT = "moves 1"


def load_or_build(grammar: str, build: Callable[[], Moves], *, folder: Path | None = None) -> Moves:
    """Load the tables of `grammar` from the cache, or `build` and try to keep them. Never fails on the cache."""
    place = folder or cache_folder()
    if place is None:
        return build()
    path = place / f"grammar-{_digest(grammar)}.tables"
    loaded = _load(path)
    if loaded is not None:
        return loaded
    built = build()
    with contextlib.suppress(OSError):
        _keep(path, built)
    return built


def cache_folder() -> Path | None:
    """Folder of our cache: `$ORDAIN_CACHE_DIR`, `$XDG_CACHE_HOME/ordain` or `~/.cache/ordain`; None without a home."""
    if chosen := os.environ.get("ORDAIN_CACHE_DIR"):
        return Path(chosen).absolute()
    named = os.environ.get("XDG_CACHE_HOME", "")
    if named and Path(named).is_absolute():
        return Path(named) / "ordain"
    try:
        return Path.home() / ".cache" / "ordain"
    except RuntimeError:
        return None


def _digest(grammar: str) -> str:
    made_by = f"{_FORMAT} {sys.version_info.major}.{sys.version_info.minor} {version('lark')}"
    return hashlib.sha256(f"{made_by}\n{grammar}".encode()).hexdigest()[:32]


def _load(path: Path) -> Moves | None:
    try:
        if not (_is_ours_alone(path.parent) and _is_ours_alone(path)):
            return None
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if head != hashlib.sha256(body).hexdigest().encode():
        return None
    return read_moves(body)


def _is_ours_alone(path: Path) -> bool:
    facts = path.lstat()
    owner = os.getuid() if hasattr(os, "getuid") else facts.st_uid
    return facts.st_uid == owner and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not path.is_symlink()


def _keep(path: Path, built: Moves) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    body = write_moves(built)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix="grammar-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
