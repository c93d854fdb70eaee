"""The audit log on every database: append-only, provable, and honest about tampering."""

import base64
import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from api.store.store import Store
from engine.trust.merkle import leaf_hash, merkle_root, verify_consistency, verify_inclusion
from policy.audit import AuditEvent, audit_bytes
from policy.diagnostics import UsageError
from tests.conformance.store_samples import NOW, TestSigner, tamper


def event(number: int) -> AuditEvent:
    return AuditEvent(NOW + timedelta(seconds=number), "diff.approved", "carol", f"diff-{number}", {"text": "Zoë\x00"})


def append(store: Store, count: int) -> None:
    with store.write() as tx:
        for number in range(count):
            assert tx.audit.append(event(number)) == number


def test_entries_come_back_in_order(store: Store) -> None:
    append(store, 5)
    with store.read() as tx:
        assert tx.audit.size() == 5
        assert [entry.event for entry in tx.audit.entries()] == [event(number) for number in range(5)]
        assert [entry.index for entry in tx.audit.entries(1, 3)] == [1, 2]
        assert tx.audit.entries(4)[0].leaf_hash == leaf_hash(audit_bytes(event(4)))
        assert tx.audit.entries(5) == ()


def test_an_empty_log_has_the_root_of_the_empty_tree(store: Store) -> None:
    with store.read() as tx:
        assert tx.audit.size() == 0
        assert tx.audit.root() == tx.audit.root(0) == hashlib.sha256(b"").digest()
        assert tx.audit.verify().intact


def test_proofs_hold(store: Store) -> None:
    append(store, 7)
    with store.read() as tx:
        root = tx.audit.root()
        for index in range(7):
            leaf, proof = leaf_hash(audit_bytes(event(index))), tx.audit.inclusion(index)
            assert verify_inclusion(leaf, proof, index=index, size=7, root=root)
            assert not verify_inclusion(leaf_hash(b"x"), proof, index=index, size=7, root=root)
        assert verify_inclusion(
            leaf_hash(audit_bytes(event(1))), tx.audit.inclusion(1, 3), index=1, size=3, root=tx.audit.root(3)
        )
        for old in range(8):
            assert verify_consistency(
                tx.audit.consistency(old), old_size=old, new_size=7, old_root=tx.audit.root(old), new_root=root
            )
        for beyond in (lambda: tx.audit.inclusion(7), lambda: tx.audit.consistency(8), lambda: tx.audit.root(8)):
            with pytest.raises(UsageError) as none:
                beyond()
            assert none.value.diagnostic.code == "ORD0912"


def test_a_checkpoint_is_a_signed_note_that_others_can_check(store: Store) -> None:
    append(store, 3)
    signer = TestSigner()
    with store.write() as tx:
        note = tx.audit.checkpoint(signer)
        assert tx.audit.checkpoints() == (note,)
    # Taken apart by hand, after the text of the C2SP specifications.
    body, _, signatures = note.partition("\n\n")
    origin, size, root = body.split("\n")
    with store.read() as tx:
        assert (origin, size, base64.b64decode(root)) == ("meridian", "3", tx.audit.root())
    dash, name, encoded = signatures.rstrip("\n").split(" ")
    assert (dash, name) == ("\u2014", "meridian")
    blob = base64.b64decode(encoded)
    assert blob[:4] == hashlib.sha256(b"meridian\n\x01" + signer.public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(signer.public).verify(blob[4:], f"{body}\n".encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET event = '{}' WHERE idx = 0",
        "UPDATE audit_entries SET idx = 9 WHERE idx = 2",
        "DELETE FROM audit_entries WHERE idx = 2",
        "INSERT INTO audit_entries (idx, leaf_hash, event) VALUES (5, '', '{}')",
        "INSERT INTO audit_entries (idx, leaf_hash, event) VALUES (1, '', '{}')",
        "UPDATE audit_checkpoints SET size = 0",
        "DELETE FROM audit_checkpoints",
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_log(store: Store, store_url: str, statement: str) -> None:
    append(store, 3)
    with store.write() as tx:
        tx.audit.checkpoint(TestSigner())
    engine = create_engine(store_url)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    with store.read() as tx:
        assert tx.audit.verify().intact


def test_replacing_an_entry_is_refused_by_sqlite(store: Store, store_url: str) -> None:
    append(store, 1)
    engine = create_engine(store_url)
    statement = (
        "INSERT OR REPLACE INTO audit_entries (idx, leaf_hash, event) VALUES (0, '', '{}')"
        if engine.dialect.name == "sqlite"
        else "INSERT INTO audit_entries (idx, leaf_hash, event) VALUES (0, '', '{}') "
        "ON CONFLICT (idx) DO UPDATE SET event = '{}'"
    )
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


FORGED = audit_bytes(AuditEvent(NOW, "diff.approved", "mallory", "diff-1")).decode()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE audit_entries SET event = :event WHERE idx = 1", "Entry 1 was changed"),
        ("UPDATE audit_entries SET leaf_hash = :hash WHERE idx = 1", "Entry 1 was changed"),
        ("UPDATE audit_entries SET event = :event, leaf_hash = :hash WHERE idx = 1", "are not those a checkpoint"),
        ("DELETE FROM audit_entries WHERE idx = 1", "Entry 1 is missing"),
        ("DELETE FROM audit_entries WHERE idx = 3", "A checkpoint speaks of 4 entries, the log has 3"),
        ("UPDATE audit_checkpoints SET note = :event", "This is no checkpoint of"),
    ],
)
def test_tampering_is_found(store: Store, store_url: str, statement: str, says: str) -> None:
    append(store, 4)
    with store.write() as tx:
        tx.audit.checkpoint(TestSigner())
    values = {"event": FORGED, "hash": leaf_hash(FORGED.encode())}
    tamper(store_url, statement, **{name: value for name, value in values.items() if f":{name}" in statement})
    with store.read() as tx:
        report = tx.audit.verify()
    assert not report.intact
    assert any(says in problem.detail for problem in report.problems)
    assert {problem.code for problem in report.problems} == {"ORD0916"}


def test_a_checkpoint_kept_elsewhere_shows_a_log_rewritten_whole(store: Store, store_url: str) -> None:
    append(store, 4)
    with store.write() as tx:
        kept = tx.audit.checkpoint(TestSigner())
    tamper(store_url, "DELETE FROM audit_checkpoints")
    tamper(
        store_url,
        "UPDATE audit_entries SET event = :event, leaf_hash = :hash WHERE idx = 1",
        event=FORGED,
        hash=leaf_hash(FORGED.encode()),
    )
    with store.read() as tx:
        assert tx.audit.verify().intact
        report = tx.audit.verify([kept])
    assert [problem.code for problem in report.problems] == ["ORD0916"]
    assert (report.size, report.checkpoints) == (4, 1)


def test_a_foreign_checkpoint_is_named(store: Store) -> None:
    append(store, 1)
    with store.read() as tx:
        report = tx.audit.verify(["another\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— another AAAA\n"])
    assert "no checkpoint of `meridian`" in report.problems[0].detail


def test_many_events_are_the_log_that_one_by_one_is(store: Store) -> None:
    events = [AuditEvent(NOW, "action.ended", "carol", f"P{number}", {"number": number}) for number in range(5)]
    with store.write() as tx:
        assert tx.audit.append(events[0]) == 0
        assert tx.audit.append_all([]) == 1
        assert tx.audit.append_all(events[1:4]) == 1
        assert tx.audit.append(events[4]) == 4
        assert [entry.event for entry in tx.audit.entries()] == events
        assert tx.audit.root() == merkle_root([leaf_hash(audit_bytes(one)) for one in events])
