"""The script runner: batches to the child, and what happens when a script kills it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from connectors.javascript.child import Child
from connectors.javascript.limits import ScriptLimits
from connectors.javascript.wire import decode_results, encode_rows, split_batches
from policy.records import RawValue
from policy.scripts import ScriptFailure, ScriptResult

_DATED = ("source", "sourceContract")
_SEPARATOR = "\x00"


@dataclass(slots=True)
class _Script:
    """One script during one call, and how often the child died of it."""

    text: str
    config: Mapping[str, object]
    deaths: list[ScriptFailure] = field(default_factory=list)


class JavaScriptRunner:
    """Implements `policy.ports.ScriptRunner` with V8 in a child process. Safe for use by several threads, in turn.

    Each script runs in an isolate of its own, so nothing it does to the language reaches another script. What it
    declares, and its implicit globals, last for one row. ISO 8601 texts (`2026-03-01`, `2026-03-01T10:00:00Z`, with or
    without seconds, fractions and offset; without an offset they are UTC) inside the variables `source` and
    `sourceContract` arrive as `Date` objects; elsewhere they stay text. Local time is UTC. `Math.random` is seeded by
    `seed`, the script and the row's own content, so it does not depend on the order of rows. A number with a fraction
    comes back as its decimal text, a `Date` as ISO 8601 text; `NaN`, an invalid date, a function or a promise is a
    failure of that row.
    """

    def __init__(self, limits: ScriptLimits | None = None) -> None:
        self._limits = limits or ScriptLimits()
        self._child: Child | None = None
        self._lock = threading.Lock()
        self.starts = 0
        """How many child processes were started so far."""

    def run(
        self, scripts: Sequence[str], rows: Sequence[Mapping[str, RawValue]], *, now: datetime, seed: int
    ) -> list[list[ScriptResult]]:
        """Every script on every row: `result[row][script]`. Raises OrdainError only when V8 cannot be started."""
        if not rows or not scripts:
            return [[] for _ in rows]
        names = list(dict.fromkeys(name for row in rows for name in row)) or ["source"]
        assert all(name.isidentifier() for name in names), "the keys of a row are JavaScript identifiers"
        shared = {
            "names": names,
            "dated": [name for name in names if name in _DATED],
            "now": int(now.timestamp() * 1000),
            "seed": seed,
        }
        prepared = [_Script(text, {**shared, "script": text}) for text in dict.fromkeys(scripts)]
        columns: dict[str, list[ScriptResult]] = {one.text: [] for one in prepared}
        with self._lock:
            for batch in split_batches(encode_rows(rows, names), self._limits):
                payload = "\n".join(batch)
                for one in prepared:
                    columns[one.text].extend(self._run_batch(one, batch, payload))
        return [list(cells) for cells in zip(*(columns[text] for text in scripts), strict=True)]

    def close(self) -> None:
        """End the child process. The runner may be used again; it starts a new one then."""
        with self._lock:
            if self._child is not None:
                self._child.kill()
                self._child = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def _run_batch(self, script: _Script, batch: Sequence[str], payload: str) -> list[ScriptResult]:
        if len(script.deaths) >= self._limits.deaths:
            return [self._given_up(script)] * len(batch)
        seconds = self._limits.batch_seconds if len(batch) > 1 else self._limits.row_seconds
        child = self._ask(script, payload, seconds)
        found = _results(child.reply(seconds + self._limits.grace_seconds), len(batch))
        if child.ended_by_others:
            child = self._ask(script, payload, seconds)
            found = _results(child.reply(seconds + self._limits.grace_seconds), len(batch))
        if isinstance(found, list):
            return found
        if len(batch) == 1:
            script.deaths.append(found)
            return [self._failed(found)]
        before = len(script.deaths)
        results = self._run_singly(script, batch)
        if len(script.deaths) == before:
            script.deaths.append(found)  # no row is guilty alone: the batch as a whole was too much
        return results

    def _run_singly(self, script: _Script, batch: Sequence[str]) -> list[ScriptResult]:
        """Find the guilty rows: each row is a call of its own, and the first without a reply is guilty."""
        results: list[ScriptResult] = []
        deadline = time.monotonic() + self._limits.single_seconds
        while len(results) < len(batch) and len(script.deaths) < self._limits.deaths:
            seconds = self._limits.row_seconds
            rest = len(batch) - len(results)
            child = self._ask(script, _SEPARATOR.join(batch[len(results) :]), seconds)
            for _ in range(rest):
                found = _results(child.reply(seconds + self._limits.grace_seconds), 1)
                if not isinstance(found, list):
                    script.deaths.append(found)
                    results.append(self._failed(found))
                    break
                results.extend(found)
                if time.monotonic() > deadline and len(results) < len(batch):
                    child.kill()
                    script.deaths.extend([ScriptFailure.TIME] * self._limits.deaths)
                    break
        while len(results) < len(batch):
            results.append(self._given_up(script))
        return results

    def _ask(self, script: _Script, payload: str, seconds: float) -> Child:
        if self._child is None or not self._child.alive:
            self._child = Child(self._limits)
            self.starts += 1
        request = {"config": script.config, "seconds": seconds, "heap_bytes": self._limits.heap_megabytes << 20}
        self._child.ask(request, payload, self._limits.batch_seconds + seconds)
        return self._child

    def _failed(self, failure: ScriptFailure) -> ScriptResult:
        match failure:
            case ScriptFailure.TIME:
                seconds = self._limits.row_seconds
                text = f"it did not end within {seconds:g} second{'' if seconds == 1 else 's'}"
            case ScriptFailure.MEMORY:
                text = "it took more memory than a script may have"
            case _:
                text = "it ended the process it ran in"
        return ScriptResult(failure=failure, text=text)

    def _given_up(self, script: _Script) -> ScriptResult:
        last = self._failed(script.deaths[-1])
        return replace(last, text=f"it was not run again, because it failed too often: {last.text}")


def _results(reply: bytes | ScriptFailure, count: int) -> list[ScriptResult] | ScriptFailure:
    if isinstance(reply, ScriptFailure):
        return reply
    found = decode_results(reply, count)
    return ScriptFailure.LOST if found is None else found
