"""Folders of the user's cache that are read only when nobody else could have written there.

What is read from them is executed, or decides what rules mean.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import mkstemp

from api.store.sealed_file import newest_first

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_AT_ALL = stat.S_IRWXG | stat.S_IRWXO
_PRIVATE_FOLDER = 0o700


class PrivateFolder:
    """Bytes under keys on disk, in the folder `part` of the cache folder `root`.

    It never fails: what cannot be read is not there, what cannot be written is not kept.
    """

    def __init__(self, root: Path, part: str) -> None:
        self._root, self._part = root.resolve(), part

    def get(self, key: str) -> bytes | None:
        """Give what we put under a key, if nobody else could have written it."""
        try:
            if not _is_ours_alone(self.folder):
                return None
            opened = os.open(self.folder / key, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(opened, "rb") as file:
                trusted = not hasattr(os, "geteuid") or _is_private(os.fstat(file.fileno()))
                return file.read() if trusted else None
        except OSError:
            return None

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes under a key: whole, or not at all."""
        with suppress(OSError):
            self._root.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
            for folder in (self._root, *self._below()):
                folder.mkdir(exist_ok=True, mode=_PRIVATE_FOLDER)
            opened, draft = mkstemp(dir=self.folder)  # readable and writable for the owner alone
            try:
                with os.fdopen(opened, "wb") as file:
                    file.write(content)
                Path(draft).replace(self.folder / key)
            except OSError:
                Path(draft).unlink(missing_ok=True)
                raise

    def forget_all_but(self, count: int) -> None:
        """Remove what was kept, but for the `count` files that came last."""
        with suppress(OSError):
            for file in newest_first(self.folder.iterdir())[count:]:
                file.unlink(missing_ok=True)

    @cached_property
    def folder(self) -> Path:
        """Folder in which the files lie."""
        return self._root / self._part

    def _below(self) -> list[Path]:
        """Folders from below the root down to ours."""
        inner = self.folder.relative_to(self._root).parts
        return [self._root.joinpath(*inner[:depth]) for depth in range(1, len(inner) + 1)]


def _is_ours_alone(folder: Path) -> bool:
    """Whether nobody but us and the administrator can put a file into a folder, or another folder in its place."""
    if not hasattr(os, "geteuid"):
        return True  # Windows: the profile of a user is closed to others
    if not _is_private(folder.lstat()):
        return False
    for parent in folder.parents:
        status = parent.lstat()
        if status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_AT_ALL:
            return True  # nobody else comes this far
        others_replace = status.st_mode & _OTHERS_WRITE and not status.st_mode & stat.S_ISVTX
        if others_replace or status.st_uid not in {0, os.geteuid()}:
            return False
    return True


def _is_private(status: os.stat_result) -> bool:
    """Whether a folder or file is ours and nobody else may write to it."""
    plain = stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)
    return plain and status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE
