"""Compiled kernels in the user's cache folder, for this machine's processor and these versions of the compiler.

What is read here is executed. So a folder that others could write to, or reach through a folder that they could, is not
read: then kernels are compiled again in every process.
"""

from __future__ import annotations

import platform
import sys
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from api.store.private_folder import PrivateFolder

_ONE_PROCESSOR_BYTES = 16_384
_IDENTIFYING = ("vendor_id", "cpu family", "model", "stepping", "flags", "Features")


class CodeFolder(PrivateFolder):
    """A `CodeCache` on disk, below the cache folder `root`."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, "kernels")

    @cached_property
    def folder(self) -> Path:
        """Folder for code that this machine can run and this compiler would make."""
        made_by = [version("numba"), version("llvmlite"), f"{sys.version_info[:2]}", _processor()]
        return super().folder / sha256("\n".join(made_by).encode()).hexdigest()[:16]


def _processor() -> str:
    """Tell what a processor can do. A home folder may be shared by machines that differ."""
    try:
        with Path("/proc/cpuinfo").open("rb", buffering=0) as file:  # no more than the first: there may be hundreds
            first = file.read(_ONE_PROCESSOR_BYTES).decode("utf-8", "replace").partition("\n\n")[0]
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    return "\n".join(line for line in first.splitlines() if line.partition(":")[0].strip() in _IDENTIFYING)
