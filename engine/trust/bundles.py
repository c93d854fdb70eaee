"""Verifying whatever lies beside a diff, as a report in plain words: what `ordain verify FILE…` shows."""

from __future__ import annotations

from collections.abc import Iterable

from engine.trust.chains import verify_chain
from engine.trust.judging import judge_approvals
from engine.trust.verifying import Announce, verify_diff
from policy.catalogue.trust import REJECTED
from policy.diagnostics import Diagnostic, RefusedError
from policy.statements import (
    Approval,
    ApprovalVerdict,
    Bundle,
    Check,
    Expectation,
    VerificationReport,
    VerifiedDiff,
)
from policy.trust import TrustRoot


def verify_bundle(bundle: Bundle, trust: TrustRoot, expected: Expectation) -> VerificationReport:
    """Report on everything in a bundle by the same path as `verify_diff` and `verify_chain`. Raises nothing.

    Every file that is there must hold. Approvals that are still missing are told, and are no fault of the files.
    """
    checks: list[Check] = []

    def announce(words: str) -> None:
        checks.append(Check(words))

    try:
        if bundle.execution is not None:
            chain = verify_chain(bundle, trust, expected, announce=announce)
            return VerificationReport(tuple(checks), chain.diff, chain.verdict, chain.execution)
        diff = verify_diff(bundle.files, trust, expected, announce=announce)
    except RefusedError as error:
        checks += _failures(error.diagnostics)
        return VerificationReport(tuple(checks))
    if not bundle.approvals:
        return VerificationReport(tuple(checks), diff)
    verdict = judge_approvals(diff, bundle.approvals, trust, now=expected.now)
    _tell(verdict, diff, announce)
    checks += _failures(verdict.problems)
    checks += _failures(
        Diagnostic(REJECTED, f"{person} rejected this diff.", hint="Evaluate again.") for person in verdict.rejected_by
    )
    return VerificationReport(tuple(checks), diff, verdict)


def _failures(problems: Iterable[Diagnostic]) -> list[Check]:
    return [Check(problem.kind.summary, problem) for problem in problems]


def _tell(verdict: ApprovalVerdict, diff: VerifiedDiff, announce: Announce) -> None:
    for counted in verdict.counted:
        announce(f"{counted.approval.person} approved {_scope_words(counted.approval)}.")
    if verdict.missing:
        announce(f"{verdict.missing} more must approve before anything may be done.")
    elif verdict.approved_lines is not None:
        announce(f"{len(verdict.approved_lines)} of {diff.statement.line_count} lines are approved by enough people.")


def _scope_words(approval: Approval) -> str:
    scope = approval.scope
    if scope.lines is not None:
        words = f"{len(scope.lines)} lines"
    elif scope.targets is not None:
        words = f"what concerns {', '.join(sorted(scope.targets))}"
    else:
        words = "all lines"
    buckets = ", ".join(sorted(approval.releases.buckets))
    numbers = f"{len(approval.releases.lines)} blocked lines" if approval.releases.lines else ""
    released = " and ".join(part for part in (buckets, numbers) if part)
    return f"{words} and released {released}" if released else words
