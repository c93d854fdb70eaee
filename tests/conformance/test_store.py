"""What every store does, on every database: people, diffs, tokens and facts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from api.store.records import DiffState, ImportState, StoredToken
from api.store.store import Store, open_store
from engine.people.changes import spread
from policy.diagnostics import OrdainError, RefusedError, UsageError
from policy.imports import PersonChange, PersonMove
from tests.conformance.store_samples import NOW, TODAY, diff, import_record, snapshot, tamper


def save_snapshot(store: Store, *ids: str) -> str:
    made = snapshot(*ids)
    with store.write() as tx:
        tx.snapshots.save(made, NOW, by="carol", counts={"persons": len(ids)})
    return made.digest


def save_import(store: Store, name: str, *ids: str, state: ImportState = ImportState.IMPORTED) -> str:
    digest = save_snapshot(store, *ids)
    with store.write() as tx:
        tx.imports.save(import_record(name, digest, state))
    return digest


def test_a_snapshot_comes_back_equal(store: Store) -> None:
    made = snapshot("P1", "P2", "Ü3")
    save_snapshot(store, "P1", "P2", "Ü3")
    save_snapshot(store, "P1", "P2", "Ü3")
    with store.read() as tx:
        assert tx.snapshots.load(made.digest) == made
        (heading,) = tx.snapshots.list()
        assert (heading.digest, heading.at, heading.by, heading.counts) == (made.digest, NOW, "carol", {"persons": 3})
        assert tx.snapshots.latest() is None
        with pytest.raises(UsageError) as unknown:
            tx.snapshots.load("00")
    assert unknown.value.diagnostic.code == "ORD0912"


@pytest.mark.parametrize("other", ["of another snapshot", "no compressed bytes"])
def test_a_changed_snapshot_is_refused(store: Store, store_url: str, other: str) -> None:
    digest, foreign = save_snapshot(store, "P1"), save_snapshot(store, "P2")
    content = ":bytes" if other == "no compressed bytes" else "(SELECT content FROM snapshots WHERE digest = :foreign)"
    tamper(
        store_url,
        f"UPDATE snapshots SET content = {content} WHERE digest = :digest AND :foreign <> '' AND :bytes IS NOT NULL",
        digest=digest,
        foreign=foreign,
        bytes=b"nonsense",
    )
    with store.read() as tx, pytest.raises(OrdainError) as changed:
        tx.snapshots.load(digest)
    assert changed.value.diagnostic.code in {"ORD0911", "ORD0904"}


def test_a_blocked_import_is_in_force_only_after_its_release(store: Store) -> None:
    first = save_import(store, "i1", "P1")
    second = save_import(store, "i2", "P1", "P2", state=ImportState.BLOCKED)
    with store.write() as tx:
        latest = tx.snapshots.latest()
        assert latest is not None
        assert latest.digest == first
        with pytest.raises(RefusedError) as not_blocked:
            tx.imports.release("i1", "carol", at=NOW, because="x")
        assert not_blocked.value.diagnostic.code == "ORD0915"
        released = tx.imports.release("i2", "carol", at=NOW, because="a merger")
        assert (released.state, released.released_by, released.because) == (ImportState.RELEASED, "carol", "a merger")
    with store.read() as tx:
        latest = tx.snapshots.latest()
        assert latest is not None
        assert latest.digest == second
        assert [one.id for one in tx.imports.list()] == ["i1", "i2"]
        assert tx.imports.get("i2").released_at == NOW
        assert tx.imports.get("i1").report == {"persons": 1, "problems": []}
        with pytest.raises(UsageError):
            tx.imports.get("i3")


def test_an_old_blocked_import_is_not_released_over_a_newer_one(store: Store) -> None:
    save_import(store, "i1", "P1", state=ImportState.BLOCKED)
    newer = save_import(store, "i2", "P2")
    with store.write() as tx, pytest.raises(RefusedError) as overtaken:
        tx.imports.release("i1", "carol", at=NOW, because="x")
    assert overtaken.value.diagnostic.code == "ORD0917"
    with store.read() as tx:
        latest = tx.snapshots.latest()
        assert latest is not None
        assert latest.digest == newer


def test_the_history_of_a_person_is_in_order(store: Store) -> None:
    save_import(store, "i1", "P1")
    changes = [
        PersonChange("P1", "C1", "contract.start_date", None, "2026-03-01"),
        PersonChange("P1", "", "person.display_name", "A", "B"),
        PersonChange("P2", "", "person.details.gender", "x", None),
    ]
    with store.write() as tx:
        assert tx.history.append(NOW, "i1", changes) == len(changes)
        assert tx.history.append(NOW, "i1", []) == 0
    with store.read() as tx:
        assert [entry.change for entry in tx.history.of_person("P1")] == changes[:2]
        assert [(entry.at, entry.import_id) for entry in tx.history.of_person("P2")] == [(NOW, "i1")]
        assert tx.history.of_person("P3") == ()


def test_who_comes_and_goes_is_told_field_by_field(store: Store) -> None:
    save_import(store, "i1", "P1", "P2")
    came = [PersonMove(person, came=True) for person in snapshot("P1", "P2").persons]
    gone = PersonMove(came[1].person, came=False)
    with store.write() as tx:
        assert tx.history.append(NOW, "i1", [*came, gone]) == 18
    with store.read() as tx:
        told = [entry.change for entry in tx.history.of_person("P2")]
    assert told == [*spread(came[1]), *spread(gone)]
    assert PersonChange("P2", "C1", "contract.details.fte", None, "0.8") in told
    assert PersonChange("P2", "", "person.excluded", old=False, new=None) in told


def test_a_diff_is_found_by_its_beginning(store: Store) -> None:
    with store.write() as tx:
        tx.diffs.save(diff("4f2a11aaaaaa"))
        tx.diffs.save(diff("4f2a11bbbbbb"))
        tx.diffs.save(replace(diff("4F2A11"), as_of=date(2027, 1, 1)))
    with store.read() as tx:
        assert tx.diffs.get("4f2a11a") == diff("4f2a11aaaaaa")
        assert tx.diffs.get("4F2A11").as_of == date(2027, 1, 1)
        assert [one.id for one in tx.diffs.list()] == ["4f2a11aaaaaa", "4f2a11bbbbbb", "4F2A11"]
        for prefix, code in (("4f2a11", "ORD0913"), ("4f2a", "ORD0912"), ("4f2a11%", "ORD0912"), ("", "ORD0912")):
            with pytest.raises(UsageError) as wrong:
                tx.diffs.get(prefix)
            assert wrong.value.diagnostic.code == code


def test_a_diff_is_consumed_once(store: Store) -> None:
    with store.write() as tx:
        tx.diffs.save(diff())
        assert tx.diffs.consume(diff().id, "run-1", at=NOW)
        assert not tx.diffs.consume(diff().id, "run-2", at=NOW)
        assert not tx.diffs.consume("unknown", "run-2", at=NOW)
    with store.read() as tx:
        found = tx.diffs.get(diff().id)
        assert (found.state, found.consumed_by, found.consumed_at) == (DiffState.CONSUMED, "run-1", NOW)
        assert tx.diffs.list()[0].state is DiffState.CONSUMED


def test_statements_of_a_diff_come_back_in_order(store: Store) -> None:
    with store.write() as tx:
        tx.diffs.save(diff())
        assert tx.diffs.execution(diff().id) is None
        assert tx.diffs.add_approval(diff().id, b"second \x00", at=NOW)
        assert tx.diffs.add_approval(diff().id, b"first", at=NOW - timedelta(days=1))
        assert not tx.diffs.add_approval(diff().id, b"first", at=NOW)
        assert tx.diffs.add_execution(diff().id, b"done", at=NOW)
    with store.read() as tx:
        assert tx.diffs.approvals(diff().id) == (b"second \x00", b"first")
        assert tx.diffs.execution(diff().id) == b"done"


def test_person_keys_stay_until_they_are_erased(store: Store) -> None:
    made = iter(range(1, 256))
    many = [f"P{number}" for number in range(1500)]
    with store.write() as tx:
        first = tx.person_keys.get_or_create(["P2", "P1"], lambda size: bytes([next(made)]) * size)
        assert list(first) == ["P1", "P2"]
        assert len(set(first.values())) == 2
    with store.write() as tx:
        again = tx.person_keys.get_or_create([*many, "P1"], lambda size: b"\xff" * size)
        assert again["P2"] == first["P2"]
        assert again["P77"] == b"\xff" * 32
        assert tx.person_keys.erase("P2")
        assert not tx.person_keys.erase("P2")
    with store.write() as tx:
        assert tx.person_keys.get_or_create(["P2"], lambda size: b"\x01" * size)["P2"] == b"\x01" * 32


def test_a_token_is_found_while_it_is_good(store: Store) -> None:
    good = StoredToken("t1", "ci", "carol", ("author", "enforcer"), "aa", NOW)
    short = StoredToken("t2", "today", "dave", (), "bb", NOW, expires_at=NOW + timedelta(hours=1))
    with store.write() as tx:
        tx.tokens.add(good)
        tx.tokens.add(short)
    with store.write() as tx:
        assert tx.tokens.find("aa", now=NOW) == good
        assert tx.tokens.find("bb", now=NOW) == short
        assert tx.tokens.find("bb", now=NOW + timedelta(hours=1)) is None
        assert tx.tokens.find("cc", now=NOW) is None
        tx.tokens.revoke("t1", NOW)
        tx.tokens.revoke("t1", NOW + timedelta(days=1))
        assert tx.tokens.find("aa", now=NOW) is None
        assert tx.tokens.list() == (replace(good, revoked_at=NOW), short)
        with pytest.raises(UsageError):
            tx.tokens.revoke("t3", NOW)


def test_facts_are_set_and_read(store: Store) -> None:
    with store.write() as tx:
        assert tx.facts.get("last") is None
        tx.facts.put("last", {"as_of": "2026-03-01", "text": "Zoë\x00"})
        tx.facts.put("last", {"as_of": "2026-03-02", "text": "Zoë\x00"})
    with store.read() as tx:
        assert tx.facts.get("last") == {"as_of": "2026-03-02", "text": "Zoë\x00"}


def test_times_come_back_in_utc_whatever_zone_they_had(store: Store) -> None:
    amsterdam = timezone(timedelta(hours=2))
    with store.write() as tx:
        tx.diffs.save(replace(diff(), created_at=datetime(2026, 3, 1, 1, 0, tzinfo=amsterdam)))
    with store.read() as tx:
        assert tx.diffs.get(diff().id).created_at == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
        assert tx.diffs.get(diff().id).as_of == TODAY


def test_an_exception_leaves_nothing_behind(store: Store) -> None:
    def fail() -> None:
        with store.write() as tx:
            tx.facts.put("half", value=1)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with store.read() as tx:
        assert tx.facts.get("half") is None


def test_a_reading_transaction_writes_nothing(store: Store) -> None:
    with pytest.raises(OrdainError), store.read() as tx:
        tx.facts.put("half", value=1)
    with store.read() as tx:
        assert tx.facts.get("half") is None


def test_a_reading_transaction_sees_one_moment(store: Store) -> None:
    with store.read() as tx:
        assert tx.facts.get("now") is None
        with store.write() as other:
            other.facts.put("now", value=1)
        assert tx.facts.get("now") is None
    with store.read() as tx:
        assert tx.facts.get("now") == 1


def test_a_refusal_of_the_database_is_said_in_our_words(store: Store) -> None:
    with pytest.raises(OrdainError) as refused, store.write() as tx:
        tx.person_keys.connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert refused.value.diagnostic.code == "ORD0908"
    assert "nowhere" not in refused.value.diagnostic.detail


def test_a_store_belongs_to_one_tenant(store: Store, store_url: str) -> None:
    with store.read() as tx:
        lineage = tx.ledger.lineage()
    with pytest.raises(RefusedError) as foreign:
        open_store(store_url, tenant="another")
    assert foreign.value.diagnostic.code == "ORD0909"
    again = open_store(store_url, tenant="meridian")
    with again.read() as tx:
        assert tx.ledger.lineage() == lineage
    again.close()
