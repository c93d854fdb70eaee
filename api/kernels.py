"""Where compiled kernels are kept, whether a workspace is open or not."""

from __future__ import annotations

import os

from api.store.compiled_code import CodeFolder
from api.tools import Progress, no_progress
from dsl.grammar.store import cache_folder
from engine.columnar.native import use_cache, use_python
from engine.machine_code.cache import MemoryCache


def use_kernels(progress: Progress = no_progress) -> None:
    """Keep compiled kernels in the user's cache folder; with `ORDAIN_KERNELS=python` run them as plain Python."""

    def tell(kernel: str) -> None:
        progress(f"compiling {kernel}, once on this machine", 0, 0)

    folder = cache_folder()
    use_cache(MemoryCache() if folder is None else CodeFolder(folder), tell)
    use_python(os.environ.get("ORDAIN_KERNELS") == "python")
