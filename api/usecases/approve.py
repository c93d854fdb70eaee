"""Approve or reject a diff: a statement of one reviewer, signed with their own key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.store.store import Transaction
from api.tools import Tools
from api.usecases.diffs import judge_stored, load_diff
from api.usecases.keys import read_trust
from api.usecases.usable import verify_usable
from engine.enforce.releases import check_releases
from engine.trust.approvals import make_approval, read_approval
from engine.trust.judging import judge_approvals
from policy.audit import AuditEvent
from policy.canonical import JsonValue
from policy.catalogue.service import NOTHING_STORED
from policy.diagnostics import Diagnostic, RefusedError, UsageError
from policy.statements import Approval, ApprovalScope, ApprovalVerdict, Decision, Releases, VerifiedDiff
from policy.trust import Signer, TrustRoot


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer says. `authentication` says how they proved who they are."""

    person: str
    decision: Decision
    scope: ApprovalScope = field(default_factory=ApprovalScope)
    releases: Releases = field(default_factory=Releases)
    authentication: str = "key file"


@dataclass(frozen=True, slots=True)
class Approved:
    """The statement that was made, and what all statements together say now."""

    diff: str
    envelope: bytes
    verdict: ApprovalVerdict


def approve_diff(tools: Tools, name: str, review: Review, *, signer: Signer) -> Approved:
    """Sign and keep a review of a diff.

    Raises RefusedError when the diff does not verify, has expired, was enforced already, or the reviewer does not
    count for it (the statement is not kept then); UsageError for a release of what no limit blocked, and for a scope of
    lines or targets that the diff does not have.
    """
    now = tools.now().replace(microsecond=0)
    trust = read_trust(tools.workspace)
    with tools.store.write() as tx:
        stored = load_diff(tx, name)
        verified = verify_usable(tools, tx, stored, trust=trust, now=now)
        envelope = make_approval(write_review(tools, verified, review, now=now), signer=signer)
        return keep_review(tools, tx, verified, envelope, trust=trust)


def write_review(tools: Tools, verified: VerifiedDiff, review: Review, *, now: datetime) -> Approval:
    """Write down a review of a verified diff, for its reviewer to sign; it holds no longer than the diff.

    Raises UsageError for a release of what no limit blocked, and for lines or targets that the diff does not have.
    """
    _require_sense(verified, review.scope, review.releases)
    hours = tools.workspace.settings.approval.valid_hours
    return Approval(
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


def keep_review(
    tools: Tools, tx: Transaction, verified: VerifiedDiff, envelope: bytes, *, trust: TrustRoot
) -> Approved:
    """Keep a signed statement about a diff, wherever it was signed; the very same one a second time changes nothing.

    Raises RefusedError when it does not count, UsageError as `write_review`; it is not kept then.
    """
    now = tools.now()
    approval = read_approval(envelope, trust)[0].approval
    _require_sense(verified, approval.scope, approval.releases)
    alone = judge_approvals(verified, [envelope], trust, now=now)
    if alone.problems:
        raise RefusedError(*alone.problems)
    if tx.diffs.add_approval(verified.id, envelope, at=now):
        kind = "diff.approved" if approval.decision is Decision.APPROVE else "diff.rejected"
        tx.audit.append(AuditEvent(now, kind, approval.person, verified.id, _details(approval)))
    return Approved(verified.id, envelope, judge_stored(tools, verified, tx.diffs.approvals(verified.id), trust))


def _require_sense(verified: VerifiedDiff, scope: ApprovalScope, releases: Releases) -> None:
    wrong = (*_check_scope(verified, scope), *check_releases(verified.lines or (), releases))
    if wrong:
        raise UsageError(*wrong)


def _check_scope(verified: VerifiedDiff, scope: ApprovalScope) -> tuple[Diagnostic, ...]:
    """Problems with what somebody wants to approve: a slip of the pen would approve nothing, silently."""
    lines = verified.lines or ()
    numbers, targets = {line.n for line in lines}, {line.key.target for line in lines}
    wrong = [f"line {number}" for number in sorted((scope.lines or frozenset()) - numbers)]
    wrong += [f"line in {target}" for target in sorted((scope.targets or frozenset()) - targets)]
    hint = "`ordain show` lists the lines with their numbers"
    return tuple(
        Diagnostic(NOTHING_STORED, f"Diff {verified.id} has no {one}.", hint=hint, subject=one) for one in wrong
    )


def _details(approval: Approval) -> dict[str, JsonValue]:
    scope, releases = approval.scope, approval.releases
    return {
        "authentication": approval.authentication,
        "lines": sorted(scope.lines) if scope.lines is not None else None,
        "released": [*sorted(releases.buckets), *map(str, sorted(releases.lines))],
        "targets": sorted(scope.targets) if scope.targets is not None else None,
    }
