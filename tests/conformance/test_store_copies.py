"""Copies of the managed state beside the store: never wrong, and no row is read while they are right."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from api.store.managed_copies import ManagedCopies
from api.store.store import Store, open_store
from policy.diagnostics import OrdainError
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState
from tests.conformance.conftest import TENANT
from tests.conformance.store_samples import TODAY, managed, tamper


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "columns"


@pytest.fixture
def open_again(store_url: str, folder: Path) -> Iterator[Callable[[], Store]]:
    """Open the store as a new process would: nothing is remembered but what lies on disk."""
    opened: list[Store] = []

    def reopen() -> Store:
        opened.append(open_store(store_url, tenant=TENANT, copies=ManagedCopies(folder)))
        return opened[-1]

    yield reopen
    for one in opened:
        one.close()


def permission(person: str, name: str = "A") -> EntitlementKey:
    return EntitlementKey(person, "ad", Kind.PERMISSION, name)


def some_entries(count: int = 4) -> list[ManagedEntitlement]:
    plain = [ManagedEntitlement(permission(f"P{n}", f"group {n % 3}"), 1) for n in range(count)]
    accounts = [managed(EntitlementKey(f"P{n}", "ad", Kind.ACCOUNT), disabled_on=TODAY) for n in range(0, count, 2)]
    return [*plain, *accounts]


def fill(store: Store, count: int = 4) -> ManagedState:
    with store.write() as tx:
        tx.ledger.put_all(some_entries(count))
    return keep(store)


def keep(store: Store) -> ManagedState:
    """Do what `api.usecases.managed_copy` does, whatever the size."""
    with store.read() as tx:
        state, copies = tx.ledger.state(), tx.ledger.copies
        if copies is None or tx.ledger.has_copy(state.serial):
            return state
    content = copies.write(state)
    with store.write() as tx:
        tx.ledger.seal(state, content)
    return state


def read(store: Store) -> ManagedState:
    with store.read() as tx:
        return tx.ledger.state()


def read_numbers(url: str, query: str) -> list[int]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(text(query)).scalars())
    engine.dispose()
    return found


def test_while_nothing_changes_no_row_is_read(open_again: Callable[[], Store], store_url: str, folder: Path) -> None:
    state = fill(open_again())
    (copy,) = folder.iterdir()
    assert copy.name == f"managed-{state.lineage}-{state.serial}.arrow"
    assert copy.stat().st_mode & 0o077 == 0
    tamper(store_url, "DELETE FROM managed")
    again = read(open_again())
    assert again == state
    assert again.entries == {entry.key: entry for entry in some_entries()}
    with open_again().read() as tx:
        assert tx.ledger.heading() == (state.lineage, state.serial, state.digest)
        assert tx.ledger.has_copy(state.serial)


def test_what_changed_since_is_brought_up_to_date(open_again: Callable[[], Store], store_url: str) -> None:
    state = fill(open_again())
    changed = managed(permission("P1", "group 1"), generation=2, unmanage=True)
    with open_again().write() as tx:
        tx.ledger.put(changed)
        tx.ledger.remove(permission("P2", "group 2"))
        tx.ledger.put_all([ManagedEntitlement(permission("Z"), 1), ManagedEntitlement(permission("P0", "0"), 1)])
        tx.ledger.remove_all([permission("Z"), permission("nobody")])
        expected = {
            **{key: entry for key, entry in state.entries.items() if key != permission("P2", "group 2")},
            changed.key: changed,
            permission("P0", "0"): ManagedEntitlement(permission("P0", "0"), 1),
        }
        assert tx.ledger.state().entries == expected
    # Rows that did not change are not read: one of them is made away with.
    tamper(store_url, "DELETE FROM managed WHERE person = 'P3'")
    again = read(open_again())
    assert again.entries == expected
    assert again.serial == state.serial + 5
    assert again.digest == ManagedState(again.lineage, again.serial, expected).digest


def test_a_copy_that_somebody_changed_is_not_used(open_again: Callable[[], Store], folder: Path) -> None:
    state = fill(open_again())
    (copy,) = folder.iterdir()
    good = copy.read_bytes()
    for bad in (good.replace(b"group 1", b"group 9"), good[:-1], b""):
        assert bad != good
        copy.write_bytes(bad)
        store = open_again()
        assert keep(store) == state
        assert copy.read_bytes() == good


def test_a_missing_copy_is_made_again(open_again: Callable[[], Store], folder: Path) -> None:
    state = fill(open_again())
    for copy in folder.iterdir():
        copy.unlink()
    assert keep(open_again()) == state
    assert len(list(folder.iterdir())) == 1


def test_rows_that_somebody_changed_are_told_when_they_are_read(
    open_again: Callable[[], Store], store_url: str, folder: Path
) -> None:
    fill(open_again())
    tamper(store_url, "UPDATE managed SET name = 'domain admins' WHERE name = 'group 1'")
    for copy in folder.iterdir():
        copy.unlink()
    with pytest.raises(OrdainError) as damaged:
        read(open_again())
    assert damaged.value.diagnostic.code == "ORD0904"
    assert "rows were changed past Ordain" in damaged.value.diagnostic.detail


def test_changes_that_were_not_all_remembered_are_not_relied_on(
    open_again: Callable[[], Store], store_url: str
) -> None:  # fmt: skip
    state = fill(open_again())
    fresh = [ManagedEntitlement(permission("P1", name), 1) for name in "XY"]
    with open_again().write() as tx:
        tx.ledger.put_all(fresh)
    tamper(store_url, "DELETE FROM managed_changes WHERE name = 'X'")
    assert read(open_again()).entries == {**state.entries, **{entry.key: entry for entry in fresh}}


def test_nothing_is_left_of_what_was_rolled_back(open_again: Callable[[], Store]) -> None:
    store = open_again()
    state = fill(store)

    def begin_only() -> None:
        with store.write() as tx:
            tx.ledger.put(ManagedEntitlement(permission("P9"), 1))
            assert permission("P9") in tx.ledger.state().entries
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin_only()
    assert read(store) == state
    with store.write() as tx:
        tx.ledger.put(ManagedEntitlement(permission("P8"), 1))
    assert read(store).entries == {**state.entries, permission("P8"): ManagedEntitlement(permission("P8"), 1)}


def test_old_copies_and_the_changes_they_needed_are_forgotten(
    open_again: Callable[[], Store], store_url: str, folder: Path
) -> None:  # fmt: skip
    store = open_again()
    first = fill(store)
    for number in range(7):
        with store.write() as tx:
            tx.ledger.put(ManagedEntitlement(permission("P1", f"more {number}"), 1))
        keep(store)
    assert len(list(folder.iterdir())) == 2
    with store.read() as tx:
        assert [seal.serial - first.serial for seal in tx.ledger.seals()] == [7, 6, 5, 4]
    changes = read_numbers(store_url, "SELECT serial FROM managed_changes ORDER BY serial")
    assert [serial - first.serial for serial in changes] == [5, 6, 7]


def test_whatever_is_written_the_state_is_that_of_the_rows(open_again: Callable[[], Store], store_url: str) -> None:
    chance = random.Random(4)  # a walk that is the same every time
    plain = open_store(store_url, tenant=TENANT)
    store, expected = open_again(), dict[EntitlementKey, ManagedEntitlement]()
    for _ in range(40):
        entries = [
            replace(chance.choice(some_entries(6)), generation=chance.randint(1, 3), unmanage=chance.random() < 0.2)
            for _ in range(chance.randint(0, 4))
        ]
        gone = chance.sample([entry.key for entry in some_entries(6)], 2)
        with store.write() as tx:
            tx.ledger.put_all(entries)
            tx.ledger.remove_all(gone)
        expected |= {entry.key: entry for entry in entries}
        expected = {key: entry for key, entry in expected.items() if key not in gone}
        state = keep(store) if chance.random() < 0.3 else read(store)
        assert state.entries == expected
        assert state == read(plain)
        assert state.digest == ManagedState(state.lineage, state.serial, expected).digest
        if chance.random() < 0.2:
            store = open_again()
    plain.close()
