"""Enforce an approved diff: check everything in one transaction, then carry it out (DIFFS.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.runners.lease import LEASE, HeldLease, take_lease
from api.runners.worker import FINAL
from api.store.records import RunState, StoredAction, StoredDiff, StoredRun
from api.store.store import Transaction
from api.tools import Tools
from api.usecases.carry import Case, Enforced, carry_case
from api.usecases.diffs import load_diff
from api.usecases.evaluate import evaluate_workspace
from api.usecases.keys import engine_signer, read_trust
from api.usecases.present import Present, inputs_in, read_present, run_inputs
from api.usecases.resume import resume_run
from api.usecases.usable import already_enforced, verify_usable
from engine.enforce.plan import PlanTerms, make_plan
from engine.enforce.releases import release_lines
from engine.enforce.stale import refuse_stale
from engine.reconcile.limits import LimitBasis
from engine.trust.judging import judge_approvals, require_approved
from policy.audit import AuditEvent
from policy.canonical import JsonValue
from policy.catalogue.enforcement import NOTHING_TO_ENFORCE, RUN_INTERRUPTED, TARGET_NOT_OPEN
from policy.catalogue.service import STALE_EPOCH
from policy.diagnostics import Diagnostic, RefusedError
from policy.diff import Line, Op
from policy.enforcement import ActionState, EnforceMode, Plan
from policy.statements import VerifiedDiff

__all__ = ["Enforced", "enforce_diff", "resume_runs"]


def enforce_diff(tools: Tools, name: str, mode: EnforceMode = EnforceMode.STRICT) -> Enforced:
    """Enforce a diff once. Runs that were interrupted are brought to their end first, one of this diff instead.

    Raises RefusedError (nothing is done then) for a diff that does not verify, has expired, is not approved, was
    enforced already or is stale, and when an interrupted run cannot be taken up; TransientError while another
    enforcement is at work.
    """
    with tools.store.read() as tx:
        stored = load_diff(tx, name)
    lease = take_lease(tools)
    try:
        for done in _resume_all(tools, lease):
            if done.run.diff == stored.id:
                return done
        return _enforce(tools, stored, mode, lease)
    finally:
        lease.release()


def resume_runs(tools: Tools) -> list[Enforced]:
    """Bring every interrupted run to its end. Raises as `enforce_diff` does."""
    with tools.store.read() as tx:
        if not tx.runs.unfinished():
            return []
    lease = take_lease(tools)
    try:
        return _resume_all(tools, lease)
    finally:
        lease.release()


def _resume_all(tools: Tools, lease: HeldLease) -> list[Enforced]:
    """Resume what is unfinished now that the lease is ours: while we waited for it, others may have done so."""
    with tools.store.read() as tx:
        unfinished = tx.runs.unfinished()
    resumed = []
    for run in unfinished:
        try:
            resumed.append(resume_run(tools, run, lease))
        except RefusedError as error:
            if error.diagnostic.kind is STALE_EPOCH:
                raise
            detail = f"Run {run.id} of diff {run.diff_id} was interrupted and cannot be taken up."
            hint = "put back what it was signed with, then `ordain enforce --resume`"
            first = Diagnostic(RUN_INTERRUPTED, detail, hint=hint, subject=run.id)
            raise RefusedError(first, *error.diagnostics) from None
    return resumed


@dataclass(frozen=True, slots=True)
class _Now:
    """The present as a diff is held against it. `lines` are those of an evaluation made now (rebase)."""

    present: Present
    as_of: date
    lines: tuple[Line, ...] | None = None


def _look(tools: Tools, verified: VerifiedDiff, mode: EnforceMode) -> _Now:
    match mode:
        case EnforceMode.STRICT:
            return _Now(read_present(tools), verified.statement.as_of)
        case EnforceMode.REBASE:
            again = evaluate_workspace(tools)
            present = Present(again.policy, again.snapshot, again.inputs)
            return _Now(present, again.diff.as_of, tuple(again.diff.lines))


def _enforce(tools: Tools, stored: StoredDiff, mode: EnforceMode, lease: HeldLease) -> Enforced:
    """Judge, consume and begin: all in one transaction, so that a diff is used once and only while it is true."""
    engine_signer(tools.workspace)
    trust = read_trust(tools.workspace)
    with tools.store.read() as tx:
        verified = verify_usable(tools, tx, tx.diffs.get(stored.id), trust=trust, now=tools.now())
    now = _look(tools, verified, mode)
    lease.hold(0)
    with tools.store.write() as tx:
        tx.leases.demand(lease.name, lease.epoch)
        at = tools.now()
        verified = verify_usable(tools, tx, tx.diffs.get(stored.id), trust=trust, now=at)
        verdict = judge_approvals(verified, tx.diffs.approvals(stored.id), trust, now=at)
        require_approved(verdict)
        current = inputs_in(tx, now.present.inputs)
        # INVARIANT: what was read before this transaction is true in it: the diff itself (strict), or what was
        # evaluated again a moment ago (rebase).
        refuse_stale(verified.statement.terms.inputs if now.lines is None else now.present.inputs, current)
        case = Case(stored, verified, verdict, now.present.policy, now.present.snapshot, now.as_of)
        plan = _plan(tx, case, now.lines)
        _require_targets(tools, plan)
        run = StoredRun(
            id=tools.new_id("run"),
            diff_id=stored.id,
            mode=mode,
            state=RunState.RUNNING,
            started_at=at,
            requested_by=tools.actor,
            epoch=lease.epoch,
            lease=LEASE,
            inputs=run_inputs(now.as_of.isoformat(), current),
        )
        _begin_run(tx, run, plan, case)
    return carry_case(tools, run, lease, case, plan=plan)


def _plan(tx: Transaction, case: Case, now: tuple[Line, ...] | None) -> Plan:
    lines, targets = case.lines, case.policy.targets if case.policy else {}
    basis = LimitBasis.of(targets, tx.ledger.state(), tx.ledger.executed_since(date.min), case.as_of)
    terms = PlanTerms(
        approved=case.verdict.approved_lines or frozenset(),
        released=release_lines(lines, case.verdict.releases, basis),
        now=now,
        held=_held(tx),
    )
    plan = make_plan(case.stored.id, lines, terms=terms, targets=targets)
    if not plan.actions:
        detail = f"None of the {len(lines)} lines of diff {case.stored.id} can be executed."
        hint = "`ordain show` says why each line is not planned"
        raise RefusedError(Diagnostic(NOTHING_TO_ENFORCE, detail, hint=hint, subject=case.stored.id))
    return plan


def _held(tx: Transaction) -> dict[str, str]:
    """Persons of whom an earlier run left something open, because its target could not be read: with why."""
    return {
        action.key.person: f"run {run.id} has left the {action.key.entitlement} of this person {action.state}"
        for run in tx.runs.unfinished()
        for action in tx.actions.of_run(run.id)
        if action.state not in FINAL
    }


def _begin_run(tx: Transaction, run: StoredRun, plan: Plan, case: Case) -> None:
    tx.runs.create(run)
    if not tx.diffs.consume(run.diff_id, run.id, at=run.started_at):
        raise already_enforced(case.stored)
    tx.actions.add(
        run.id,
        [
            StoredAction(run.id, one.line, one.key, one.op, ActionState.PLANNED, run.started_at, after=one.after)
            for one in plan.actions
        ],
    )
    details: dict[str, JsonValue] = {
        "actions": len(plan.actions),
        "approvals": sorted(counted.digest for counted in case.verdict.counted),
        "diff": run.diff_id,
        "mode": run.mode.value,
        "skipped": len(plan.skipped),
    }
    tx.audit.append(AuditEvent(run.started_at, "run.started", run.requested_by, run.id, details))


def _require_targets(tools: Tools, plan: Plan) -> None:
    """Refuse what cannot be sent. To forget something (`unmanage`) no target is needed."""
    needed = {action.key.target for action in plan.actions if action.op is not Op.UNMANAGE}
    missing = sorted(needed - tools.workspace.target_configs.keys())
    if missing:
        detail = f"The diff has actions in {', '.join(missing)}, and ordain.toml does not say how to reach it."
        hint = f"add [targets.{missing[0]}] to ordain.toml and evaluate again"
        raise RefusedError(Diagnostic(TARGET_NOT_OPEN, detail, hint=hint, subject=missing[0]))
