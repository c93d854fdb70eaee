"""How many threads an engine may use: said in the environment, so that libraries read it before they start."""

from __future__ import annotations

import os

VARIABLES = ("ORDAIN_BENCH_THREADS", "POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")


def thread_count() -> int:
    """Give the number of threads, two when nothing is said."""
    return int(os.environ.get(VARIABLES[0], "2"))


def environment(threads: int) -> dict[str, str]:
    """Environment of a process whose engine may use so many threads."""
    return {**os.environ, **dict.fromkeys(VARIABLES, str(threads))}
