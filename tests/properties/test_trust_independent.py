"""Others come to the same result: openssl, an independent DSSE library, RFC 8785, and the standard library alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import Key  # type: ignore[attr-defined]  # it does not say what it exports

from connectors.keys.public_keys import public_pem
from engine.trust.disclosure import disclose
from policy.canonical import canonical_json, normal_text
from policy.decisions import Reason
from policy.diff import Ended, Line, Op, Status, Why, line_bytes, read_line
from policy.entitlements import EntitlementKey, Kind
from policy.trust import key_id
from tests.unit.engine.trust.signed_town import PERSON_KEYS, approve, execute, key_of, sign, verify

SIGNED = sign()
VERIFIED = verify(SIGNED)
APPROVAL = approve(VERIFIED)
EXECUTION = execute(VERIFIED, [APPROVAL])
STATEMENTS = [(SIGNED.envelope, "engine"), (APPROVAL, "alice"), (EXECUTION, "engine")]


def signed_bytes(envelope: dict[str, Any]) -> bytes:
    """DSSE's pre-authentication encoding, written anew from its specification."""
    kind, payload = envelope["payloadType"].encode(), base64.b64decode(envelope["payload"])
    return b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize(("data", "by"), STATEMENTS)
def test_openssl_verifies_every_statement_and_refuses_a_changed_one(data: bytes, by: str, tmp_path: Path) -> None:
    envelope = json.loads(data)
    (tmp_path / "key.pem").write_bytes(public_pem(key_of(by).public))
    (tmp_path / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    message = signed_bytes(envelope)
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem", "-sigfile", "sig", "-in", "m"]
    (tmp_path / "m").write_bytes(message)
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "m").write_bytes(message.replace(b"DSSEv1", b"DSSEv2"))
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode != 0


@pytest.mark.parametrize(("data", "by"), STATEMENTS)
def test_an_independent_library_verifies_every_statement(data: bytes, by: str) -> None:
    fingerprint = key_id(key_of(by).public)
    keyval = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": key_of(by).public.hex()}}
    key = Key.from_dict(fingerprint, keyval)
    keyval = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": key_of("bob").public.hex()}}
    other = Key.from_dict(fingerprint, keyval)
    # Reading changes its argument, so each reading gets a fresh one; and a threshold of one is all it is asked for.
    assert list(Envelope.from_dict(json.loads(data)).verify([key], 1)) == [fingerprint]
    with pytest.raises(VerificationError):
        Envelope.from_dict(json.loads(data)).verify([other], 1)


def test_the_root_and_one_proof_follow_from_the_standard_library_alone() -> None:
    """The recipe of docs/verify.md, step by step."""
    payload = json.loads(base64.b64decode(json.loads(SIGNED.envelope)["payload"]))
    assert payload["subject"][0]["digest"]["sha256"] == hashlib.sha256(SIGNED.lines).hexdigest()
    rows, salts = SIGNED.lines.splitlines(), SIGNED.salts.decode().split()
    level = [
        hashlib.sha256(b"\x00" + bytes.fromhex(salt) + row).digest() for salt, row in zip(salts, rows, strict=True)
    ]
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    assert level[0].hex() == payload["predicate"]["lines"]["root"]
    first = hmac.new(PERSON_KEYS["P1"], SIGNED.id.encode() + b"\n" + rows[0], hashlib.sha256).digest()[:16]
    assert salts[0] == first.hex()
    assert json.loads(disclose(SIGNED, 0))["line"] == json.loads(rows[0])


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("aZ_0", max_size=4), inner, max_size=3),
    max_leaves=6,
)
ATTRIBUTES = st.none() | st.dictionaries(st.text("abcXYZ", min_size=1), JSON, max_size=3)


@st.composite
def diff_lines(draw: st.DrawFn) -> Line:
    kind = draw(st.sampled_from(Kind))
    name = draw(TEXTS.filter(bool)) if kind is Kind.PERMISSION else ""
    return Line(
        n=draw(st.integers(0, 2**53 - 1)),
        key=EntitlementKey(draw(TEXTS), draw(TEXTS), kind, name),
        op=draw(st.sampled_from(Op)),
        status=draw(st.sampled_from(Status)),
        because=tuple(draw(st.lists(st.builds(Reason, TEXTS, TEXTS, TEXTS), max_size=2))),
        why=tuple(draw(st.lists(st.builds(Why, TEXTS, TEXTS, TEXTS), max_size=2))),
        before=draw(ATTRIBUTES),
        after=draw(ATTRIBUTES),
        anchor=draw(st.none() | TEXTS),
        ended=tuple(draw(st.lists(st.builds(Ended, TEXTS, TEXTS, TEXTS, TEXTS), max_size=2))),
    )


@given(diff_lines())
def test_rfc_8785_agrees_with_every_line_byte_for_byte(line: Line) -> None:
    written = line_bytes(line)
    assert rfc8785.dumps(json.loads(written)) == written
    assert line_bytes(read_line(json.loads(written))) == written
    assert written.decode() == normal_text(written.decode())


@given(JSON)
def test_rfc_8785_agrees_with_every_canonical_value(value: Any) -> None:  # noqa: ANN401  # any JSON
    assert rfc8785.dumps(json.loads(canonical_json(value))) == canonical_json(value)


def test_rfc_8785_agrees_with_every_statement() -> None:
    for data, _ in STATEMENTS:
        assert rfc8785.dumps(json.loads(data)) == data
        payload = base64.b64decode(json.loads(data)["payload"])
        assert rfc8785.dumps(json.loads(payload)) == payload
