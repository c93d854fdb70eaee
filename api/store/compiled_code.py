"""Compiled kernels in the user's cache folder, for this machine's processor and these versions of the compiler.

What is read here is executed. So a folder that others could write to, or reach through a folder that they could, is not
read: then kernels are compiled again in every process.
"""

from __future__ import annotations

import os
import platform
import stat
import sys
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import mkstemp

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_AT_ALL = stat.S_IRWXG | stat.S_IRWXO
_PRIVATE_FOLDER = 0o700
_ONE_PROCESSOR_BYTES = 16_384
_IDENTIFYING = ("vendor_id", "cpu family", "model", "stepping", "flags", "Features")


class CodeFolder:
    """A `CodeCache` on disk. It never fails: what cannot be read is not there, what cannot be written is not kept."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def get(self, key: str) -> bytes | None:
        """Give code that we put under a key, if nobody else could have written it."""
        try:
            if not _is_ours_alone(self._folder):
                return None
            opened = os.open(self._folder / key, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(opened, "rb") as file:
                trusted = not hasattr(os, "geteuid") or _is_private(os.fstat(file.fileno()))
                return file.read() if trusted else None
        except OSError:
            return None

    def put(self, key: str, code: bytes) -> None:
        """Keep code under a key: whole, or not at all."""
        with suppress(OSError):
            self._root.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
            for folder in (self._root, self._folder.parent, self._folder):
                folder.mkdir(exist_ok=True, mode=_PRIVATE_FOLDER)
            opened, draft = mkstemp(dir=self._folder)  # readable and writable for the owner alone
            try:
                with os.fdopen(opened, "wb") as file:
                    file.write(code)
                Path(draft).replace(self._folder / key)
            except OSError:
                Path(draft).unlink(missing_ok=True)
                raise

    @cached_property
    def _folder(self) -> Path:
        """Folder for code that this machine can run and this compiler would make."""
        made_by = [version("numba"), version("llvmlite"), f"{sys.version_info[:2]}", _processor()]
        return self._root / "kernels" / sha256("\n".join(made_by).encode()).hexdigest()[:16]


def _processor() -> str:
    """Tell what a processor can do. A home folder may be shared by machines that differ."""
    try:
        with Path("/proc/cpuinfo").open("rb", buffering=0) as file:  # no more than the first: there may be hundreds
            first = file.read(_ONE_PROCESSOR_BYTES).decode("utf-8", "replace").partition("\n\n")[0]
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    return "\n".join(line for line in first.splitlines() if line.partition(":")[0].strip() in _IDENTIFYING)


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
