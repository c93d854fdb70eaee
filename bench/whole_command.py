"""The whole command, from a stored snapshot to the signed diff on disk, beside a plain loop that does the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.measured import Command
from bench.memory import TOLD_IN
from bench.peers.threads import environment
from bench.workload.domains import AS_OF
from bench.workload.store_filling import fill_store
from bench.workload.stored import Stored


def measure_command(stored: Stored, *, threads: int, rounds: int) -> tuple[Command, Command, int]:
    """Run `ordain evaluate` and the plain loop in turns; the first run of each is thrown away. Gives lines too.

    Raises CalledProcessError when one of them fails, RuntimeError when they find different numbers of lines.
    """
    fill_store(stored)
    out = stored.workspace / "out"
    loop_file = stored.workspace / "loop.ndjson"
    where = ["--workspace", str(stored.workspace), "--as-of", AS_OF.isoformat(), "--out", str(out)]
    evaluate = [sys.executable, "-m", "bench.without_pandas", "evaluate", *where]
    sizes = [str(one) for one in (stored.folder, stored.persons, stored.rules, stored.seed)]
    loop = [sys.executable, "-m", "bench.plain_loop", *sizes, str(loop_file)]
    ordain, plain = [], []
    for _ in range(rounds + 1):
        shutil.rmtree(out, ignore_errors=True)
        ordain.append(_run(evaluate, threads))
        plain.append(_run(loop, threads))
    lines = _count_lines(out / "lines.ndjson")
    if lines != _count_lines(loop_file):
        raise RuntimeError(f"ordain evaluate finds {lines:,} lines, the plain loop {_count_lines(loop_file):,}")
    return _command(ordain[1:]), _command(plain[1:]), lines


def measure_peak(stored: Stored, *, threads: int) -> Command:
    """Run `ordain evaluate` alone, once."""
    fill_store(stored)
    where = ["--workspace", str(stored.workspace), "--as-of", AS_OF.isoformat(), "--out", str(stored.workspace / "out")]
    return _command([_run([sys.executable, "-m", "bench.without_pandas", "evaluate", *where], threads)])


def _command(runs: Sequence[tuple[float, int]]) -> Command:
    return Command(tuple(seconds for seconds, _ in runs), max(peak for _, peak in runs))


def _run(command: Sequence[str], threads: int) -> tuple[float, int]:
    """Run a process; seconds from start to end, and the most memory it had in MB."""
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as peak:
        begun = time.perf_counter()
        ended = subprocess.run(
            command, env={**environment(threads), TOLD_IN: peak.name}, capture_output=True, check=False, text=True
        )
        seconds = time.perf_counter() - begun
        if ended.returncode:
            sys.stderr.write(ended.stderr)  # progress, and last what went wrong
            ended.check_returncode()
        return seconds, int(peak.read())


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
