"""Judging approvals: who counts, what for, and whether they are enough.

People are counted, not keys: a person who signs twice, or with two keys, counts once. The engine, the authors of the
rules since the last enforcement and the requester never count. A rejection by any reviewer blocks, and so does any
statement that is damaged or forged; a statement that is merely late, foreign or by the wrong person does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.trust.approvals import read_approval
from engine.trust.refusal import refusal
from engine.trust.statements import SignedStatement
from engine.trust.verifying import CLOCK_SKEW
from policy.catalogue.trust import (
    APPROVAL_EXPIRED,
    APPROVALS_MISSING,
    APPROVER_EXCLUDED,
    APPROVER_WITHOUT_ROLE,
    FROM_THE_FUTURE,
    KEY_ENDED,
    OTHER_DIFF,
    REJECTED,
    RELEASE_WITHOUT_ROLE,
)
from policy.diagnostics import Diagnostic, DiagnosticKind, RefusedError
from policy.diff import Line
from policy.statements import Approval, ApprovalVerdict, CountedApproval, Decision, Releases, VerifiedDiff
from policy.trust import TrustRole, TrustRoot, is_same_person

_EXCLUDED = {"author": "wrote rules of this diff", "requester": "asked for this diff"}


@dataclass(slots=True)
class _Tally:
    """What was counted so far."""

    approvals: list[CountedApproval] = field(default_factory=list)
    releases: list[CountedApproval] = field(default_factory=list)
    rejected_by: set[str] = field(default_factory=set)
    problems: list[Diagnostic] = field(default_factory=list)
    broken: bool = False


def judge_approvals(
    verified: VerifiedDiff, approvals: Sequence[bytes], trust: TrustRoot, *, now: datetime
) -> ApprovalVerdict:
    """Judge the approvals (envelopes) of a verified diff. Raises nothing: what does not count is in `problems`."""
    tally = _Tally()
    for number, data in enumerate(approvals, start=1):
        try:
            counted, signed = read_approval(data, trust)
        except RefusedError as error:
            tally.problems += error.diagnostics
            tally.broken = True
            continue
        _tally(tally, counted, signed, _Bench(verified, trust, now, f"Approval {number} by {counted.approval.person}"))
    return _verdict(verified, tally)


def require_approved(verdict: ApprovalVerdict) -> None:
    """Raise RefusedError ORD0725 or ORD0726, or what is broken, unless enough people approved."""
    if verdict.rejected_by:
        raise refusal(REJECTED, f"{', '.join(verdict.rejected_by)} rejected this diff.", hint="Evaluate again.")
    if verdict.broken:
        raise RefusedError(*verdict.problems)
    if verdict.missing:
        found = ", ".join(verdict.approved_by) or "nobody"
        missing = Diagnostic(
            APPROVALS_MISSING,
            f"{verdict.required} must approve the same lines, {verdict.missing} more needed; approved so far: {found}.",
            hint="Ask a reviewer who neither wrote these rules nor asked for this diff.",
        )
        raise RefusedError(missing, *verdict.problems)


def approved_lines(lines: Iterable[Line], approvals: Iterable[Approval], *, required: int) -> frozenset[int]:
    """Numbers of the lines that at least `required` distinct people approved."""
    given = list(approvals)
    return frozenset(
        line.n for line in lines if len({one.person for one in given if one.scope.covers(line)}) >= required
    )


@dataclass(frozen=True, slots=True)
class _Bench:
    """What an approval is judged against."""

    verified: VerifiedDiff
    trust: TrustRoot
    now: datetime
    name: str

    def flaw(self, kind: DiagnosticKind, detail: str) -> Diagnostic:
        return Diagnostic(kind, f"{self.name} {detail}.")


def _tally(tally: _Tally, counted: CountedApproval, signed: SignedStatement, bench: _Bench) -> None:
    approval = counted.approval
    roles = frozenset(role for key in signed.signers for role in key.roles)
    if approval.payload_digest != bench.verified.payload_digest or approval.diff != bench.verified.id:
        tally.problems.append(bench.flaw(OTHER_DIFF, f"is about diff {approval.diff}, or another signing of this one"))
        return
    if approval.decision is Decision.REJECT and TrustRole.REVIEWER in roles:
        tally.rejected_by.add(approval.person)
        return
    flaw = _find_flaw(approval, signed, bench)
    if flaw is not None:
        tally.problems.append(flaw)
        return
    releases = bool(approval.releases) and TrustRole.LIMIT_RELEASE in roles
    if TrustRole.REVIEWER in roles:
        tally.approvals.append(counted)
    elif approval.decision is Decision.REJECT or not releases:
        tally.problems.append(bench.flaw(APPROVER_WITHOUT_ROLE, "does not count: no reviewer in the trust root"))
        return
    if releases:
        tally.releases.append(counted)
    elif approval.releases:
        tally.problems.append(bench.flaw(RELEASE_WITHOUT_ROLE, "releases limits without the role limit-release"))


def _find_flaw(approval: Approval, signed: SignedStatement, bench: _Bench) -> Diagnostic | None:
    """Why an approval by this person, now, does not count at all; None when it may."""
    excluded = [
        _EXCLUDED.get(one.because, one.because)
        for one in bench.verified.statement.terms.excluded
        if is_same_person(one.person, approval.person)
    ]
    if TrustRole.ENGINE in bench.trust.roles_of(approval.person):
        excluded.append("is the engine")
    if excluded:
        return bench.flaw(APPROVER_EXCLUDED, f"does not count: this person {' and '.join(excluded)}")
    if not all(key.is_valid_at(bench.now) for key in signed.signers):
        return bench.flaw(KEY_ENDED, "does not count: the key is no longer trusted")
    if approval.at > bench.now + CLOCK_SKEW:
        return bench.flaw(FROM_THE_FUTURE, f"is dated {approval.at:%Y-%m-%d %H:%M} UTC")
    if bench.now >= approval.expires_at:
        return bench.flaw(APPROVAL_EXPIRED, f"ended at {approval.expires_at:%Y-%m-%d %H:%M} UTC")
    return None


def _verdict(verified: VerifiedDiff, tally: _Tally) -> ApprovalVerdict:
    required = verified.statement.terms.required
    given = [counted.approval for counted in tally.approvals]
    people = tuple(sorted({approval.person for approval in given}))
    return ApprovalVerdict(
        required=required,
        approved_by=people,
        rejected_by=tuple(sorted(tally.rejected_by)),
        missing=_count_missing(verified.lines or (), given, required),
        approved_lines=None if verified.lines is None else approved_lines(verified.lines, given, required=required),
        counted=tuple({counted.digest: counted for counted in [*tally.approvals, *tally.releases]}.values()),
        releases=Releases(
            frozenset(bucket for counted in tally.releases for bucket in counted.approval.releases.buckets),
            frozenset(number for counted in tally.releases for number in counted.approval.releases.lines),
        ),
        problems=tuple(tally.problems),
        broken=tally.broken,
    )


def _count_missing(lines: Sequence[Line], given: Sequence[Approval], required: int) -> int:
    """How many more people must approve before anything may be done."""
    by_line = [len({one.person for one in given if one.scope.covers(line)}) for line in lines]
    return max(0, required - max(by_line, default=len({one.person for one in given})))
