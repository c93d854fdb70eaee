from __future__ import annotations

import pytest

from engine.reconcile.attributes import (
    Secrets,
    as_text,
    compare_applied,
    compare_observed,
    plain_attribute,
    secret_digest,
)
from policy.canonical import JsonValue, canonical_json

NONE = Secrets("ad", frozenset(), b"")
PASSWORD = Secrets("ad", frozenset({"password"}), b"salt")


def test_a_secret_shows_as_its_salted_digest_on_both_sides() -> None:
    before, after = compare_applied({"password": "old"}, {"password": "new"}, PASSWORD)
    assert before == {"password": secret_digest(PASSWORD, "password", "old")}
    assert after == {"password": secret_digest(PASSWORD, "password", "new")}
    assert "new" not in canonical_json(after).decode()


def test_digests_depend_on_target_field_value_and_salt() -> None:
    others = [
        secret_digest(Secrets("entra", PASSWORD.fields, b"salt"), "password", "x"),
        secret_digest(PASSWORD, "pin", "x"),
        secret_digest(PASSWORD, "password", "y"),
        secret_digest(Secrets("ad", PASSWORD.fields, b"pepper"), "password", "x"),
    ]
    assert len({secret_digest(PASSWORD, "password", "x"), *others}) == 5


def test_a_secret_kept_as_its_digest_is_compared_by_it() -> None:
    kept = {"password": secret_digest(PASSWORD, "password", "same")}
    assert compare_applied(kept, {"password": "same"}, PASSWORD) == ({}, {})
    before, _ = compare_applied(kept, {"password": "new"}, PASSWORD)
    assert before == kept


def test_a_secret_that_only_looks_like_a_digest_is_not_shown() -> None:
    before, _ = compare_applied({"password": "hmac-sha256:mine"}, {"password": "new"}, PASSWORD)
    assert before["password"] != "hmac-sha256:mine"


def test_an_absent_secret_shows_as_absent() -> None:
    assert compare_applied({}, {"password": "new"}, PASSWORD)[0] == {"password": None}


@pytest.mark.parametrize(
    ("seen", "mapped"),
    [(None, ""), ([], None), (36, "36"), (["a"], "a"), ("cafe\u0301", "caf\u00e9"), ({"a": 1}, {"a": 1})],
)
def test_what_a_target_tells_is_compared_as_text(seen: JsonValue, mapped: JsonValue) -> None:
    assert compare_observed({"field": seen}, {"field": mapped}, NONE) == ({}, {})


def test_what_a_target_tells_differs_where_its_text_differs() -> None:
    assert compare_observed({"field": "a"}, {"field": "A"}, NONE) == ({"field": "a"}, {"field": "A"})


def test_anything_a_target_may_tell_has_a_canonical_form() -> None:
    odd = {"float": 1.5, "big": 2**60, "list": [True, {"in": None}], "small": 3, "text": "x"}
    assert plain_attribute(odd) == {  # type: ignore[arg-type]  # a float is no JsonValue of ours
        "float": "1.5",
        "big": str(2**60),
        "list": [True, {"in": None}],
        "small": 3,
        "text": "x",
    }
    assert as_text([["a"], "b"]) == ("a", "b")
