"""Mutants tried against tests: each until the first test notices, in several processes where that pays."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

from api.runners.bench import TestBench
from connectors.javascript.runner import JavaScriptRunner
from engine.testing.mutate import Mutant, mutants_of
from engine.testing.run import passes
from policy.ports import ScriptRunner
from policy.source import Span
from policy.test_outcomes import TestOutcome
from policy.testing import PolicyTest

_FEW = 40
"""Mutants that are tried here and now: starting processes would take longer."""


@dataclass(frozen=True, slots=True)
class TriedMutant:
    """What became of a mutant: the title of the test that noticed it first, None when none did."""

    owner: str
    text: str
    place: Span
    noticed_by: str | None


@dataclass(frozen=True, slots=True)
class MutationJob:
    """Mutants of a policy and the outcomes, with their marks, of the tests that pass on it as it is."""

    bench: TestBench
    outcomes: tuple[TestOutcome, ...]

    def order(self, mutant: Mutant) -> Sequence[PolicyTest]:
        """Put the tests in order: those that saw something of what was changed come first."""

        def strange(outcome: TestOutcome) -> bool:
            return not any(_lies_in(mark.place, mutant.within) for mark in outcome.marks)

        return [outcome.test for outcome in sorted(self.outcomes, key=strange)]

    def attempt(self, mutant: Mutant, scripts: ScriptRunner) -> TriedMutant:
        """Run tests on the mutant until one fails."""
        bench = replace(self.bench, policy=mutant.policy)
        noticed = next(
            (
                test.title
                for test in self.order(mutant)
                if not passes(mutant.policy, test, bench.snapshots, map_accounts=bench.mapping_for(test, scripts))
            ),
            None,
        )
        return TriedMutant(mutant.owner, mutant.text, mutant.place, noticed)


def count_mutants(job: MutationJob) -> int:
    """How many mutants there are."""
    return sum(1 for _ in mutants_of(job.bench.policy))


def try_mutants(job: MutationJob, scripts: ScriptRunner, *, total: int, jobs: int) -> Iterator[TriedMutant]:
    """Try every mutant (`total`, as counted), in order, whatever runs where. Whoever stops listening stops the rest."""
    if jobs == 1 or total <= _FEW:
        for mutant in mutants_of(job.bench.policy):
            yield job.attempt(mutant, scripts)
        return
    # Spawned, not forked: a fork copies threads' locks (of the script runner, of a terminal) in any state.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(job,))
    try:
        yield from pool.map(_attempt_numbered, range(total), chunksize=max(1, total // (jobs * 8)))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_OURS: list[tuple[MutationJob, ScriptRunner, list[Mutant]]] = []
"""The job of this process, once it was begun as one of several."""


def _begin(job: MutationJob) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started us ends us
    _OURS.append((job, JavaScriptRunner(), [*mutants_of(job.bench.policy)]))


def _attempt_numbered(number: int) -> TriedMutant:
    job, scripts, mutants = _OURS[-1]
    return job.attempt(mutants[number], scripts)


def _lies_in(place: Span, owner: Span) -> bool:
    return place.path == owner.path and owner.line <= place.line <= owner.end_line
