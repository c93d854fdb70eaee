"""Ledger, runs, actions and leases on every database."""

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from api.store import bulk
from api.store.actions import ActionChanges
from api.store.records import RunState
from api.store.schema import generations
from api.store.store import Store, open_store
from policy.diagnostics import OrdainError, RefusedError, UsageError
from policy.diff import Op
from policy.enforcement import ActionState
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ExecutedChange, ManagedEntitlement, ManagedState
from tests.conformance.conftest import TENANT
from tests.conformance.store_samples import ACCOUNT, NOW, NURSE, TODAY, managed, save_run


def test_the_managed_state_comes_back_equal_and_in_key_order(store: Store) -> None:
    entries = [
        managed(NURSE, anchor="", attributes={}, account_data={}),
        managed(disabled_on=TODAY, unmanage=True, iteration=3),
        managed(EntitlementKey("P1", "ad", Kind.ACCESS)),
        managed(EntitlementKey("é", "ad", Kind.ACCOUNT)),
        managed(EntitlementKey("a", "ad", Kind.ACCOUNT)),
        managed(EntitlementKey("Z", "ad", Kind.ACCOUNT)),
    ]
    with store.write() as tx:
        lineage = tx.ledger.lineage()
        tx.ledger.put_all(entries)
    with store.read() as tx:
        state = tx.ledger.state()
        assert list(state.entries) == sorted(entry.key for entry in entries)
        expected = ManagedState(lineage, 6, {entry.key: entry for entry in entries})
        assert state == expected
        assert state.digest == expected.digest
        assert tx.ledger.get(ACCOUNT) == entries[1]
        assert tx.ledger.get(EntitlementKey("P9", "ad", Kind.ACCOUNT)) is None


def test_the_serial_grows_by_one_with_every_change_alone(store: Store) -> None:
    with store.write() as tx:
        serials = [tx.ledger.serial()]
        for step in (
            lambda: tx.ledger.put(managed()),
            lambda: tx.ledger.put(managed()),
            lambda: tx.ledger.put(managed(anchor="guid-2")),
            lambda: tx.ledger.remove(NURSE),
            lambda: tx.ledger.remove(ACCOUNT),
            lambda: tx.ledger.remove(ACCOUNT),
        ):
            step()
            serials.append(tx.ledger.serial())
    assert serials == [0, 1, 1, 2, 2, 3, 3]


def test_generations_grow_even_after_a_removal(store: Store) -> None:
    with store.write() as tx:
        assert tx.ledger.next_generation(ACCOUNT) == 1
        tx.ledger.put(managed(generation=1))
        tx.ledger.remove(ACCOUNT)
        assert tx.ledger.next_generation(ACCOUNT) == 2
        tx.ledger.put(managed(generation=7))
        tx.ledger.put(managed(generation=3))
        assert tx.ledger.next_generation(ACCOUNT) == 8
        assert tx.ledger.next_generation(NURSE) == 1
        assert tx.ledger.serial() == 4


def test_an_action_of_a_run_counts_once_towards_a_budget(store: Store) -> None:
    def record(run_id: str, on: date) -> None:
        with store.write() as tx:
            tx.ledger.record_executed(
                target="ad", kind=Kind.ACCOUNT, op=Op.REVOKE, on=on, action_id="a1", run_id=run_id
            )

    record("run-1", TODAY)
    record("run-1", TODAY + timedelta(days=1))
    record("run-2", TODAY - timedelta(days=3))
    change = ExecutedChange("ad", Kind.ACCOUNT, Op.REVOKE, TODAY)
    with store.read() as tx:
        assert tx.ledger.executed_since(TODAY) == (change,)
        earlier = replace(change, executed_on=TODAY - timedelta(days=3))
        assert tx.ledger.executed_since(TODAY - timedelta(days=3)) == (earlier, change)
        assert tx.ledger.executed_since(TODAY + timedelta(days=1)) == ()


def test_a_value_without_canonical_form_is_our_own_bug(store: Store) -> None:
    with pytest.raises(StatementError, match="no canonical form"), store.write() as tx:
        tx.ledger.put(managed(attributes={"fte": 0.5}))
    with store.read() as tx:
        assert tx.ledger.state().entries == {}


def test_a_run_is_unfinished_until_it_ends(store: Store) -> None:
    epoch = save_run(store)
    with store.write() as tx:
        (run,) = tx.runs.unfinished()
        assert run == tx.runs.get("run-1") == tx.runs.list()[0]
        assert (run.epoch, run.lease, run.ended_at) == (epoch, "enforce", None)
        with pytest.raises(RefusedError):
            tx.runs.finish("run-1", RunState.DONE, at=NOW, epoch=epoch + 1)
        assert tx.runs.unfinished() == (run,)
        tx.runs.finish("run-1", RunState.DONE, at=NOW, epoch=epoch)
        assert tx.runs.unfinished() == ()
        assert tx.runs.list() == (replace(run, state=RunState.DONE, ended_at=NOW),)
        tx.runs.finish("run-1", RunState.FAILED, at=NOW)
        with pytest.raises(UsageError) as unknown:
            tx.runs.get("run-2")
    assert unknown.value.diagnostic.code == "ORD0912"


def test_an_action_moves_with_its_changes(store: Store) -> None:
    epoch = save_run(store)
    changes = ActionChanges(
        action_id="ab", generation=2, payload={"a": [1]}, anchor="guid", attempts=1, result=None, text="sent"
    )
    later = NOW + timedelta(seconds=1)
    with store.write() as tx:
        before = tx.actions.get("run-1", 0)
        tx.actions.move(
            "run-1",
            0,
            from_states=(ActionState.PLANNED, ActionState.RETRY),
            to_state=ActionState.INTENT,
            epoch=epoch,
            at=later,
            **changes,
        )
    with store.read() as tx:
        first, second = tx.actions.of_run("run-1")
        assert first == replace(before, state=ActionState.INTENT, updated_at=later, **changes)
        assert (second.state, second.after, second.key) == (ActionState.PLANNED, (0,), NURSE)
        assert tx.actions.of_state(ActionState.INTENT, ActionState.READY) == (first,)
        assert tx.actions.of_state(ActionState.PLANNED, run_id="run-1") == (second,)
        assert tx.actions.of_state(ActionState.PLANNED, run_id="run-2") == ()


def test_an_action_moves_from_its_own_state_alone(store: Store) -> None:
    epoch = save_run(store)
    with store.write() as tx:
        with pytest.raises(RefusedError) as moved:
            tx.actions.move(
                "run-1", 0, from_states=[ActionState.INTENT], to_state=ActionState.DONE, epoch=epoch, at=NOW
            )
        assert moved.value.diagnostic.code == "ORD0915"
        for run_id, line in (("run-1", 9), ("run-2", 0)):
            with pytest.raises(UsageError):
                tx.actions.move(
                    run_id, line, from_states=[ActionState.PLANNED], to_state=ActionState.DONE, epoch=epoch, at=NOW
                )
        assert {one.state for one in tx.actions.of_run("run-1")} == {ActionState.PLANNED}
        tx.actions.add("run-1", [])


def test_a_worker_with_an_old_epoch_writes_nothing(store: Store) -> None:
    old = save_run(store)
    with store.write() as tx:
        new = tx.leases.acquire("enforce", "worker-2", now=NOW + timedelta(seconds=60), ttl_seconds=60)
    assert new == old + 1
    for epoch in (old, new + 1):
        with pytest.raises(RefusedError) as stale, store.write() as tx:
            tx.actions.move(
                "run-1", 0, from_states=[ActionState.PLANNED], to_state=ActionState.DONE, epoch=epoch, at=NOW
            )
        assert stale.value.diagnostic.code == "ORD0914"
    with store.write() as tx:
        assert tx.actions.get("run-1", 0).state is ActionState.PLANNED
        tx.actions.move("run-1", 0, from_states=[ActionState.PLANNED], to_state=ActionState.DONE, epoch=new, at=NOW)


def test_a_lease_has_one_holder_at_a_time(store: Store) -> None:
    with store.write() as tx:
        leases = tx.leases
        assert leases.get("x") is None
        assert not leases.check("x", 1, now=NOW)
        assert leases.acquire("x", "one", now=NOW, ttl_seconds=10) == 1
        assert leases.acquire("x", "one", now=NOW, ttl_seconds=10) is None
        assert leases.acquire("y", "two", now=NOW, ttl_seconds=10) == 1
        nine, ten = NOW + timedelta(seconds=9), NOW + timedelta(seconds=10)
        assert leases.acquire("x", "two", now=nine, ttl_seconds=10) is None
        assert leases.renew("x", 1, now=nine, ttl_seconds=10)
        assert leases.check("x", 1, now=ten)
        assert leases.acquire("x", "two", now=ten, ttl_seconds=10) is None
        assert leases.acquire("x", "two", now=NOW + timedelta(seconds=19), ttl_seconds=10) == 2
        assert not leases.renew("x", 1, now=ten, ttl_seconds=10)
        assert not leases.release("x", 1)
        assert not leases.check("x", 1, now=ten)
        assert not leases.check("x", 2, now=NOW + timedelta(seconds=29))
        leases.demand("x", 2)
        assert leases.release("x", 2)
        assert not leases.release("x", 2)
        assert not leases.renew("x", 2, now=ten, ttl_seconds=10)
        with pytest.raises(RefusedError):
            leases.demand("x", 2)
        assert leases.acquire("x", "one", now=NOW, ttl_seconds=10) == 3
        lease = leases.get("x")
        assert lease is not None
        assert (lease.holder, lease.epoch, lease.expires_at) == ("one", 3, ten)


def test_many_at_once_write_what_one_by_one_does(store: Store, tmp_path: Path) -> None:
    chance = random.Random(7)  # a walk that is the same every time
    keys = [EntitlementKey(person, "ad", Kind.PERMISSION, name) for person in ("P1", "P'2", "é") for name in ("A", "B")]
    other = open_store(f"sqlite:///{tmp_path}/other.db", tenant=TENANT)
    for _ in range(12):
        entries = [managed(chance.choice(keys), generation=chance.randint(0, 3)) for _ in range(chance.randint(0, 8))]
        gone = chance.choices(keys, k=3)
        with store.write() as tx, other.write() as one_by_one:
            tx.ledger.put_all(entries)
            tx.ledger.remove_all(gone)
            for entry in entries:
                one_by_one.ledger.put(entry)
            for key in gone:
                one_by_one.ledger.remove(key)
            assert tx.ledger.serial() == one_by_one.ledger.serial()
            assert tx.ledger.state().entries == one_by_one.ledger.state().entries
            assert tx.ledger.of_persons(["é", "P1"]) == {
                key: entry for key, entry in one_by_one.ledger.state().entries.items() if key.person in {"é", "P1"}
            }
    with store.write() as tx, other.write() as one_by_one:
        assert [tx.ledger.next_generation(key) for key in keys] == [
            one_by_one.ledger.next_generation(key) for key in keys
        ]
    other.close()


def test_more_entries_than_one_statement_takes(store: Store) -> None:
    entries = [ManagedEntitlement(replace(NURSE, person=f"P{n}"), 1 + n % 2) for n in range(21_000)]
    with store.write() as tx:
        tx.ledger.put_all(entries)
        tx.ledger.put_all([*entries, managed()])
    with store.read() as tx:
        state = tx.ledger.state()
        assert (state.serial, len(state.entries)) == (21_001, 21_001)
        assert state.entries == {entry.key: entry for entry in (*entries, managed())}
    with store.write() as tx:
        tx.ledger.remove_all([entry.key for entry in entries])
        assert list(tx.ledger.state().entries) == [ACCOUNT]
        assert tx.ledger.next_generation(entries[1].key) == 3


def test_a_key_that_is_there_is_not_inserted_again(store: Store) -> None:
    with pytest.raises(OrdainError) as refused, store.write() as tx:
        bulk.insert_rows(tx.ledger.connection, generations, [("P1", "ad", "account", "", 1)] * 2)
    assert refused.value.diagnostic.code == "ORD0908"


def test_changes_of_one_kind_on_one_day_are_counted_together(store: Store) -> None:
    with store.write() as tx:
        for number in range(5):
            on = TODAY - timedelta(days=number // 3)
            op = Op.GRANT if number == 1 else Op.REVOKE
            tx.ledger.record_executed(target="ad", kind=Kind.ACCOUNT, op=op, on=on, action_id=f"a{number}")
    yesterday = TODAY - timedelta(days=1)
    with store.read() as tx:
        assert tx.ledger.executed_since(date.min) == (
            ExecutedChange("ad", Kind.ACCOUNT, Op.REVOKE, yesterday, 2),
            ExecutedChange("ad", Kind.ACCOUNT, Op.GRANT, TODAY),
            ExecutedChange("ad", Kind.ACCOUNT, Op.REVOKE, TODAY, 2),
        )


def test_generations_are_taken_many_at_once(store: Store) -> None:
    with store.write() as tx:
        tx.ledger.put(managed(generation=4))
        assert tx.ledger.take_generations([ACCOUNT, NURSE]) == {ACCOUNT: 5, NURSE: 1}
        assert tx.ledger.take_generations([NURSE]) == {NURSE: 2}
        assert tx.ledger.take_generations([]) == {}
        assert [tx.ledger.next_generation(key) for key in (ACCOUNT, NURSE)] == [6, 3]


def test_actions_are_moved_and_counted_many_at_once(store: Store) -> None:
    epoch = save_run(store)
    move = {"from_state": ActionState.PLANNED, "to_state": ActionState.DONE, "epoch": epoch, "at": NOW}
    changes: dict[int, ActionChanges] = {line: {"action_id": f"a{line}", "attempts": 1} for line in (0, 1)}
    with store.write() as tx:
        before = tx.actions.of_run("run-1")
        for wrong in ({**changes, 2: changes[1]}, changes):
            with pytest.raises((RefusedError, UsageError)):
                tx.actions.move_all("run-1", wrong, **{**move, "epoch": epoch - (len(wrong) == 2)})
        assert tx.actions.of_run("run-1") == before
        tx.actions.move_all("run-1", changes, **move)
        moved = tx.actions.of_run("run-1")
        assert [(one.state, one.action_id, one.attempts) for one in moved] == [
            (ActionState.DONE, "a0", 1),
            (ActionState.DONE, "a1", 1),
        ]
        with pytest.raises(RefusedError) as again:
            tx.actions.move_all("run-1", changes, **move)
        assert again.value.diagnostic.code == "ORD0915"
        tx.ledger.record_all_executed(moved, TODAY)
        tx.ledger.record_all_executed([*moved, replace(moved[0], run_id="run-0")], TODAY)
        assert sum(change.times for change in tx.ledger.executed_since(date.min)) == 3
