"""One topological order, the same everywhere: by name where dependencies leave a choice."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter


def in_order(earlier: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names so that each stands behind those it maps to, the smallest name first wherever that leaves a choice.

    The checker refuses circles, so one here is our own bug.
    """
    sorter = TopologicalSorter({name: sorted(set(others)) for name, others in sorted(earlier.items())})
    try:
        sorter.prepare()
    except CycleError as error:
        raise AssertionError(f"the checker refuses circles, and here is one: {error.args[1]}") from None
    ready: list[str] = []
    found: list[str] = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heapq.heappush(ready, name)
        found.append(heapq.heappop(ready))
        sorter.done(found[-1])
    return tuple(found)
