"""Verifying the chain evaluated → approved → executed, offline and long after: each is judged at the run's start."""

from __future__ import annotations

from dataclasses import replace

from engine.trust.approvals import read_approval
from engine.trust.executions import execution_payload, read_execution_predicate
from engine.trust.judging import judge_approvals, require_approved
from engine.trust.outcomes import verify_outcomes
from engine.trust.refusal import refusal
from engine.trust.statements import EXECUTION_TYPE, open_envelope, read_statement, require_role
from engine.trust.verifying import CLOCK_SKEW, Announce, verify_diff
from policy.catalogue.trust import APPROVALS_ELSEWHERE, EXECUTION_DIFFERS, FROM_THE_FUTURE, OTHER_DIFF
from policy.statements import (
    ApprovalVerdict,
    Bundle,
    Decision,
    ExecutionStatement,
    Expectation,
    Purpose,
    VerifiedChain,
    VerifiedDiff,
)
from policy.trust import TrustRole, TrustRoot


def verify_chain(
    bundle: Bundle, trust: TrustRoot, expected: Expectation, *, announce: Announce = lambda _: None
) -> VerifiedChain:
    """Verify that a run follows from an approved, signed diff. The bundle holds the statement about the run.

    Diff and approvals must have been valid when the run started. Raises RefusedError with the kind of the first thing
    that does not hold.
    """
    assert bundle.execution is not None, "a chain ends with a run"
    signed = open_envelope(bundle.execution, trust)
    execution = read_statement(signed, EXECUTION_TYPE, read=read_execution_predicate, write=execution_payload)
    terms = execution.terms
    people = require_role(signed, TrustRole.ENGINE, at=terms.started_at)
    announce(f"The run {terms.run} is signed by {', '.join(people)} as engine.")
    at_start = replace(expected, now=terms.started_at, purpose=Purpose.ENFORCE)
    diff = verify_diff(bundle.files, trust, at_start, announce=announce)
    _follow(execution, diff, expected)
    announce("The run is about this very signing of the diff, its tenant and its ledger.")
    verdict = _judge(bundle, execution, diff, trust)
    announce(f"When it started it was approved by {', '.join(verdict.approved_by) or 'nobody, as none need to'}.")
    checked = bundle.outcomes is not None and diff.lines is not None
    if bundle.outcomes is not None:
        verify_outcomes(bundle.outcomes, execution, diff, verdict)
        announce(f"The {execution.outcome_count} outcomes are those that were signed, and none is outside the diff.")
    return VerifiedChain(diff, verdict, execution, checked)


def _follow(execution: ExecutionStatement, diff: VerifiedDiff, expected: Expectation) -> None:
    terms, signed_for = execution.terms, diff.statement.terms
    if execution.payload_digest != diff.payload_digest or execution.diff != diff.id:
        raise refusal(OTHER_DIFF, f"The run was of diff {execution.diff}, or of another signing of this one.")
    if (terms.tenant, terms.lineage) != (signed_for.tenant, signed_for.inputs.lineage):
        raise refusal(EXECUTION_DIFFERS, "The run names another tenant or ledger than its diff.")
    if terms.serial < signed_for.inputs.serial:
        raise refusal(EXECUTION_DIFFERS, "The ledger was older after the run than when the diff was evaluated.")
    if terms.ended_at < terms.started_at:
        raise refusal(EXECUTION_DIFFERS, "The run ended before it started.")
    if terms.ended_at > expected.now + CLOCK_SKEW:
        raise refusal(FROM_THE_FUTURE, f"The run ended at {terms.ended_at:%Y-%m-%d %H:%M} UTC, by its clock.")
    if sum(execution.counts.values()) != execution.outcome_count:
        raise refusal(EXECUTION_DIFFERS, "The counts of the run do not add up to its outcomes.")


def _judge(bundle: Bundle, execution: ExecutionStatement, diff: VerifiedDiff, trust: TrustRoot) -> ApprovalVerdict:
    """Verdict of the approvals the run names, and of any rejection that stood when it started."""
    started_at = execution.terms.started_at
    used, found = [], set()
    for data in bundle.approvals:
        counted, _ = read_approval(data, trust)
        rejection = counted.approval.decision is Decision.REJECT and counted.approval.at <= started_at
        if counted.digest in execution.approvals or rejection:
            used.append(data)
            found.add(counted.digest)
    absent = sorted(set(execution.approvals) - found)
    if absent:
        raise refusal(
            APPROVALS_ELSEWHERE,
            f"The run rests on an approval with digest {absent[0][:16]}… that is not here.",
            hint="Lay every approval of the diff beside it.",
        )
    verdict = judge_approvals(diff, used, trust, now=started_at)
    require_approved(verdict)
    if {counted.digest for counted in verdict.counted} != set(execution.approvals):
        raise refusal(EXECUTION_DIFFERS, "The run rests on an approval that did not count when it started.")
    return verdict
