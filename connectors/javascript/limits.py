"""What a mapping script may use up before it is stopped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptLimits:
    """Bounds of one script.

    `batch_rows` and `batch_bytes` bound one call to V8. `batch_seconds` is the time one script has for a whole batch,
    `row_seconds` for one row once rows are tried singly, `single_seconds` for all rows of a batch tried singly.
    `heap_megabytes` bounds the JavaScript heap, `data_megabytes` the memory of the child process (typed arrays do not
    count as heap). After `deaths` rows that ended the child a script is not run again in the same call.
    """

    batch_rows: int = 10_000
    batch_bytes: int = 8 << 20
    batch_seconds: float = 5.0
    row_seconds: float = 1.0
    single_seconds: float = 10.0
    heap_megabytes: int = 128
    data_megabytes: int = 1024
    start_seconds: float = 20.0
    grace_seconds: float = 2.0
    deaths: int = 3
