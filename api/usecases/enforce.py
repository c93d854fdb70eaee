"""Enforce an approved diff: check everything in one transaction, then carry it out (DIFFS.md section 4)."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date

from api.runners.carry_out import carry_out, is_finished
from api.runners.holder import is_dead, this_holder
from api.runners.targets import Mapper, OpenTarget, open_targets
from api.runners.worker import Worker
from api.store.records import DiffState, RunState, StoredAction, StoredDiff, StoredRun
from api.store.store import Transaction
from api.tools import Tools
from api.usecases.diffs import load_diff, verify_stored
from api.usecases.evaluate import Evaluated, evaluate_workspace
from api.usecases.finish import finish_run
from api.usecases.keys import engine_signer, read_trust
from engine.enforce.plan import PlanTerms, make_plan
from engine.enforce.releases import release_lines
from engine.enforce.stale import refuse_other_lineage, refuse_stale
from engine.mapping.person_document import DocumentContext
from engine.reconcile.limits import LimitBasis
from engine.trust.judging import judge_approvals, require_approved
from policy.audit import AuditEvent
from policy.canonical import JsonValue, digest_of
from policy.catalogue.enforcement import (
    ALREADY_ENFORCED,
    ENFORCEMENT_AT_WORK,
    NOTHING_TO_ENFORCE,
    TARGET_NOT_OPEN,
)
from policy.diagnostics import Diagnostic, OrdainError, RefusedError, TransientError
from policy.enforcement import ActionState, EnforceMode, Plan, Run
from policy.statements import ApprovalVerdict, Expectation, Purpose, VerifiedDiff

LEASE = "enforcement"
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Enforced:
    """A run as it ended. `finished` is False while an action is in doubt because its target cannot be read."""

    run: Run
    plan: Plan | None
    finished: bool
    as_of: date


def enforce_diff(tools: Tools, name: str, mode: EnforceMode = EnforceMode.STRICT) -> Enforced:
    """Enforce a diff once. A run of it that was interrupted is brought to its end instead.

    Raises RefusedError (nothing is done then) for a diff that does not verify, has expired, is not approved, was
    enforced already or is stale; TransientError while another enforcement is at work.
    """
    with tools.store.read() as tx:
        stored = load_diff(tx, name)
        unfinished = tx.runs.unfinished()
    epoch = _take_lease(tools)
    try:
        for run in unfinished:
            outcome = resume_run(tools, run, epoch)
            if run.diff_id == stored.id:
                return outcome
        return _enforce(tools, stored, mode, epoch)
    finally:
        with tools.store.write() as tx:
            tx.leases.release(LEASE, epoch)


def resume_runs(tools: Tools) -> list[Enforced]:
    """Bring every interrupted run to its end."""
    with tools.store.read() as tx:
        unfinished = tx.runs.unfinished()
    if not unfinished:
        return []
    epoch = _take_lease(tools)
    try:
        return [resume_run(tools, run, epoch) for run in unfinished]
    finally:
        with tools.store.write() as tx:
            tx.leases.release(LEASE, epoch)


def resume_run(tools: Tools, run: StoredRun, epoch: int) -> Enforced:
    """Bring one interrupted run to its end with the inputs it began with; with others nothing new is begun."""
    with tools.store.read() as tx:
        stored = tx.diffs.get(run.diff_id)
        approvals = tx.diffs.approvals(stored.id)
    trust = read_trust(tools.workspace)
    verified = verify_stored(tools, stored, Expectation(run.started_at), trust=trust)
    verdict = judge_approvals(verified, approvals, trust, now=run.started_at)
    evaluated = evaluate_workspace(tools, verified.statement.as_of)
    signed, now = verified.statement.terms.inputs, evaluated.inputs
    same = (signed.policy, signed.configuration, signed.snapshot) == (now.policy, now.configuration, now.snapshot)
    return _carry_out(tools, run, epoch, _Case(stored, verified, verdict, evaluated), same_inputs=same)


@dataclass(frozen=True, slots=True)
class _Case:
    """A verified diff with what was said of it and what is true now."""

    stored: StoredDiff
    verified: VerifiedDiff
    verdict: ApprovalVerdict
    evaluated: Evaluated


def _enforce(tools: Tools, stored: StoredDiff, mode: EnforceMode, epoch: int) -> Enforced:
    """Judge, consume and begin: all in one transaction, so that a diff is used once and only while it is true."""
    engine_signer(tools.workspace)
    trust = read_trust(tools.workspace)
    verified = _verify(tools, stored)
    as_of = verified.statement.as_of
    evaluated = evaluate_workspace(tools, as_of if mode is EnforceMode.STRICT else None)
    with tools.store.write() as tx:
        now = tools.now()
        fresh = tx.diffs.get(stored.id)
        verified = _verify(tools, fresh)
        verdict = judge_approvals(verified, tx.diffs.approvals(stored.id), trust, now=now)
        require_approved(verdict)
        current = replace(evaluated.inputs, managed=tx.ledger.state().digest, serial=tx.ledger.serial())
        signed = verified.statement.terms.inputs
        refuse_other_lineage(signed, current)
        if mode is EnforceMode.STRICT:
            refuse_stale(signed, current)
        else:
            # INVARIANT: what was evaluated again is what is true in this very transaction.
            refuse_stale(evaluated.inputs, current)
        case = _Case(stored, verified, verdict, evaluated)
        plan = _plan(tx, case, mode)
        _require_targets(tools, plan)
        run = StoredRun(
            id=tools.new_id("run"),
            diff_id=stored.id,
            mode=mode,
            state=RunState.RUNNING,
            started_at=now,
            requested_by=tools.actor,
            epoch=epoch,
            lease=LEASE,
        )
        tx.runs.create(run)
        if not tx.diffs.consume(stored.id, run.id, at=now):
            raise _already(fresh)
        planned = [
            StoredAction(run.id, one.line, one.key, one.op, ActionState.PLANNED, now, after=one.after)
            for one in plan.actions
        ]
        tx.actions.add(run.id, planned)
        details: dict[str, JsonValue] = {
            "actions": len(planned),
            "diff": stored.id,
            "mode": mode.value,
            "skipped": len(plan.skipped),
        }
        tx.audit.append(AuditEvent(now, "run.started", tools.actor, run.id, details))
    return replace(_carry_out(tools, run, epoch, case, same_inputs=True), plan=plan)


def _verify(tools: Tools, stored: StoredDiff) -> VerifiedDiff:
    if stored.state is DiffState.CONSUMED:
        raise _already(stored)
    expected = Expectation(tools.now(), tenant=tools.workspace.name, purpose=Purpose.ENFORCE)
    return verify_stored(tools, stored, expected)


def _plan(tx: Transaction, case: _Case, mode: EnforceMode) -> Plan:
    lines, evaluated = case.verified.lines, case.evaluated
    assert lines is not None, "a stored diff has its lines"
    targets = evaluated.policy.targets
    basis = LimitBasis.of(targets, tx.ledger.state(), tx.ledger.executed_since(date.min), evaluated.diff.as_of)
    terms = PlanTerms(
        approved=case.verdict.approved_lines or frozenset(),
        released=release_lines(lines, case.verdict.releases, basis),
        now=None if mode is EnforceMode.STRICT else evaluated.diff.lines,
    )
    plan = make_plan(case.stored.id, lines, terms=terms, targets=targets)
    if not plan.actions:
        detail = f"None of the {len(lines)} lines of diff {case.stored.id} can be executed."
        hint = "`ordain show` says why each line is not planned"
        raise RefusedError(Diagnostic(NOTHING_TO_ENFORCE, detail, hint=hint, subject=case.stored.id))
    return plan


def _require_targets(tools: Tools, plan: Plan) -> None:
    missing = sorted({action.key.target for action in plan.actions} - tools.workspace.target_configs.keys())
    if missing:
        detail = f"The diff has actions in {', '.join(missing)}, and ordain.toml does not say how to reach it."
        hint = f"add [targets.{missing[0]}] to ordain.toml and evaluate again"
        raise RefusedError(Diagnostic(TARGET_NOT_OPEN, detail, hint=hint, subject=missing[0]))


def _carry_out(tools: Tools, run: StoredRun, epoch: int, case: _Case, *, same_inputs: bool) -> Enforced:
    policy, snapshot = case.evaluated.policy, case.evaluated.snapshot
    assert case.verified.lines is not None, "a stored diff has its lines"
    names = {line.key.target for line in case.verified.lines} | set(policy.targets)
    targets: dict[str, OpenTarget] = open_targets(tools.workspace, policy, names)
    context = DocumentContext(policy, snapshot, case.evaluated.diff.as_of)
    seed = int(digest_of({"policy": policy.digest, "snapshot": snapshot.digest})[:8], 16)
    worker = Worker(
        tools=tools,
        run=run,
        epoch=epoch,
        lines={line.n: line for line in case.verified.lines},
        targets=targets,
        mapper=Mapper(targets, tools.scripts, context, seed) if same_inputs else None,
        today=case.evaluated.diff.as_of,
    )
    outcomes = carry_out(worker)
    finished = is_finished(outcomes)
    serial = finish_run(worker, case.verified, case.verdict, outcomes) if finished else 0
    return Enforced(Run(run.id, run.diff_id, run.mode, outcomes, serial), None, finished, case.verified.statement.as_of)


def _take_lease(tools: Tools) -> int:
    """Take the one lease of enforcement; that of a process that is dead for certain is taken at once."""
    seconds = tools.workspace.settings.enforcement.lease_seconds
    patience = tools.now().timestamp() + seconds + 1
    while True:
        with tools.store.write() as tx:
            held = tx.leases.get(LEASE)
            if held is not None and held.holder is not None and is_dead(held.holder):
                tx.leases.release(LEASE, held.epoch)
            epoch = tx.leases.acquire(LEASE, this_holder(), now=tools.now(), ttl_seconds=seconds)
        if epoch is not None:
            return epoch
        if tools.now().timestamp() > patience:
            holder = held.holder if held is not None else ""
            detail = f"{holder} is enforcing in this workspace."
            raise TransientError(Diagnostic(ENFORCEMENT_AT_WORK, detail, hint="wait for it, then evaluate again"))
        tools.progress("waiting for another enforcement", 0, 0)
        time.sleep(_POLL_SECONDS)


def _already(stored: StoredDiff) -> OrdainError:
    detail = f"Diff {stored.id} was enforced in run {stored.consumed_by}."
    return RefusedError(Diagnostic(ALREADY_ENFORCED, detail, hint="evaluate again", subject=stored.id))
