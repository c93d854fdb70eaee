"""The statement of one reviewer about one diff: making and reading it."""

from __future__ import annotations

import re

from engine.trust.envelopes import seal_envelope
from engine.trust.refusal import refusal
from engine.trust.statements import (
    APPROVAL_TYPE,
    DIFF_SUBJECT,
    SignedStatement,
    open_envelope,
    read_statement,
    statement_bytes,
)
from engine.trust.strict_json import Fields, moment_text
from policy.canonical import JsonValue
from policy.catalogue.trust import WRONG_SIGNER
from policy.statements import Approval, ApprovalScope, CountedApproval, Decision, Releases
from policy.trust import Signer, TrustRoot

_NONCE = re.compile(r"[0-9a-f]{32,}")


def make_approval(approval: Approval, *, signer: Signer) -> bytes:
    """Envelope of an approval (or rejection), signed by the key of the person it names."""
    assert _NONCE.fullmatch(approval.nonce), "a nonce is 16 bytes or more, in hex"
    assert approval.at < approval.expires_at, "an approval lives for a while"
    return seal_envelope(approval_payload(approval), [signer])


def read_approval(data: bytes, trust: TrustRoot) -> tuple[CountedApproval, SignedStatement]:
    """Approval from its envelope; whether it counts is another question (`judge_approvals`).

    Raises RefusedError ORD0701 to ORD0707 when it is damaged, forged, or signed by another than it names.
    """
    signed = open_envelope(data, trust)
    approval = read_statement(signed, APPROVAL_TYPE, read=_read_predicate, write=approval_payload)
    if {key.person for key in signed.signers} != {approval.person}:
        names = ", ".join(sorted({key.person for key in signed.signers}))
        raise refusal(WRONG_SIGNER, f"The statement speaks for {approval.person} and is signed by {names}.")
    return CountedApproval(approval, signed.digest), signed


def approval_payload(approval: Approval) -> bytes:
    """Write the payload that is signed."""
    return statement_bytes(
        APPROVAL_TYPE,
        (DIFF_SUBJECT, approval.payload_digest),
        {
            "at": moment_text(approval.at),
            "authentication": approval.authentication,
            "decision": approval.decision.value,
            "diff": approval.diff,
            "expires_at": moment_text(approval.expires_at),
            "nonce": approval.nonce,
            "person": approval.person,
            "releases": {
                "buckets": sorted(approval.releases.buckets),
                "lines": sorted(approval.releases.lines),
            },
            "scope": _scope_json(approval.scope),
        },
    )


def _scope_json(scope: ApprovalScope) -> dict[str, JsonValue]:
    if scope.lines is not None:
        return {"lines": sorted(scope.lines)}
    return {"all": True} if scope.targets is None else {"targets": sorted(scope.targets)}


def _read_scope(fields: Fields) -> ApprovalScope:
    if "lines" in fields.record:
        return ApprovalScope(lines=frozenset(fields.numbers("lines")))
    if "targets" in fields.record:
        return ApprovalScope(targets=frozenset(fields.texts("targets")))
    return ApprovalScope()


def _read_predicate(fields: Fields, subject_digest: str) -> Approval:
    releases = fields.inner("releases")
    return Approval(
        diff=fields.text("diff"),
        payload_digest=subject_digest,
        person=fields.text("person"),
        decision=fields.choice("decision", Decision),
        at=fields.moment("at"),
        expires_at=fields.moment("expires_at"),
        nonce=fields.text("nonce"),
        authentication=fields.text("authentication"),
        scope=_read_scope(fields.inner("scope")),
        releases=Releases(frozenset(releases.texts("buckets")), frozenset(releases.numbers("lines"))),
    )
