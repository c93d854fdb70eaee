from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.trust.disclosure import disclose, verify_disclosure
from policy.canonical import canonical_json
from policy.diagnostics import RefusedError
from policy.diff import Line
from policy.trust import TrustRoot
from tests.unit.engine.trust.signed_town import LINES, TERMS, TRUST, sign, trusted

SIGNED = sign()


def refused(code: str, data: bytes, trust: TrustRoot = TRUST) -> None:
    with pytest.raises(RefusedError) as caught:
        verify_disclosure(data, trust)
    assert caught.value.diagnostic.code == code


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line.n))
def test_each_line_is_proved_alone(line: Line) -> None:
    number = LINES.index(line)
    data = disclose(SIGNED, number)
    shown = verify_disclosure(data, TRUST)
    assert shown.line == line
    assert shown.statement.id == SIGNED.id
    assert shown.signed_by == ("engine",)
    assert not any(other.key.person.encode() in data for other in LINES if other.key.person != shown.line.key.person)


@pytest.mark.parametrize("number", [-1, 5])
def test_there_is_no_such_line(number: int) -> None:
    with pytest.raises(RefusedError) as caught:
        disclose(SIGNED, number)
    assert caught.value.diagnostic.code == "ORD0741"


def test_a_line_of_another_diff_is_refused() -> None:
    ours, theirs = json.loads(disclose(SIGNED, 0)), json.loads(disclose(sign(nonce="1" * 32), 0))
    refused("ORD0742", canonical_json({**ours, "envelope": theirs["envelope"]}))


def _changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    shown = json.loads(disclose(SIGNED, 0))
    change(shown)
    return canonical_json(shown)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one: one.update(salt="0" * 32), "ORD0742"),
        (lambda one: one.update(salt="A" * 32), "ORD0741"),
        (lambda one: one.update(salt="0" * 31), "ORD0741"),
        (lambda one: one.update(proof=one["proof"][:-1]), "ORD0742"),
        (lambda one: one.update(proof=["0"]), "ORD0741"),
        (lambda one: one.update(more=1), "ORD0741"),
        (lambda one: one["line"].update(n=5), "ORD0742"),
        (lambda one: one["line"].update(status="denied"), "ORD0742"),
        (lambda one: one["line"].update(more="denied"), "ORD0714"),
        (lambda one: one["envelope"].update(more=1), "ORD0701"),
        (lambda one: one.update(envelope=[]), "ORD0741"),
    ],
)
def test_a_changed_disclosure_is_refused(change: Callable[[dict[str, Any]], object], code: str) -> None:
    refused(code, _changed(change))


def test_a_disclosure_is_judged_when_the_diff_was_signed() -> None:
    data = disclose(SIGNED, 0)
    assert verify_disclosure(data, TrustRoot((trusted("engine", not_after=TERMS.created_at),))).line == LINES[0]
    refused("ORD0705", data, TrustRoot((trusted("engine", not_after=TERMS.created_at - timedelta(seconds=1)),)))
    refused("ORD0704", disclose(sign(by="bob"), 0))


def test_a_diff_that_is_not_ours_any_more_is_not_disclosed() -> None:
    with pytest.raises(RefusedError) as caught:
        disclose(replace(SIGNED, salts=SIGNED.salts[33:]), 0)
    assert caught.value.diagnostic.code == "ORD0717"
