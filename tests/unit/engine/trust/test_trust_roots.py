from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.trust.trust_roots import read_trust_root, write_trust_root
from policy.diagnostics import DataError
from policy.trust import TrustRole, TrustRoot
from tests.unit.engine.trust.signed_town import TRUST, key_of, trusted


def key(name: str) -> str:
    return base64.b64encode(key_of(name).public).decode()


def file(*people: object, **more: object) -> str:
    return json.dumps({"version": 1, "people": list(people), **more})


def entry(**more: Any) -> dict[str, Any]:  # noqa: ANN401  # any field of an entry
    return {"person": "alice", "roles": ["reviewer"], "keys": [key("alice")], **more}


def test_people_keys_and_roles_are_read() -> None:
    trust = read_trust_root(
        file(
            entry(keys=[key("alice"), key("second")], not_after="2026-12-31"),
            entry(keys=[key("third")], roles=["engine", "limit-release"], not_after="2026-12-31T12:00:00Z"),
            entry(person="bob", keys=[key("bob")], roles=[]),
        )
    )
    assert [one.person for one in trust.keys] == ["alice", "alice", "alice", "bob"]
    assert [one.not_after for one in trust.keys] == [
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 12, 0, tzinfo=UTC),
        None,
    ]
    assert trust.keys[2].roles == {TrustRole.ENGINE, TrustRole.LIMIT_RELEASE}
    assert trust.find_key(trusted("bob").key_id) == trust.keys[3]
    assert trust.find_key("") is None


def test_what_is_written_is_read_again() -> None:
    ending = TrustRoot((*TRUST.keys, trusted("alice", key="old", not_after=datetime(2026, 1, 2, tzinfo=UTC))))
    assert read_trust_root(write_trust_root(ending)) == ending


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "an object is missing"),
        ('{"version": 1, "version": 1}', "twice"),
        ('{"version": 1}', "`people`"),
        (file(version=2), "`version`"),
        (file(more=1), "nothing else"),
        (file(1), "an object is missing"),
        (file(entry(mood="good")), "Entry 1 (alice): `mood`"),
        (file(entry(person=" ")), "`person` is empty"),
        (file({"roles": []}), "Entry 1 (nameless)"),
        (file(entry(roles=["boss"])), "there is no role `boss`"),
        (file(entry(roles=[1])), "`roles`"),
        (file(entry(keys=[])), "`keys` is empty"),
        (file(entry(keys=["AA=="])), "has 1 bytes"),
        (file(entry(keys=["A"])), "no base64"),
        (file(entry(keys=[key("alice").replace("=", "")])), "no base64"),
        (file(entry(not_after="soon")), "'soon' is no moment"),
        (file(entry(), entry()), "Entry 2 (alice): its key stands there already, for alice"),
        (file(entry(keys=[key("a"), key("a")])), "its key stands there already"),
        (file(entry(), entry(person="Alice", keys=[key("b")])), "one person written in two ways"),
    ],
)
def test_a_faulty_trust_root_names_the_entry(text: str, words: str) -> None:
    with pytest.raises(DataError) as caught:
        read_trust_root(text)
    assert caught.value.diagnostic.code == "ORD0740"
    assert words in caught.value.diagnostic.detail
