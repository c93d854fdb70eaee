"""Take up a run that was interrupted: with the inputs it began with, or only to end what was begun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from api.runners.lease import HeldLease
from api.store.records import StoredRun
from api.tools import Tools
from api.usecases.carry import Case, Enforced, carry_case
from api.usecases.keys import read_trust
from api.usecases.present import Present, read_present, run_inputs
from api.usecases.usable import verify_here
from engine.trust.judging import judge_approvals
from policy.diagnostics import DataError, UsageError


def resume_run(tools: Tools, run: StoredRun, lease: HeldLease) -> Enforced:
    """Bring one interrupted run to its end; no target needs to be read for it but those it has open actions in.

    Everything is judged as of the moment when it started: a diff or an approval may have expired since, which is no
    reason to leave something half done. When the inputs have changed since, or an approval does not count any more,
    what was begun is looked up and ended, and nothing new is sent. Raises RefusedError when the diff does not verify.
    """
    trust = read_trust(tools.workspace)
    with tools.store.read() as tx:
        stored = tx.diffs.get(run.diff_id)
        approvals = tx.diffs.approvals(stored.id)
        verified = verify_here(tools, tx, stored, trust=trust, now=run.started_at)
    verdict = judge_approvals(verified, approvals, trust, now=run.started_at)
    as_of = _day_of(run) or verified.statement.as_of
    present = _present(tools) if verdict.approved else None
    if present is not None and run_inputs(as_of.isoformat(), present.inputs) != run.inputs:
        present = None
    policy, snapshot = (present.policy, present.snapshot) if present else (None, None)
    return carry_case(tools, run, lease, Case(stored, verified, verdict, policy, snapshot, as_of))


def _present(tools: Tools) -> Present | None:
    """Read what is true now; None when that cannot be told, which is a change too."""
    try:
        return read_present(tools)
    except (DataError, UsageError):
        return None


def _day_of(run: StoredRun) -> date | None:
    if not isinstance(run.inputs, Mapping):
        return None
    return date.fromisoformat(str(run.inputs["as_of"]))
