"""A look at a store changes nothing in its folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.store.peek import peek, stamp_of
from api.store.store import open_store
from policy.diagnostics import OrdainError
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement
from policy.people import Department, Person
from policy.snapshot import Snapshot

SNAPSHOT = Snapshot.of([Person("1"), Person("2")], [Department("A")])
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def fill(path: Path) -> str:
    url = f"sqlite:///{path}"
    store = open_store(url, tenant="meridian")
    with store.write() as tx:
        tx.snapshots.save(SNAPSHOT, MOMENT, by="test", counts={})
        tx.snapshots.make_current(SNAPSHOT.digest)
        tx.ledger.put(managed("SEC-A"))
        tx.ledger.put(managed("SEC-B"))
    store.close()
    return url


def managed(name: str) -> ManagedEntitlement:
    return ManagedEntitlement(key=EntitlementKey("1", "ad", Kind.PERMISSION, name), generation=1)


def test_the_snapshot_in_force_and_the_managed_permissions_are_seen(tmp_path: Path) -> None:
    url = fill(tmp_path / "state.db")
    seen = peek(url, tenant="meridian")
    assert seen is not None
    assert seen.snapshot == SNAPSHOT
    assert seen.permissions == {"ad": {"SEC-A", "SEC-B"}}


def test_nothing_is_made_and_nothing_touched(tmp_path: Path) -> None:
    url = fill(tmp_path / "state.db")
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in (tmp_path, *tmp_path.iterdir())}
    assert peek(url, tenant="meridian") is not None
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in (tmp_path, *tmp_path.iterdir())} == before


def test_without_a_store_there_is_nothing_and_none_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/.ordain/ordain.db"
    assert stamp_of(url) is None
    assert peek(url, tenant="meridian") is None
    assert list(tmp_path.iterdir()) == []


def test_what_another_writer_has_committed_is_seen_while_the_store_is_open(tmp_path: Path) -> None:
    url = fill(tmp_path / "state.db")
    before = stamp_of(url)
    store = open_store(url, tenant="meridian")
    other = Snapshot.of([Person("3")], [])
    with store.write() as tx:
        tx.snapshots.save(other, MOMENT, by="test", counts={})
        tx.snapshots.make_current(other.digest)
    seen = peek(url, tenant="meridian")
    assert seen is not None
    assert seen.snapshot == other
    assert stamp_of(url) != before
    store.close()


def test_the_store_of_somebody_else_is_not_looked_at(tmp_path: Path) -> None:
    assert peek(fill(tmp_path / "state.db"), tenant="harbour") is None


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    with pytest.raises(OrdainError):
        peek(f"sqlite:///{tmp_path}/state.db", tenant="meridian")
