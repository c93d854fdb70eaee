"""What was measured, and how engines are raced: each in its own process, all ready, then one round after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.peers.threads import environment
from bench.workload.stored import Stored


class DisagreementError(Exception):
    """Engines gave different answers."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One engine on one job: seconds of every round, seconds of making ready by stage, and the most memory it had."""

    engine: str
    seconds: tuple[float, ...]
    ready: dict[str, float] = field(default_factory=dict)
    peak_mb: int = 0

    @property
    def median(self) -> float:
        """Median of the rounds, in seconds."""
        return median(self.seconds)

    @property
    def spread(self) -> str:
        """Shortest and longest round."""
        return f"{format_seconds(min(self.seconds))} to {format_seconds(max(self.seconds))}"


class Engine:
    """An engine in a process of its own."""

    def __init__(self, name: str, job: str, stored: Stored, threads: int) -> None:
        sizes = [str(one) for one in (stored.folder, stored.persons, stored.rules, stored.seed)]
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", name, job, *sizes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(threads),
        )
        self.ready: dict[str, float] = self._read()
        self.seconds: list[float] = []

    def go(self) -> None:
        """Let it decide once."""
        self._write("go")
        self.seconds.append(self._read()["seconds"])

    def end(self) -> tuple[Measured, dict[str, str]]:
        """Let it end; gives what was measured, and checksums of its last answer."""
        with self.process:  # closes its pipes, and waits
            self._write("end")
            said = self._read()
        return Measured(self.name, tuple(self.seconds), self.ready, said["peak_mb"]), said["checksums"]

    def _write(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def _read(self) -> Any:  # noqa: ANN401  # JSON
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with {self.process.wait()}: what it wrote stands above")
        return json.loads(line)


def race(
    engines: Sequence[str],
    job: str,
    stored: Stored,
    *,
    threads: int,
    rounds: int,
    wanted: dict[str, str] | None = None,
) -> dict[str, Measured]:
    """Race engines that are ready: one round of each, then the next round. The first round of each is thrown away.

    Raises DisagreementError when two of them answer differently, or one does not answer as `wanted`.
    """
    running = [Engine(name, job, stored, threads) for name in engines]
    for _ in range(rounds + 1):
        for one in running:
            one.go()
    found = {}
    answers: dict[str, dict[str, str]] = {} if wanted is None else {"reference": wanted}
    for one in running:
        del one.seconds[0]
        found[one.name], answers[one.name] = one.end()
    _compare(answers, f"{job} of {stored.persons:,} persons and {stored.rules:,} rules")
    return found


def race_cold(engines: Sequence[str], job: str, stored: Stored, *, threads: int, rounds: int) -> dict[str, Measured]:
    """Start every engine anew for every round: columns are read, everything is made ready, and it decides once.

    Rules are read from text by Ordain alone: for the others that is no work of theirs, and is left out.
    """
    times: dict[str, list[float]] = {name: [] for name in engines}
    last: dict[str, Measured] = {}
    answers: dict[str, dict[str, str]] = {}
    for _ in range(rounds):
        for name in engines:
            engine = Engine(name, job, stored, threads)
            engine.go()
            last[name], answers[name] = engine.end()
            whole = {**engine.ready, "first": engine.seconds[0]}
            times[name].append(sum(value for stage, value in whole.items() if name == "ordain" or stage != "rules"))
    _compare(answers, f"{job} of {stored.persons:,} persons and {stored.rules:,} rules, cold")
    return {name: Measured(name, tuple(times[name]), one.ready, one.peak_mb) for name, one in last.items()}


@dataclass(frozen=True, slots=True)
class Command:
    """A whole command: seconds of every run from start to end, and the most memory of any."""

    seconds: tuple[float, ...]
    peak_mb: int

    @property
    def median(self) -> float:
        """Median of the runs, in seconds."""
        return median(self.seconds)


def format_seconds(seconds: float) -> str:
    """Seconds in three digits, in the unit that suits."""
    if seconds < 0.001:  # noqa: PLR2004  # a millisecond
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s"


def _compare(answers: dict[str, dict[str, str]], what: str) -> None:
    if len({json.dumps(one, sort_keys=True) for one in answers.values()}) > 1:
        told = "\n".join(f"  {name}: {one}" for name, one in answers.items())
        raise DisagreementError(f"Engines disagree about {what}:\n{told}")
