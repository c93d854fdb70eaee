"""Approve with a key that never comes here: hand out the statement to sign, and take it back signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from api.store.records import StoredDiff
from api.store.store import Transaction
from api.tools import Tools
from api.usecases.approve import Approved, Review
from api.usecases.diffs import judge_stored
from api.usecases.keys import read_trust
from api.usecases.usable import verify_usable
from engine.enforce.releases import check_releases
from engine.trust.approvals import approval_payload, read_approval
from engine.trust.envelopes import pre_authentication_bytes
from engine.trust.judging import judge_approvals
from policy.audit import AuditEvent
from policy.canonical import JsonValue
from policy.catalogue.service import OTHER_REVIEWER
from policy.diagnostics import Diagnostic, RefusedError, UsageError
from policy.statements import Approval, Decision, Releases, VerifiedDiff
from policy.trust import TrustRoot, is_same_person


@dataclass(frozen=True, slots=True)
class UnsignedStatement:
    """A review written down. `payload` goes into the envelope, `to_sign` (DSSE pre-authentication) is signed."""

    approval: Approval
    payload: bytes
    to_sign: bytes


def prepare_review(tools: Tools, name: str, review: Review) -> UnsignedStatement:
    """Write down a review for its reviewer to sign. Nothing is kept.

    Raises RefusedError when the diff does not verify, has expired or was enforced already; UsageError for a release of
    what no limit blocked.
    """
    now = tools.now().replace(microsecond=0)
    with tools.store.read() as tx:
        verified = _verify(tools, tx, tx.diffs.get(name), read_trust(tools.workspace))
    _require_releasable(verified, review.releases)
    hours = tools.workspace.settings.approval.valid_hours
    approval = Approval(
        diff=verified.id,
        payload_digest=verified.payload_digest,
        person=review.person,
        decision=review.decision,
        at=now,
        expires_at=min(verified.statement.terms.expires_at, now + timedelta(hours=hours)),
        nonce=tools.random_bytes(16).hex(),
        authentication=review.authentication,
        scope=review.scope,
        releases=review.releases,
    )
    payload = approval_payload(approval)
    return UnsignedStatement(approval, payload, pre_authentication_bytes(payload))


def submit_approval(tools: Tools, name: str, envelope: bytes, *, person: str) -> Approved:
    """Keep a statement that `person` signed elsewhere; a second time changes nothing.

    Raises RefusedError when it or the diff does not verify, when it is of another person, or when it does not count
    (it is not kept then); UsageError for a release of what no limit blocked.
    """
    trust = read_trust(tools.workspace)
    with tools.store.write() as tx:
        stored = tx.diffs.get(name)
        verified = _verify(tools, tx, stored, trust)
        approval = read_approval(envelope, trust)[0].approval
        if not is_same_person(approval.person, person):
            detail = f"The statement speaks for {approval.person}, the token is one of {person}."
            hint = "every reviewer hands in their own statement with their own token"
            raise RefusedError(Diagnostic(OTHER_REVIEWER, detail, hint=hint, subject=approval.person))
        _require_releasable(verified, approval.releases)
        alone = judge_approvals(verified, [envelope], trust, now=tools.now())
        if alone.problems:
            raise RefusedError(*alone.problems)
        _keep(tools, tx, approval, envelope)
        return Approved(stored.id, envelope, judge_stored(tools, verified, tx.diffs.approvals(stored.id), trust))


def _verify(tools: Tools, tx: Transaction, stored: StoredDiff, trust: TrustRoot) -> VerifiedDiff:
    return verify_usable(tools, tx, stored, trust=trust, now=tools.now())


def _require_releasable(verified: VerifiedDiff, releases: Releases) -> None:
    wrong = check_releases(verified.lines or (), releases)
    if wrong:
        raise UsageError(*wrong)


def _keep(tools: Tools, tx: Transaction, approval: Approval, envelope: bytes) -> None:
    now = tools.now()
    if not tx.diffs.add_approval(approval.diff, envelope, at=now):
        return
    kind = "diff.approved" if approval.decision is Decision.APPROVE else "diff.rejected"
    scope, releases = approval.scope, approval.releases
    details: dict[str, JsonValue] = {
        "authentication": approval.authentication,
        "lines": sorted(scope.lines) if scope.lines is not None else None,
        "released": [*sorted(releases.buckets), *map(str, sorted(releases.lines))],
        "targets": sorted(scope.targets) if scope.targets is not None else None,
    }
    tx.audit.append(AuditEvent(now, kind, approval.person, approval.diff, details))
