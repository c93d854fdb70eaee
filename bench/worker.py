"""One engine in a process of its own: `python -m bench.worker ENGINE JOB FOLDER PERSONS RULES SEED`.

It makes itself ready, says so in a line of JSON, decides for every line `go` it is told (once; what takes less than a
twentieth of a second is repeated, but for the first time), and with `end` gives checksums of its last answer and the
most memory it ever had. JOB is `pairs` (which rule fires for whom) or `diff`.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.memory import peak_mb
from bench.without_pandas import hide_pandas

if TYPE_CHECKING:
    from bench.workload.stored import Stored

ORDAIN = "ordain"
_LONG_ENOUGH_SECONDS = 0.05


class Clock:
    """Seconds between one mark and the next, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = time.perf_counter()

    def mark(self, name: str) -> None:
        """Say what was done since the last mark."""
        now = time.perf_counter()
        self.seconds[name], self.last = now - self.last, now


def main() -> None:
    """Serve one engine."""
    engine, job, folder, *sizes = sys.argv[1:]
    _import(engine)
    from bench.workload.stored import Stored  # noqa: PLC0415  # not before what it may find is settled

    stored = Stored(Path(folder), *(int(one) for one in sizes))
    clock = Clock()
    decide, checksums = (_ready_ordain if engine == ORDAIN else _ready_peer)(engine, job, stored, clock)
    _say(clock.seconds)
    found: Any = None
    is_first = True
    for line in sys.stdin:
        if line.strip() != "go":
            break
        found = None
        gc.collect()
        begun, times = time.perf_counter(), 0
        while not times or (time.perf_counter() - begun < _LONG_ENOUGH_SECONDS and not is_first):
            found, times = decide(), times + 1
        _say({"seconds": (time.perf_counter() - begun) / times})
        is_first = False
    _say({"peak_mb": peak_mb(), "checksums": checksums(found)})


Ready = tuple[Callable[[], Any], Callable[[Any], dict[str, str]]]


def _ready_ordain(_: str, job: str, stored: Stored, clock: Clock) -> Ready:
    from bench.ordain_engine import OrdainEngine  # noqa: PLC0415  # a peer needs none of it
    from bench.peers.answer import diff_checksums, pairs_checksum  # noqa: PLC0415
    from bench.peers.threads import thread_count  # noqa: PLC0415

    columns = stored.read_columns()
    clock.mark("columns")
    policy = stored.read_policy()
    clock.mark("rules")
    engine = OrdainEngine.of(policy, columns, thread_count())
    clock.mark("ready")
    rules = stored.read_rules(columns)
    if job == "pairs":
        return engine.decide, lambda found: {
            "pairs": pairs_checksum(engine.firings(found, rules), columns, stored.rules)
        }
    diffing = engine.ready_diff(stored.read_managed(rules), rules)
    return diffing.run, lambda found: diff_checksums(diffing.answer(found))


def _ready_peer(name: str, job: str, stored: Stored, clock: Clock) -> Ready:
    from bench.peers.answer import diff_checksums, pairs_checksum  # noqa: PLC0415
    from bench.peers.registry import PEERS  # noqa: PLC0415  # Ordain needs none of it

    columns = stored.read_columns()
    clock.mark("columns")
    rules = stored.read_rules(columns)
    managed = stored.read_managed(rules) if job == "diff" else None
    clock.mark("rules")
    peer = PEERS[name]
    if managed is None:
        decide = peer.ready(columns, rules)
        clock.mark("ready")
        return decide, lambda found: {"pairs": pairs_checksum(found, columns, stored.rules)}
    diffing = peer.ready_diff(columns, rules, managed)
    clock.mark("ready")
    return diffing.run, lambda found: diff_checksums(diffing.answer(found))


def _import(engine: str) -> None:
    """Import what the engine is made of, so that no time is taken for it later."""
    if engine != "pandas":
        hide_pandas()
    if engine == ORDAIN:
        import bench.ordain_engine  # noqa: F401, PLC0415
    else:
        from importlib import import_module  # noqa: PLC0415

        from bench.peers.registry import PEERS  # noqa: PLC0415

        import_module(PEERS[engine].module)


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
