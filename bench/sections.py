"""The parts of the benchmark: each races engines on one size, and says which figures were reached."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bench.measured import Measured, format_seconds, race, race_cold
from bench.peers.registry import PEERS
from bench.peers.threads import only_cache
from bench.tables import TIMES, Bar, Figure, Section, at_least, at_most
from bench.whole_command import measure_command, measure_peak
from bench.workload.stored import Stored

ORDAIN = "ordain"
TO_THE_SAME = "polars-listed"
STRONGEST = "polars"
_SMALL = f"1,000 {TIMES} 1,000, one thread"
_COMMAND_SECONDS, _MOST_MB = 2, 4000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: where, how large, how often, which engines there are, and packages of those that are not.

    Growth is judged by ten times the persons, and by five times the rules.
    """

    folder: Path
    persons: int
    rules: int
    rounds: int
    seed: int
    engines: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def is_usual(self) -> bool:
        """Whether the base is the usual size."""
        return (self.persons, self.rules) == (100_000, 1000)

    def stored(self, persons: int, rules: int) -> Stored:
        """Workload of a size, generated when it is not there."""
        stored = Stored(self.folder, persons, rules, self.seed)
        stored.generate()
        return stored

    def able(self, *names: str) -> list[str]:
        """Ordain, and those of the engines that are there."""
        return [ORDAIN, *(name for name in names if name in self.engines)]


def warm_diff(plan: Plan) -> Section:
    """Race to entitlements, reasons and lines, with everything ready."""
    found = race(
        plan.able(STRONGEST, TO_THE_SAME), "diff", plan.stored(plan.persons, plan.rules), threads=2, rounds=plan.rounds
    )
    return _diff_section(plan.persons, plan.rules, found, chart=True)


def large_diff(plan: Plan) -> Section:
    """Race as `warm_diff` does, with ten times the persons."""
    stored = plan.stored(plan.persons * 10, plan.rules)
    found = race(plan.able(STRONGEST, TO_THE_SAME), "diff", stored, threads=2, rounds=3)
    return _diff_section(plan.persons * 10, plan.rules, found, chart=False)


def many_rules(plan: Plan) -> Section:
    """Race as `warm_diff` does, with five times the rules."""
    stored = plan.stored(plan.persons, plan.rules * 5)
    found = race(plan.able(STRONGEST, TO_THE_SAME), "diff", stored, threads=2, rounds=3)
    return _diff_section(plan.persons, plan.rules * 5, found, chart=False)


def growth(plan: Plan) -> Section:
    """Tell how Ordain's cost grows, all three sizes in one run."""
    sizes = [(plan.persons, plan.rules), (plan.persons * 10, plan.rules), (plan.persons, plan.rules * 5)]
    found = [race([ORDAIN], "diff", plan.stored(*one), threads=2, rounds=3)[ORDAIN] for one in sizes]
    base, persons, rules = (one.median for one in found)
    return Section(
        title="How the cost grows",
        about="Ordain alone, 2 threads, warm: entitlements, reasons and diff.",
        head=("size", "seconds", "against the first", "peak MB"),
        rows=tuple(
            (_size(*size), format_seconds(one.median), f"{one.median / base:.1f} {TIMES}", f"{one.peak_mb:,}")
            for size, one in zip(sizes, found, strict=True)
        ),
        figures=(
            at_most("ten times the persons", persons / base, 12),
            at_most("five times the rules", rules / base, 6),
        ),
    )


def cold_diff(plan: Plan) -> Section:
    """Race from what is stored, in processes that have just begun; and tell what the very first run costs."""
    section, stored = _cold(plan, plan.persons, rounds=3), plan.stored(plan.persons, plan.rules)
    with tempfile.TemporaryDirectory() as empty, only_cache(empty):
        first = race_cold([ORDAIN], "diff", stored, threads=2, rounds=1)[ORDAIN]
    told = (
        "The first run ever on a machine compiles kernels and rules and keeps both: "
        f"{format_seconds(first.median)} for all that stands above."
    )
    return replace(section, notes=(*section.notes, told))


def large_cold(plan: Plan) -> Section:
    """Race as `cold_diff` does, with ten times the persons."""
    return _cold(plan, plan.persons * 10, rounds=2)


def _cold(plan: Plan, persons: int, *, rounds: int) -> Section:
    stored = plan.stored(persons, plan.rules)
    found = race_cold(plan.able(STRONGEST, TO_THE_SAME), "diff", stored, threads=2, rounds=rounds)
    ours = found[ORDAIN]
    stages = ", ".join(f"{stage} {format_seconds(seconds)}" for stage, seconds in ours.ready.items())
    return Section(
        title=f"{_size(persons, plan.rules)}, cold",
        about=(
            "A process that has just imported its libraries: stored columns are mapped, rules become what the engine "
            "works with, and it decides once. Ordain reads the rules from text that it checked before; for the others "
            "that is left out."
        ),
        head=("engine", "seconds", "against Ordain", "shortest to longest"),
        rows=tuple(_row(one, ours) for one in found.values()),
        figures=_ratio_figures(found, TO_THE_SAME, "cold", 4) + _ratio_figures(found, STRONGEST, "cold", 4),
        notes=(f"Stages of Ordain's last round: {stages}.",),
    )


def pairs(plan: Plan) -> Section:
    """Race column engines to (person, rule) pairs alone."""
    names = [one.name for one in PEERS.values() if one.pairs and not one.by_row]
    found = race(
        plan.able(*names), "pairs", plan.stored(plan.persons, plan.rules), threads=2, rounds=min(plan.rounds, 3)
    )
    return Section(
        title=f"{_size(plan.persons, plan.rules)}: which rule fires for whom",
        about="2 threads, warm. Ordain finds entitlements in the same pass; the others stop at the rules that fire.",
        head=("engine", "seconds", "against Ordain", "shortest to longest", "peak MB"),
        rows=tuple((*_row(one, found[ORDAIN]), f"{one.peak_mb:,}") for one in found.values()),
        chart="pairs",
        bars=_bars(found),
    )


def by_row(plan: Plan) -> Section:
    """Race engines that look at one contract at a time, on a thousand persons and rules."""
    names = [one.name for one in PEERS.values() if one.pairs and one.by_row]
    found = race(plan.able(*names), "pairs", plan.stored(1000, 1000), threads=1, rounds=min(plan.rounds, 3))
    return Section(
        title="1,000 persons, 1,000 rules: engines that look at one contract at a time",
        about="1 thread, warm: policies are parsed, entities and facts are made, and only deciding is timed.",
        head=("engine", "seconds", "against Ordain", "shortest to longest", "peak MB"),
        rows=tuple((*_row(one, found[ORDAIN]), f"{one.peak_mb:,}") for one in found.values()),
        figures=_ratio_figures(found, "cedar", _SMALL, 2500) + _ratio_figures(found, "python", _SMALL, 60),
        chart="rows",
        bars=_bars(found),
    )


def command(plan: Plan) -> Section:
    """Time the whole command on the size that HelloID publishes as its limit."""
    stored = plan.stored(30_000, 100)
    ours, loop, lines = measure_command(stored, threads=2, rounds=min(plan.rounds, 3))
    return Section(
        title="The whole command: 30,000 persons, 100 rules",
        about=(
            "`ordain evaluate` from the start of the process, with the snapshot and a state 98 % equal in the store, "
            f"to {lines:,} lines, signed, in the store and on disk. Beside it a plain loop over plain Python writes "
            "the same lines from the same stored columns and rules, and signs nothing."
        ),
        head=("", "seconds", "peak MB"),
        rows=(
            ("`ordain evaluate`", format_seconds(ours.median), f"{ours.peak_mb:,}"),
            ("plain loop", format_seconds(loop.median), f"{loop.peak_mb:,}"),
        ),
        figures=(
            Figure(
                f"`ordain evaluate`, 30,000 {TIMES} 100",
                f"under {_COMMAND_SECONDS} s",
                format_seconds(ours.median),
                ours.median < _COMMAND_SECONDS,
            ),
        ),
    )


def memory(plan: Plan) -> Section:
    """Run the whole command on a million persons, once."""
    persons = plan.persons * 10
    ours = measure_peak(plan.stored(persons, plan.rules), threads=2)
    return Section(
        title=f"The whole command: {_size(persons, plan.rules)}",
        about="`ordain evaluate` from the start of the process to the signed diff on disk, against a state 98 % equal.",
        head=("", "seconds", "peak MB"),
        rows=(("`ordain evaluate`", format_seconds(ours.median), f"{ours.peak_mb:,}"),),
        figures=(
            Figure(
                f"memory of `ordain evaluate`, {persons:,} {TIMES} {plan.rules:,}",
                f"under {_MOST_MB:,} MB",
                f"{ours.peak_mb:,} MB",
                ours.peak_mb < _MOST_MB,
            ),
        ),
    )


def changes(plan: Plan) -> Section:
    """Time what is decided anew after a change, against everything."""
    from bench.incremental import measure_changes  # noqa: PLC0415  # it decides in this process

    return measure_changes(plan.stored(plan.persons, plan.rules), rounds=plan.rounds)


SECTIONS: Mapping[str, tuple[Callable[[Plan], Section], bool]] = {
    "diff": (warm_diff, False),
    "cold": (cold_diff, False),
    "pairs": (pairs, False),
    "rows": (by_row, False),
    "changes": (changes, False),
    "command": (command, False),
    "large": (large_diff, True),
    "large-cold": (large_cold, True),
    "many": (many_rules, True),
    "growth": (growth, True),
    "memory": (memory, True),
}
"""Parts by name, and whether they are measured with `--full` alone."""


def _diff_section(persons: int, rules: int, found: Mapping[str, Measured], *, chart: bool) -> Section:
    return Section(
        title=f"{_size(persons, rules)}: entitlements, reasons and diff",
        about="2 threads, warm, against a state that is 98 % equal.",
        head=("engine", "seconds", "against Ordain", "shortest to longest", "peak MB"),
        rows=tuple((*_row(one, found[ORDAIN]), f"{one.peak_mb:,}") for one in found.values()),
        figures=_ratio_figures(found, TO_THE_SAME, _size(persons, rules), 20)
        + _ratio_figures(found, STRONGEST, _size(persons, rules), 20),
        chart="diff" if chart else "",
        bars=_bars(found) if chart else (),
    )


def _ratio_figures(found: Mapping[str, Measured], name: str, size: str, wanted: int) -> tuple[Figure, ...]:
    if name not in found:
        return ()
    return (at_least(f"against {title_of(name)}, {size}", found[name].median / found[ORDAIN].median, wanted),)


def _row(one: Measured, ours: Measured) -> tuple[str, ...]:
    ratio = "1" if one is ours else f"{one.median / ours.median:,.1f} {TIMES}"
    return title_of(one.engine), format_seconds(one.median), ratio, one.spread


def _bars(found: Mapping[str, Measured]) -> tuple[Bar, ...]:
    return tuple(Bar(title_of(name), one.median, ours=name == ORDAIN) for name, one in found.items())


def title_of(name: str) -> str:
    """Name of an engine for people."""
    return "Ordain" if name == ORDAIN else PEERS[name].title


def _size(persons: int, rules: int) -> str:
    return f"{persons:,} persons, {rules:,} rules"
