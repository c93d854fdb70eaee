"""Requests are kept whole, and shown without secrets."""

from __future__ import annotations

import pytest

from api.runners.requests import Request, hide_secrets, read_request, request_json, without_secrets
from engine.reconcile.attributes import Secrets
from policy.canonical import canonical_json
from policy.enforcement import Call
from policy.targets import AccountPayload

SECRETS = Secrets("ad", frozenset({"Password"}), b"salt")
PAYLOAD = AccountPayload(
    {"Login": "jo", "Password": "hush", "Groups": ["a", "b"]},
    {"login": "jo", "password": "hush"},
    2,
    returned=("Guid",),
)


@pytest.mark.parametrize(
    "request_",
    [
        Request(Call.NOTHING),
        Request(Call.CREATE, payload=PAYLOAD, correlation=("Login", "jo")),
        Request(Call.UPDATE, staged=True, payload=PAYLOAD, mapped=PAYLOAD),
    ],
)
def test_a_request_is_read_back_as_it_was(request_: Request) -> None:
    assert read_request(request_json(request_)) == request_


def test_secrets_are_digests_and_no_account_data() -> None:
    hidden = without_secrets(Request(Call.CREATE, payload=PAYLOAD, correlation=("Password", "hush")), SECRETS)
    assert b"hush" not in canonical_json(request_json(hidden))
    assert hidden.payload is not None
    assert hidden.payload.account_data == {"login": "jo"}
    assert hidden.payload.attributes["Groups"] == ["a", "b"]
    assert hidden.payload.returned == ("Guid",)


def test_an_empty_secret_stays_empty() -> None:
    hidden = hide_secrets(AccountPayload({"Password": None}, {}), SECRETS)
    assert hidden is not None
    assert hidden.attributes == {"Password": None}


def test_without_secret_fields_nothing_changes() -> None:
    assert hide_secrets(PAYLOAD, Secrets("ad", frozenset(), b"")) is PAYLOAD
