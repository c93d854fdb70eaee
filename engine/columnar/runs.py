"""Runs: items in one array, those of owner `i` from `first[i]` to before `first[i + 1]`; and work shared by threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Result = TypeVar("_Result")


def offsets_of(counts: NDArray[Any]) -> NDArray[np.int64]:
    """Where the run of every owner begins, by how many items each has, and the end of the last (int64)."""
    first = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=first[1:])
    return first


def places_in_runs(first: NDArray[np.int64], counts: NDArray[Any]) -> NDArray[np.int64]:
    """Places of runs that begin at `first` and are `counts` long, one run behind the other (int64)."""
    ends = np.cumsum(counts)
    return np.repeat(first - (ends - counts), counts) + np.arange(ends[-1] if len(ends) else 0)


def side_by_side(count: int, parts: int, work: Callable[[int, int], _Result]) -> list[_Result]:
    """Do `work` on the owners from a low to before a high number, in `parts` parts at a time; results in their order.

    Of fewer owners than parts there are fewer parts; of none there is none.
    """
    limits = np.linspace(0, count, max(parts, 1) + 1).astype(np.int64).tolist()
    ranges = [(low, high) for low, high in pairwise(limits) if low < high]
    if len(ranges) <= 1:
        return [work(low, high) for low, high in ranges]
    with ThreadPoolExecutor(len(ranges)) as pool:
        return [*pool.map(work, *zip(*ranges, strict=True))]
