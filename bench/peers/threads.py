"""How many threads an engine may use: said in the environment, so that libraries read it before they start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLES = ("ORDAIN_BENCH_THREADS", "POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")
_CACHE = "ORDAIN_CACHE_DIR"


def thread_count() -> int:
    """Give the number of threads, two when nothing is said."""
    return int(os.environ.get(VARIABLES[0], "2"))


def environment(threads: int) -> dict[str, str]:
    """Environment of a process whose engine may use so many threads."""
    return {**os.environ, **dict.fromkeys(VARIABLES, str(threads))}


@contextmanager
def only_cache(folder: str) -> Iterator[None]:
    """Let processes that are started inside this block keep compiled code in `folder` alone."""
    before = os.environ.get(_CACHE)
    os.environ[_CACHE] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ[_CACHE]
        else:
            os.environ[_CACHE] = before
