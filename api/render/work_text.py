"""How an evaluation was done and what it cost, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.columnar.desired import Work
from policy.canonical import JsonValue

_MEBI = 1024 * 1024
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the work: its name, wall and processor seconds, and the process's peak memory by then (bytes)."""

    name: str
    seconds: float
    processor_seconds: float
    peak_bytes: int


def render_stages(stages: Sequence[Stage]) -> Iterator[str]:
    """Tell every stage on a line of its own, and the whole below."""
    width = max(len(one.name) for one in stages)
    yield f"{'Stage'.ljust(width)}   seconds  processor  peak memory"
    for one in stages:
        yield f"{one.name.ljust(width)}  {one.seconds:8.3f}  {one.processor_seconds:9.3f}  {_megabytes(one):>8} MiB"
    seconds, processor = sum(one.seconds for one in stages), sum(one.processor_seconds for one in stages)
    yield f"{'in all'.ljust(width)}  {seconds:8.3f}  {processor:9.3f}  {_megabytes(stages[-1]):>8} MiB"


def render_work(work: Work) -> Iterator[str]:
    """Tell how an evaluation was done."""
    if work.by_reference:
        yield "Reference evaluator: everybody was decided one by one."
        return
    yield (
        f"Columnar evaluator: {work.spells:,} grants of rules in {work.conjunctions:,} conjunctions of look-ups; "
        f"{work.looked_at:,} {'person' if work.looked_at == 1 else 'persons'} looked at one by one."
    )
    if work.by_rows:
        named = ", ".join(work.by_rows[:_MOST_NAMES]) + (", …" if len(work.by_rows) > _MOST_NAMES else "")
        yield f"Too many alternatives for look-ups, so worked out for everybody: {named} ({len(work.by_rows):,})."


def stats_json(stages: Sequence[Stage], work: Work) -> dict[str, JsonValue]:
    """Give both as JSON: times in whole microseconds, memory in bytes."""
    return {
        "stages": [
            {
                "name": one.name,
                "microseconds": round(one.seconds * 1e6),
                "processor_microseconds": round(one.processor_seconds * 1e6),
                "peak_bytes": one.peak_bytes,
            }
            for one in stages
        ],
        "work": {
            "by_reference": work.by_reference,
            "by_rows": list(work.by_rows),
            "conjunctions": work.conjunctions,
            "looked_at": work.looked_at,
            "spells": work.spells,
        },
    }


def _megabytes(stage: Stage) -> str:
    return f"{stage.peak_bytes / _MEBI:,.0f}"
