"""A small town of people with keys, and a small signed diff, for the tests of trust."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.keys.private_keys import PrivateKey
from engine.trust.approvals import make_approval
from engine.trust.executions import make_execution, outcomes_file
from engine.trust.judging import judge_approvals
from engine.trust.signing import sign_diff
from engine.trust.verifying import verify_diff
from policy.decisions import Reason
from policy.diff import Ended, EntitlementDiff, InputDigests, LimitVerdict, Line, Op, Status, Why
from policy.enforcement import ActionState, EnforceMode, Outcome
from policy.entitlements import EntitlementKey, Kind
from policy.statements import (
    Approval,
    Bundle,
    Decision,
    ExcludedPerson,
    ExecutionTerms,
    Expectation,
    Purpose,
    SignedDiff,
    SigningTerms,
    VerifiedDiff,
)
from policy.trust import TrustedKey, TrustRole, TrustRoot

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NONCE = "0f" * 16
ROLES = {
    "engine": {TrustRole.ENGINE},
    "alice": {TrustRole.REVIEWER},
    "bob": {TrustRole.REVIEWER},
    "carol": {TrustRole.REVIEWER, TrustRole.LIMIT_RELEASE},
    "rick": {TrustRole.LIMIT_RELEASE},
    "dave": {TrustRole.REVIEWER},
    "erin": {TrustRole.REVIEWER},
    "mallory": set[TrustRole](),
    "hal": {TrustRole.ENGINE, TrustRole.REVIEWER},
}
EXCLUDED = (ExcludedPerson("Dave", "author"), ExcludedPerson("erin", "requester"))


def key_of(name: str) -> PrivateKey:
    return PrivateKey(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def trusted(name: str, *, roles: Sequence[TrustRole] | None = None, key: str = "", **more: object) -> TrustedKey:
    given = frozenset(ROLES[name] if roles is None else roles)
    return TrustedKey(name, key_of(key or name).public, given, **more)  # type: ignore[arg-type] # free fields


TRUST = TrustRoot(tuple(trusted(name) for name in ROLES))
LINES = (
    Line(
        0,
        EntitlementKey("P1", "ad", Kind.ACCOUNT),
        Op.GRANT,
        Status.PLANNED,
        because=(Reason("basic", "hr.ordain:3", "C1"),),
    ),
    Line(
        1,
        EntitlementKey("P1", "ad", Kind.PERMISSION, "Zürich"),
        Op.GRANT,
        Status.WAITING,
        why=(Why("prerequisite", "account in ad", "waits for the account"),),
        released_by=("ceo",),
    ),
    Line(
        2,
        EntitlementKey("P2", "ad", Kind.ACCOUNT),
        Op.UPDATE,
        Status.PLANNED,
        before={"Mail": "a@x"},
        after={"Mail": "b@x"},
    ),
    Line(
        3,
        EntitlementKey("P2", "entra", Kind.ACCOUNT),
        Op.REVOKE,
        Status.BLOCKED,
        why=(Why("limit", "entra/revoke/account", "1 of 1"),),
        anchor="7",
        ended=(Ended("the window, 2024-01-01 to 2026-02-28, is over", "basic", "hr.ordain:3", "C2"),),
    ),
    Line(4, EntitlementKey("P3", "ad", Kind.ACCESS), Op.REVOKE, Status.FROZEN),
)
LIMITS = (
    LimitVerdict("ad", Op.GRANT, Kind.ACCOUNT, 1, 0, "50", 10, None, tripped=False, at="hr.ordain:9", text="1 of 50"),
    LimitVerdict(
        "entra", Op.REVOKE, Kind.ACCOUNT, 1, 0, "1 in 7 days", 10, 7, tripped=True, at="hr.ordain:10", text=""
    ),
)
DIFF = EntitlementDiff(date(2026, 3, 1), LINES, limits=LIMITS)
INPUTS = InputDigests(
    snapshot="s" * 64,
    policy="p" * 64,
    configuration="c" * 64,
    managed="m" * 64,
    lineage="L1",
    serial=7,
    observed="o" * 64,
)
TERMS = SigningTerms(
    tenant="meridian",
    purpose=Purpose.ENFORCE,
    timezone="Europe/Amsterdam",
    inputs=INPUTS,
    engine_version="0.1.0",
    engine_digest="e" * 64,
    created_at=NOW - timedelta(hours=1),
    expires_at=NOW + timedelta(hours=23),
    nonce=NONCE,
    required=1,
    excluded=EXCLUDED,
)
PERSON_KEYS = {person: hashlib.sha256(person.encode()).digest() for person in ("P1", "P2", "P3")}
EXPECTED = Expectation(NOW, tenant="meridian", purpose=Purpose.ENFORCE, lineage="L1")


def sign(diff: EntitlementDiff = DIFF, *, by: str = "engine", **terms: object) -> SignedDiff:
    changed = replace(TERMS, **terms)  # type: ignore[arg-type] # free fields
    return sign_diff(diff, changed, person_keys=PERSON_KEYS, signer=key_of(by))


def verify(signed: SignedDiff, trust: TrustRoot = TRUST, expected: Expectation = EXPECTED) -> VerifiedDiff:
    return verify_diff(signed.files, trust, expected)


def approve(verified: VerifiedDiff, person: str = "alice", *, key: str = "", **more: object) -> bytes:
    approval = Approval(
        diff=verified.id,
        payload_digest=verified.payload_digest,
        person=person,
        decision=Decision.APPROVE,
        at=NOW - timedelta(minutes=10),
        expires_at=NOW + timedelta(hours=8),
        nonce=NONCE,
        authentication="key file",
    )
    return make_approval(replace(approval, **more), signer=key_of(key or person))  # type: ignore[arg-type] # free fields


OUTCOMES = (
    Outcome("aa", 0, LINES[0].key, Op.GRANT, ActionState.DONE),
    Outcome("bb", 2, LINES[2].key, Op.UPDATE, ActionState.FAILED, attempts=3, text="refused by the target"),
    Outcome("", 3, LINES[3].key, Op.REVOKE, ActionState.SKIPPED, attempts=0, text="blocked"),
)
EXECUTION_TERMS = ExecutionTerms(
    tenant="meridian",
    run="R1",
    mode=EnforceMode.STRICT,
    started_at=NOW,
    ended_at=NOW + timedelta(minutes=2),
    lineage="L1",
    serial=9,
    managed_digest="n" * 64,
)
LATER = replace(EXPECTED, now=NOW + timedelta(days=900))


def execute(
    verified: VerifiedDiff,
    approvals: Sequence[bytes],
    outcomes: Sequence[Outcome] = OUTCOMES,
    *,
    by: str = "engine",
    **terms: object,
) -> bytes:
    changed = replace(EXECUTION_TERMS, **terms)  # type: ignore[arg-type] # free fields
    verdict = judge_approvals(verified, approvals, TRUST, now=NOW)
    return make_execution(verified, verdict, outcomes, terms=changed, signer=key_of(by))


def chain(outcomes: Sequence[Outcome] = OUTCOMES) -> Bundle:
    """A whole chain: signed by the engine, approved by alice, executed."""
    signed = sign()
    verified = verify(signed)
    approval = approve(verified)
    execution = execute(verified, [approval], outcomes)
    return Bundle(signed.files, (approval,), execution, outcomes_file(outcomes))
