"""Two workers: one lease, one epoch, one consumption."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from api.store.records import StoredAction
from api.store.store import Transaction
from api.tools import Tools
from api.usecases.enforce import Enforced, enforce_diff
from policy.diagnostics import OrdainError, RefusedError, TransientError
from policy.enforcement import Action, ActionState, Call
from tests.simulation.checks import check_once, check_run
from tests.simulation.town import Town, person


def test_l5_a_worker_that_was_paused_too_long_writes_nothing_more(town: Town) -> None:
    town.people(person("P1"), person("P2"))
    diff = town.approved()
    taken_over: list[Enforced] = []

    def pause(action: Action) -> None:
        if action.call is Call.ENABLE and not taken_over:
            town.targets["ad"].before_call = lambda _: None
            town.clock.moment += timedelta(minutes=10)
            taken_over.extend(town.resume())

    town.targets["ad"].before_call = pause
    with pytest.raises(RefusedError) as caught:
        town.enforce(diff)
    assert caught.value.diagnostic.code == "ORD0914"
    assert [one.finished for one in taken_over] == [True]
    check_once(town)
    check_run(town, diff)


def test_a_worker_that_was_paused_before_its_call_does_not_make_it(town: Town) -> None:
    town.people(person("P1"))
    diff = town.approved()
    tools, paused = town.tools(), list[bool]()

    @contextmanager
    def write() -> Iterator[Transaction]:
        """Commit; behind the first intent for `erp` the process is stopped, and goes on much later."""
        with town.store.write() as tx:
            yield tx
        begun = [one for one in everything(town) if one.key.target == "erp" and one.state is ActionState.INTENT]
        if begun and not paused:
            paused.append(True)
            town.clock.moment += timedelta(minutes=10)
            assert [one.finished for one in town.resume()] == [True]

    store = SimpleNamespace(read=town.store.read, write=write)
    with pytest.raises(RefusedError) as caught:
        enforce_diff(replace(tools, store=store), diff)
    assert caught.value.diagnostic.code == "ORD0914"
    assert paused
    check_once(town)
    check_run(town, diff)


def everything(town: Town) -> list[StoredAction]:
    with town.store.read() as tx:
        return [action for run in tx.runs.list() for action in tx.actions.of_run(run.id)]


def test_p2_of_many_enforcers_at_once_exactly_one_consumes(town: Town) -> None:
    town.clock.moment = datetime.now(UTC)
    town.people(person("P1"), person("P2"))
    diff = town.approved()
    results: list[Enforced | OrdainError] = []

    def enforce(tools: Tools) -> None:
        try:
            results.append(enforce_diff(tools, diff))
        except OrdainError as error:
            results.append(error)

    now = lambda: datetime.now(UTC) + timedelta(seconds=1)  # noqa: E731
    crowd = [
        threading.Thread(target=enforce, args=[replace(town.tools(), now=now, sleep=time.sleep)]) for _ in range(4)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(timeout=60)
    assert sum(1 for one in results if isinstance(one, Enforced)) == 1
    assert {one.diagnostic.code for one in results if isinstance(one, OrdainError)} == {"ORD0825"}
    check_once(town)
    check_run(town, diff)


def test_whoever_waits_too_long_for_another_enforcement_gives_up(town: Town) -> None:
    town.people(person("P1"))
    diff = town.approved()
    with town.store.write() as tx:
        tx.leases.acquire("enforcement", "elsewhere/boot.pid/7/1", now=town.clock.now(), ttl_seconds=3600)
    with pytest.raises(TransientError) as caught:
        town.enforce(diff)
    assert caught.value.diagnostic.code == "ORD0826"
    assert "process 7 on elsewhere" in caught.value.diagnostic.detail
    assert town.targets["ad"].calls == []
