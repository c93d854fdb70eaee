"""Tests of the language run on everything they need: one after the other, or in several processes at once."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from api.runners.targets import Mapper
from connectors.javascript.runner import JavaScriptRunner
from engine.mapping.accounts import AccountJob, AccountProblem
from engine.mapping.person_document import DocumentContext
from engine.testing.run import run_test, uses_field_mapping
from engine.testing.timeline import AccountsToMap, MapAccounts, MappedAccounts, map_nothing
from policy.diagnostics import Diagnostic
from policy.entitlements import EntitlementKey
from policy.field_mapping import FieldMapping
from policy.ports import ScriptRunner
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.targets import AccountPayload
from policy.test_outcomes import TestOutcome, TimedOutcome
from policy.testing import PolicyTest

_PATIENCE_SECONDS = 1.0
"""So long tests are run here before it is judged how long the rest will take."""
_WORTH_SECONDS = 6.0
"""What is left to do, at the pace so far, for which processes are worth their start: each takes seconds for that."""
_BATCHES = 8
"""Each process gets its share in so many portions, so that one with slow tests does not keep the others waiting."""


@dataclass(frozen=True, slots=True)
class TestBench:
    """What tests run on. `broken` says by title why a test cannot be run; it is not in need of `snapshots` then.

    `mappings` are the field mappings of the configured targets; tests that no attribute can decide never use them.
    """

    __test__ = False
    policy: CheckedPolicy
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    mappings: Mapping[str, FieldMapping] = field(default_factory=dict)
    broken: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    cover: bool = False

    def mapping_for(self, test: PolicyTest, scripts: ScriptRunner) -> MapAccounts:
        """Tell how accounts are mapped in `test`: as the workspace does, or not at all where it decides nothing."""
        return WorkspaceAccounts(self.mappings, scripts) if uses_field_mapping(test) else map_nothing

    def run(self, test: PolicyTest, scripts: ScriptRunner) -> TimedOutcome:
        """Run one test."""
        started = time.perf_counter()
        broken = self.broken.get(test.title)
        if broken:
            return TimedOutcome(TestOutcome(test, (), problems=broken), 0.0)
        mapping = self.mapping_for(test, scripts)
        outcome = run_test(self.policy, test, self.snapshots, map_accounts=mapping, cover=self.cover)
        return TimedOutcome(outcome, time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class WorkspaceAccounts:
    """Maps the accounts of a test as the workspace maps real ones; a target without a mapping has no attributes."""

    mappings: Mapping[str, FieldMapping]
    scripts: ScriptRunner

    def __call__(self, accounts: AccountsToMap) -> MappedAccounts:
        """Map accounts, those of each target in one batch."""
        context = DocumentContext(accounts.policy, accounts.snapshot, accounts.as_of)
        mapper = Mapper(self.mappings, self.scripts, context)
        payloads: dict[EntitlementKey, AccountPayload] = {}
        problems: dict[EntitlementKey, str] = {}
        for name, mapping in sorted(self.mappings.items()):
            keys = [key for key in accounts.keys if key.target == name]
            jobs = [self._job(mapper, key, accounts) for key in keys]
            for key, result in zip(keys, mapper.map_with(mapping, jobs), strict=True):
                if isinstance(result, AccountProblem):
                    problems[key] = result.diagnostic.detail
                else:
                    payloads[key] = result
        return MappedAccounts(payloads, problems)

    def _job(self, mapper: Mapper, key: EntitlementKey, accounts: AccountsToMap) -> AccountJob:
        person = accounts.snapshot.find_person(key.person)
        assert person is not None, "everybody who holds something in a test takes part in it"
        return AccountJob(person, accounts.action, accounts=mapper.accounts_of(key.person, accounts.managed.entries))


def open_scripts() -> JavaScriptRunner:
    """Open what runs mapping scripts; a process for them starts when the first one runs. To be used in a `with`."""
    return JavaScriptRunner()


def run_in_order(
    bench: TestBench, tests: Sequence[PolicyTest], scripts: ScriptRunner, *, jobs: int, at_once: bool
) -> Iterator[TimedOutcome]:
    """Run `tests` and give their outcomes in order, whatever runs where.

    Up to `jobs` processes take over the rest when much of it is left after a moment; `at_once` they start with the
    first test. Whoever stops listening stops the rest.
    """
    started = time.monotonic()
    for number, test in enumerate(tests):
        left = len(tests) - number
        if jobs > 1 and left > 1 and (at_once or _is_long(time.monotonic() - started, number, left)):
            yield from _run_in_processes(bench, tests[number:], jobs)
            return
        yield bench.run(test, scripts)


def _is_long(seconds: float, done: int, left: int) -> bool:
    """Tell whether the rest takes long: `done` tests took `seconds`, so many are left."""
    return seconds > _PATIENCE_SECONDS and seconds / done * left > _WORTH_SECONDS


def _run_in_processes(bench: TestBench, tests: Sequence[PolicyTest], jobs: int) -> Iterator[TimedOutcome]:
    count = min(jobs, len(tests))
    portion = max(1, len(tests) // (count * _BATCHES))
    # Spawned, not forked: a fork copies threads' locks (of the script runner, of a terminal) in any state.
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin, initargs=(bench,))
    try:
        yield from pool.map(_run_titled, [one.title for one in tests], chunksize=portion)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_OURS: list[tuple[TestBench, ScriptRunner]] = []
"""The bench of this process, once it was begun as one of several."""


def _begin(bench: TestBench) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started us ends us
    _OURS.append((bench, JavaScriptRunner()))


def _run_titled(title: str) -> TimedOutcome:
    bench, scripts = _OURS[-1]
    return bench.run(bench.policy.tests[title], scripts)
