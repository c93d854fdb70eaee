from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.trust.envelopes import seal_envelope
from engine.trust.evaluations import diff_payload
from engine.trust.lines import FEW_LINES, file_of, rows_of, salt_of
from engine.trust.verifying import verify_diff
from policy.canonical import canonical_json
from policy.diagnostics import RefusedError
from policy.diff import EntitlementDiff, Line, Op, Status, line_bytes
from policy.entitlements import EntitlementKey, Kind
from policy.statements import DiffFiles, Expectation, Purpose
from policy.trust import TrustRole, TrustRoot
from tests.unit.engine.trust.signed_town import (
    DIFF,
    EXPECTED,
    INPUTS,
    LINES,
    NOW,
    PERSON_KEYS,
    TERMS,
    TRUST,
    key_of,
    sign,
    trusted,
    verify,
)

SIGNED = sign()


def refused(
    code: str, files: DiffFiles = SIGNED.files, trust: TrustRoot = TRUST, expected: Expectation = EXPECTED
) -> str:
    with pytest.raises(RefusedError) as caught:
        verify_diff(files, trust, expected)
    assert caught.value.diagnostic.code == code, caught.value.diagnostic.detail
    return caught.value.diagnostic.detail


def payload() -> dict[str, Any]:
    envelope = json.loads(SIGNED.envelope)
    return dict(json.loads(base64.b64decode(envelope["payload"])))


def resealed(change: Callable[[dict[str, Any]], object], *, by: str = "engine") -> DiffFiles:
    """The same diff with another statement, honestly signed: what a faulty or false engine could send."""
    statement = payload()
    change(statement)
    return replace(SIGNED.files, envelope=seal_envelope(canonical_json(statement), [key_of(by)]))


def with_lines(rows: list[bytes]) -> DiffFiles:
    """Other rows under an honest signature."""
    digest = hashlib.sha256(file_of(rows)).hexdigest()

    def change(statement: dict[str, Any]) -> None:
        statement["subject"][0]["digest"]["sha256"] = digest

    return replace(resealed(change), lines=file_of(rows), salts=None)


def test_what_was_signed_is_what_is_verified() -> None:
    said: list[str] = []
    verified = verify_diff(SIGNED.files, TRUST, EXPECTED, announce=said.append)
    assert verified.lines == LINES
    assert verified.id == SIGNED.id
    assert verified.root_checked
    assert verified.signed_by == ("engine",)
    assert verified.statement.terms == TERMS
    assert verified.statement.persons == {Status.PLANNED: 2, Status.WAITING: 1, Status.BLOCKED: 1, Status.FROZEN: 1}
    assert [limit.tripped for limit in verified.statement.limits] == [False, True]
    assert len(said) == 5


def test_an_envelope_alone_tells_what_it_can() -> None:
    verified = verify_diff(DiffFiles(SIGNED.envelope), TRUST, Expectation(NOW))
    assert verified.lines is None
    assert not verified.root_checked
    assert not verify_diff(DiffFiles(SIGNED.envelope, None, SIGNED.salts), TRUST, Expectation(NOW)).root_checked
    assert not verify_diff(DiffFiles(SIGNED.envelope, SIGNED.lines), TRUST, Expectation(NOW)).root_checked


def test_an_empty_diff_verifies() -> None:
    verified = verify(sign(EntitlementDiff(DIFF.as_of, ())))
    assert verified.lines == ()
    assert verified.root_checked


def test_many_lines_verify_as_few_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.trust.lines.FEW_LINES", -1)
    assert tuple(verify(SIGNED).lines or ()) == LINES


def test_commit_and_further_digests_are_kept() -> None:
    inputs = replace(INPUTS, commit="1" * 40, tree="2" * 40, extra={"mapping": "3" * 64})
    assert verify(sign(inputs=inputs)).statement.terms.inputs == inputs


def test_the_statement_is_small_and_names_nobody_the_diff_is_about() -> None:
    text = base64.b64decode(json.loads(SIGNED.envelope)["payload"]).decode()
    assert len(text) < 2500
    assert "P1" not in text
    assert "Zürich" not in text


def test_the_statement_stays_small_however_long_the_diff_is() -> None:
    lines = tuple(
        Line(n, EntitlementKey("P1", "ad", Kind.PERMISSION, f"G{n:04}"), Op.GRANT, Status.PLANNED) for n in range(1000)
    )
    assert len(sign(EntitlementDiff(DIFF.as_of, lines)).envelope) < 2500


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert sign() == SIGNED
    assert sign(nonce="1" * 32).id != SIGNED.id


def test_a_salt_comes_from_the_persons_key_the_diff_and_the_line() -> None:
    rows, salts = rows_of(SIGNED.lines), rows_of(SIGNED.salts)
    assert salts[4].decode() == salt_of(rows[4], diff=SIGNED.id, person_key=PERSON_KEYS["P3"]).hex()
    assert len(set(salts)) == len(salts)


@pytest.mark.parametrize(
    ("expected", "code"),
    [
        (replace(EXPECTED, tenant="other"), "ORD0708"),
        (replace(EXPECTED, purpose=Purpose.EVALUATE), "ORD0709"),
        (replace(EXPECTED, lineage="L2"), "ORD0710"),
        (replace(EXPECTED, now=TERMS.expires_at), "ORD0711"),
        (replace(EXPECTED, now=TERMS.created_at - timedelta(minutes=6)), "ORD0712"),
    ],
)
def test_what_is_not_expected_is_refused(expected: Expectation, code: str) -> None:
    refused(code, expected=expected)


def test_the_last_second_before_the_end_is_good_and_so_is_a_clock_a_little_ahead() -> None:
    for now in (TERMS.expires_at - timedelta(seconds=1), TERMS.created_at - timedelta(minutes=5)):
        assert verify(SIGNED, expected=replace(EXPECTED, now=now)).id == SIGNED.id


def test_a_key_outside_the_trust_root_is_refused() -> None:
    refused("ORD0702", trust=TrustRoot((trusted("alice"),)))


def test_only_an_engine_signs_diffs() -> None:
    refused("ORD0704", files=sign(by="alice").files)


def test_a_key_is_trusted_to_its_last_moment() -> None:
    trust = TrustRoot((trusted("engine", not_after=NOW),))
    assert verify(SIGNED, trust).id == SIGNED.id
    refused("ORD0705", trust=trust, expected=replace(EXPECTED, now=NOW + timedelta(seconds=1)))


def test_people_are_counted_by_key_bytes_not_by_key_id() -> None:
    """A signature under another key's id, or one key under two ids, is refused."""
    envelope = json.loads(SIGNED.envelope)
    (signature,) = envelope["signatures"]
    false_id = {**signature, "keyid": trusted("alice").key_id}
    refused("ORD0703", files=replace(SIGNED.files, envelope=canonical_json({**envelope, "signatures": [false_id]})))
    both = sorted([signature, {**signature, "keyid": "00"}], key=lambda one: str(one["keyid"]))
    refused("ORD0702", files=replace(SIGNED.files, envelope=canonical_json({**envelope, "signatures": both})))
    twice = [signature, signature]
    refused("ORD0701", files=replace(SIGNED.files, envelope=canonical_json({**envelope, "signatures": twice})))


def test_a_second_trusted_signature_does_no_harm_and_an_unknown_one_does() -> None:
    statement = canonical_json(payload())
    two = seal_envelope(statement, [key_of("engine"), key_of("alice")])
    assert verify_diff(replace(SIGNED.files, envelope=two), TRUST, EXPECTED).signed_by == ("engine",)
    stranger = seal_envelope(statement, [key_of("engine"), key_of("a stranger")])
    refused("ORD0702", files=replace(SIGNED.files, envelope=stranger))


def test_two_keys_of_one_person_are_one_person() -> None:
    trust = TrustRoot((trusted("engine"), trusted("engine", key="second")))
    two = seal_envelope(canonical_json(payload()), [key_of("engine"), key_of("second")])
    assert verify_diff(replace(SIGNED.files, envelope=two), trust, EXPECTED).signed_by == ("engine",)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda _: b"[]",
        lambda data: data + b"\n",
        lambda data: data.replace(b":", b": ", 1),
        lambda data: data.replace(b'"signatures"', b'"extra":1,"signatures"'),
        lambda data: data.replace(b'"payloadType"', b'"payload":"","payloadType"'),
        lambda data: data.replace(b"in-toto", b"in-toro"),
        lambda data: data.replace(b"==", b"="),
        lambda data: b"\xff" + data,
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b'"sig":"', b'"sig":1,"gis":"'),
        lambda data: canonical_json({**json.loads(data), "signatures": []}),
        lambda data: canonical_json({**json.loads(data), "signatures": {}}),
        lambda _: b"[" * 100_000,
        lambda _: b'{"payload":1.5}',
        lambda _: b'{"payload":NaN}',
        lambda _: b'{"payload":9007199254740992}',
    ],
)
def test_an_envelope_has_one_form(spoil: Callable[[bytes], bytes]) -> None:
    refused("ORD0701", files=replace(SIGNED.files, envelope=spoil(SIGNED.envelope)))


def test_another_kind_of_statement_is_no_diff() -> None:
    refused("ORD0706", files=resealed(lambda one: one.update(predicateType="urn:ordain:approval:v1")))


def _set(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(statement: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        inner = statement
        for name in parents:
            inner = inner[name]
        inner[last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("predicate.extra", 1),
        _set("predicate.approval.role", "nobody"),
        _set("predicate.approval.required", "1"),
        _set("predicate.approval.required", -1),
        _set("predicate.diff", 7),
        _set("predicate.purpose", "destroy"),
        _set("predicate.as_of", "1-3-2026"),
        _set("predicate.as_of", "20260301"),
        _set("predicate.created_at", "2026-03-01 08:00"),
        _set("predicate.created_at", "2026-3-1T8:0:0Z"),
        _set("predicate.lines.root", "ROOT"),
        _set("predicate.limits", [1]),
        _set("predicate.limits", {}),
        _set("predicate.persons", {"happy": 3}),
        _set("predicate.looked_at", None),
        _set("subject", []),
        _set("subject", [{"digest": {"sha256": "0" * 64}, "name": "other"}]),
        _set("_type", "https://in-toto.io/Statement/v0.1"),
    ],
)
def test_a_statement_has_one_form(change: Callable[[dict[str, Any]], object]) -> None:
    refused("ORD0707", files=resealed(change))


def test_a_limit_must_say_whether_it_tripped() -> None:
    def change(statement: dict[str, Any]) -> None:
        statement["predicate"]["limits"][0]["tripped"] = "no"

    assert "tripped" in refused("ORD0707", files=resealed(change))


def test_a_payload_that_is_no_canonical_json_is_refused() -> None:
    pretty = json.dumps(payload(), indent=1).encode()
    refused("ORD0707", files=replace(SIGNED.files, envelope=seal_envelope(pretty, [key_of("engine")])))


def test_other_lines_are_refused() -> None:
    refused("ORD0713", files=replace(SIGNED.files, lines=SIGNED.lines + b" "))


ROWS = rows_of(SIGNED.lines)


def line(**changes: Any) -> bytes:  # noqa: ANN401  # any field of a line
    return canonical_json({**json.loads(ROWS[0]), **changes})


@pytest.mark.parametrize(
    "row",
    [
        b"",
        b"[]",
        ROWS[0].replace(b":", b": ", 1),
        line(extra=1),
        line(n=True),
        line(n="0"),
        line(op="burn"),
        line(status="maybe"),
        line(kind="soul"),
        line(kind="permission"),
        line(name="x"),
        line(person=1),
        line(because=None),
        line(because=[{"rule": "a", "at": "b", "contract": 1}]),
        line(because=[{"rule": "a", "at": "b", "contract": "c", "mood": "d"}]),
        line(why=[]),
        line(why=[{}]),
        line(ended=[]),
        line(ended=None),
        line(ended=[{"rule": "a", "at": "b", "contract": "c"}]),
        line(ended=[{"rule": "a", "at": "b", "contract": "c", "text": 1}]),
        line(ended=[{"rule": "a", "at": "b", "contract": "c", "text": "d", "mood": "e"}]),
        line(before=[]),
        line(after="x"),
        line(anchor=None),
        line(released_by=[1]),
        line(released_by=[]),
        line(before={"a": 1}).replace(b'"a":1', b'"a":' + b"[" * 600 + b"]" * 600),
        line(before={"a": 1}).replace(b'"a":1', b'"a":' + b"[" * 100_000 + b"]" * 100_000),
        line(before={"a": 1}).replace(b'"a":1', b'"a":9007199254740992'),
        line(before={"a": 1}).replace(b'"a":1', b'"a":1.0'),
        line(before={"a": 1}).replace(b'"a":1', b'"a":1,"a":1'),
        b'{"n":' + b"9" * 5000 + b"}",
        ROWS[0].replace(b'"P1"', b'"\\ud800"'),
        ROWS[0].replace(b'"P1"', '"Zu\u0308rich"'.encode()),
    ],
)
@pytest.mark.parametrize("few", [FEW_LINES, -1])
def test_a_line_has_one_form(row: bytes, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.trust.lines.FEW_LINES", few)
    refused("ORD0714", files=with_lines([row]))


@pytest.mark.parametrize("few", [FEW_LINES, -1])
def test_lines_are_numbered_in_order_and_whole(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.trust.lines.FEW_LINES", few)
    refused("ORD0714", files=with_lines([ROWS[1]]))
    swapped = [line_bytes(replace(one, n=number)) for number, one in enumerate((LINES[1], LINES[0], *LINES[2:]))]
    assert "out of order" in refused("ORD0714", files=with_lines(swapped))
    double = [line_bytes(LINES[0]), line_bytes(replace(LINES[0], n=1))]
    refused("ORD0714", files=with_lines(double))
    half = with_lines(ROWS)
    digest = hashlib.sha256(SIGNED.lines[:-1]).hexdigest()
    half = replace(resealed(lambda one: one["subject"][0]["digest"].update(sha256=digest)), lines=SIGNED.lines[:-1])
    refused("ORD0714", files=half)


@pytest.mark.parametrize(
    "change",
    [
        _set("predicate.lines.count", 4),
        _set("predicate.persons", {"planned": 2}),
        lambda statement: statement["predicate"]["totals"][0].update(count=9),
    ],
)
def test_a_statement_that_miscounts_its_lines_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    refused("ORD0715", files=resealed(change))


def test_other_salts_do_not_lead_to_the_root() -> None:
    salts = rows_of(SIGNED.salts)
    refused("ORD0716", files=replace(SIGNED.files, salts=file_of([*salts[:-1], b"0" * 32])))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data[33:],
        lambda data: data.upper(),
        lambda data: data.replace(data[:1], b"\xff", 1),
        lambda data: b"0" + data,
    ],
)
def test_salts_have_one_form(spoil: Callable[[bytes], bytes]) -> None:
    files = replace(SIGNED.files, salts=spoil(b"a" * 32 + SIGNED.salts[32:]))
    refused("ORD0717", files=files)


def test_a_diff_with_drafts_is_signed_to_be_looked_at_alone() -> None:
    drafts = replace(DIFF, enforceable=False)
    with pytest.raises(RefusedError) as caught:
        sign(drafts)
    assert caught.value.diagnostic.code == "ORD0718"
    with pytest.raises(RefusedError) as looked_at:
        verify_diff(sign(drafts, purpose=Purpose.EVALUATE).files, TRUST, EXPECTED)
    assert looked_at.value.diagnostic.code == "ORD0709"
    assert looked_at.value.diagnostic.hint == "A diff with drafts can only be looked at: evaluate again without them."


def test_every_nonce_and_life_span_makes_sense() -> None:
    with pytest.raises(AssertionError):
        sign(nonce="12")
    with pytest.raises(AssertionError):
        sign(expires_at=TERMS.created_at)


def test_totals_of_every_kind_survive_the_round_trip() -> None:
    lines = tuple(
        Line(number, EntitlementKey(f"P{number + 1}", "t", kind, "x" * (kind is Kind.PERMISSION)), op, status)
        for number, (kind, op, status) in enumerate(zip(Kind, Op, Status, strict=False))
    )
    signed = sign(EntitlementDiff(DIFF.as_of, lines))
    verified = verify(signed)
    assert verified.statement.totals == EntitlementDiff(DIFF.as_of, lines).totals()
    assert diff_payload(verified.statement) == base64.b64decode(json.loads(signed.envelope)["payload"])


def test_moments_are_kept_to_the_second_in_utc() -> None:
    created = datetime(2026, 3, 1, 8, 0, 0, 999, tzinfo=UTC)
    assert verify(sign(created_at=created)).statement.terms.created_at == created.replace(microsecond=0)


def test_roles_are_those_of_any_key_of_a_person() -> None:
    trust = TrustRoot((trusted("alice"), trusted("alice", key="second", roles=[TrustRole.LIMIT_RELEASE])))
    assert trust.roles_of("ALICE") == {TrustRole.REVIEWER, TrustRole.LIMIT_RELEASE}
