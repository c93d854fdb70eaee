"""End a run: the signed statement about it, the facts the next evaluation needs, and the audit entry."""

from __future__ import annotations

from api.runners.worker import Worker
from api.store.records import RunState
from api.usecases.keys import engine_signer
from api.usecases.managed_copy import keep_managed
from engine.trust.executions import count_outcomes, make_execution
from policy.audit import AuditEvent
from policy.enforcement import ActionState, Outcome
from policy.events import read_employment_days
from policy.statements import ApprovalVerdict, ExecutionTerms, VerifiedDiff


def finish_run(worker: Worker, verified: VerifiedDiff, verdict: ApprovalVerdict, outcomes: tuple[Outcome, ...]) -> int:
    """Sign the execution statement and end the run; returns the serial of the managed state afterwards."""
    tools, run = worker.tools, worker.run
    signer = engine_signer(tools.workspace)
    with tools.store.write() as tx:
        ended = tools.now().replace(microsecond=0)
        managed = tx.ledger.state()
        terms = ExecutionTerms(
            tenant=tools.workspace.name,
            run=run.id,
            mode=run.mode,
            started_at=run.started_at.replace(microsecond=0),
            ended_at=max(ended, run.started_at.replace(microsecond=0)),
            lineage=managed.lineage,
            serial=managed.serial,
            managed_digest=managed.digest,
        )
        envelope = make_execution(verified, verdict, outcomes, terms=terms, signer=signer)
        tx.diffs.add_execution(run.diff_id, envelope, at=ended)
        failed = any(outcome.state is ActionState.FAILED for outcome in outcomes)
        tx.runs.finish(run.id, RunState.FAILED if failed else RunState.DONE, at=ended, epoch=worker.lease.epoch)
        tx.fired_events.keep(read_employment_days(tx.diffs.events(run.diff_id)))
        tx.facts.put("enforced_as_of", worker.today.isoformat())
        # Only the commit that was signed: whoever wrote rules after it is still an author since the last enforcement.
        commit = verified.statement.terms.inputs.commit
        if commit:
            tx.facts.put("enforced_commit", commit)
        counts = {f"{op.value} {state.value}": count for (op, state), count in count_outcomes(outcomes).items()}
        tx.audit.append(AuditEvent(ended, "run.ended", tools.actor, run.id, {"counts": counts, "diff": run.diff_id}))
        tx.audit.checkpoint(signer)
    keep_managed(tools, managed)
    return managed.serial
