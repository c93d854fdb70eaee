"""Carry out a run that was begun, with everything it rests on, and end it when nothing is left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.runners.carry_out import carry_out, is_finished
from api.runners.lease import HeldLease
from api.runners.targets import Mapper, open_reachable, read_mappings
from api.runners.worker import FINAL, Worker
from api.store.records import StoredDiff, StoredRun
from api.tools import Tools
from api.usecases.finish import finish_run
from engine.mapping.person_document import DocumentContext
from policy.catalogue.enforcement import INPUTS_MOVED_ON, TARGET_UNREADABLE
from policy.diagnostics import Diagnostic
from policy.diff import Line, Op
from policy.enforcement import Plan, Run
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.statements import ApprovalVerdict, VerifiedDiff


@dataclass(frozen=True, slots=True)
class Enforced:
    """A run as it ended. `finished` is False while an action is left open because its target cannot be read.

    `plan` is None for a run that was resumed. `notes` say what a reader should know of how it went.
    """

    run: Run
    plan: Plan | None
    finished: bool
    as_of: date
    notes: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A verified diff, what was said of it, and the inputs its run began with, if they are still the same.

    `policy` and `snapshot` are None when the inputs have changed since. `as_of` is the day the run counts for.
    """

    stored: StoredDiff
    verified: VerifiedDiff
    verdict: ApprovalVerdict
    policy: CheckedPolicy | None
    snapshot: Snapshot | None
    as_of: date

    @property
    def lines(self) -> Sequence[Line]:
        """The signed lines."""
        assert self.verified.lines is not None, "a stored diff has its lines"
        return self.verified.lines


def carry_case(tools: Tools, run: StoredRun, lease: HeldLease, case: Case, *, plan: Plan | None = None) -> Enforced:
    """Carry out what is left of a run; end it when every action has come to its end."""
    with tools.store.read() as tx:
        actions, salt = tx.actions.of_run(run.id), tx.facts.secret_salt()
    needed = {one.key.target for one in actions if one.op is not Op.UNMANAGE and one.state not in FINAL}
    targets, closed = open_reachable(tools.workspace, case.policy, needed)
    worker = Worker(
        tools=tools,
        run=run,
        lease=lease,
        lines={line.n: line for line in case.lines},
        targets=targets,
        mapper=_mapper(tools, case),
        today=case.as_of,
        salt=salt,
    )
    outcomes = carry_out(worker)
    finished = is_finished(outcomes)
    serial = finish_run(worker, case.verified, case.verdict, outcomes) if finished else 0
    left = {one.key.target for one in outcomes if one.state not in FINAL}
    notes = [Diagnostic(TARGET_UNREADABLE, why, subject=name) for name, why in closed.items() if name in left]
    if case.policy is None:
        detail = f"People, rules or configuration have changed since run {run.id} began: nothing new was sent."
        notes.append(Diagnostic(INPUTS_MOVED_ON, detail, hint="evaluate again", subject=run.id))
    ended = Run(run.id, run.diff_id, run.mode, outcomes, serial)
    return Enforced(ended, plan, finished, case.verified.statement.as_of, tuple(notes))


def _mapper(tools: Tools, case: Case) -> Mapper | None:
    if case.policy is None or case.snapshot is None:
        return None
    context = DocumentContext(case.policy, case.snapshot, case.as_of)
    return Mapper(read_mappings(tools.workspace), tools.scripts, context)
