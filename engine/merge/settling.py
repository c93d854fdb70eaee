"""Status of every line, bucket by bucket over columns, as `engine.reconcile.status` settles them one by one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.merge.drafts import DraftTable
from engine.merge.lines import OPS, STATUSES
from engine.merge.managed import ManagedColumns
from engine.merge.nevers import Holdings, Verdicts, judge_nevers
from engine.merge.numbering import KINDS, Numbering, Numbers, Places
from engine.merge.waiting import Waiting, WhyPlaces, intern
from engine.reconcile.drafts import Draft
from engine.reconcile.frozen import FrozenScopes
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.limits import LimitBasis, judge_bucket
from engine.reconcile.order import REMOVALS, Bucket, stage_ranks
from policy.diff import LimitVerdict, Op, Status, Violation, Why
from policy.entitlements import EntitlementKey, Kind

_UNSETTLED = 255
_OPS_OF = {Op.GRANT: [OPS.index(op) for op in (Op.GRANT, Op.ADOPT)]}
"""Adoptions are in the bucket of grants."""


@dataclass(frozen=True, eq=False)
class Settled:
    """Status of every line (places in `STATUSES`), why it is not planned (places in `whys`), and what limits said."""

    statuses: NDArray[np.uint8]
    why: Numbers
    whys: tuple[tuple[Why, ...], ...]
    limits: tuple[LimitVerdict, ...]
    violations: tuple[Violation, ...]


def settle(inputs: ReconcileInputs, numbering: Numbering, drafts: DraftTable, managed: ManagedColumns) -> Settled:
    """Give every line its status in the order of `engine.reconcile.order`."""
    settling = _Settling(inputs, numbering, drafts, managed.gone)
    settling.settle_scopes()
    ordered = settling.group()
    for bucket in (one for one in ordered if one.op is not Op.GRANT):
        settling.settle_bucket(bucket)
    settling.settle_nevers()
    for bucket in (one for one in ordered if one.op is Op.GRANT):
        settling.settle_bucket(bucket)
    assert not np.any(settling.statuses == _UNSETTLED), "every line has a status"
    limits = tuple(sorted(settling.limits, key=lambda one: (one.target, one.kind, one.op)))
    whys = tuple(settling.whys.places)
    return Settled(settling.statuses, settling.why, whys, limits, settling.nevers.violations)


@dataclass(eq=False)
class _Settling:
    inputs: ReconcileInputs
    numbering: Numbering
    drafts: DraftTable
    gone: Places
    limits: list[LimitVerdict] = field(default_factory=list)
    whys: WhyPlaces = field(default_factory=WhyPlaces)
    nevers: Verdicts = field(default_factory=Verdicts)
    statuses: NDArray[np.uint8] = field(init=False)
    why: Numbers = field(init=False)
    waiting: Waiting = field(init=False)
    basis: LimitBasis = field(init=False)
    buckets: dict[Bucket, Places] = field(default_factory=dict)

    def __post_init__(self) -> None:
        inputs, decisions = self.inputs, self.inputs.decisions
        self.statuses = np.full(len(self.drafts), _UNSETTLED, np.uint8)
        self.why = np.zeros(len(self.drafts), np.int32)
        self.waiting = Waiting(self.numbering, self.drafts, self.statuses, self.gone, decisions.as_of, self.whys)
        self.basis = LimitBasis.of(inputs.policy.targets, inputs.managed, inputs.executed, decisions.as_of)

    def settle_scopes(self) -> None:
        """Frozen lines, then conflicts."""
        scopes = FrozenScopes(self.inputs)
        for line, draft in self.drafts.special.items():
            if draft.problem is not None:
                self._settle(np.array([line]), Status.FROZEN, self.whys.place(scopes.reasons(draft)))
        self._settle_frozen(scopes)
        for line, draft in self.drafts.special.items():
            if draft.conflict is not None and self.statuses[line] == _UNSETTLED:
                self._settle(np.array([line]), Status.CONFLICT, self.whys.place((draft.conflict,)))

    def settle_nevers(self) -> None:
        """Denied lines; those that wait for a removal are kept for their bucket."""
        holdings = Holdings(self.numbering, self.drafts, self.statuses, self.gone)
        self.nevers = judge_nevers(self.inputs.policy.nevers, holdings, self.inputs.decisions.as_of)
        for line, whys in self.nevers.denied.items():
            if self.statuses[line] == _UNSETTLED:
                self._settle(np.array([line]), Status.DENIED, self.whys.place(whys))

    def group(self) -> list[Bucket]:
        """Lines by bucket, and every bucket in the order in which they settle."""
        numbering, drafts = self.numbering, self.drafts
        seen = frozenset(numbering.targets[one] for one in np.unique(numbering.target[drafts.entitlements]).tolist())
        ranks = stage_ranks(self.inputs.policy.targets, seen)
        table = np.full((len(numbering.targets), len(KINDS), len(OPS)), len(ranks), np.min_scalar_type(len(ranks)))
        for bucket, rank in ranks.items():
            place = numbering.target_places.get(bucket.target)
            if place is not None:
                table[place, KINDS.index(bucket.kind), _OPS_OF.get(bucket.op, OPS.index(bucket.op))] = rank
        by_entitlement = table[numbering.target, numbering.kind]
        line_ranks = by_entitlement[drafts.entitlements, drafts.ops]
        order = np.argsort(line_ranks, kind="stable")
        limits = np.searchsorted(line_ranks[order], np.arange(len(ranks) + 1))
        self.buckets = {bucket: order[limits[rank] : limits[rank + 1]] for bucket, rank in ranks.items()}
        return sorted(ranks, key=lambda bucket: ranks[bucket])

    def settle_bucket(self, bucket: Bucket) -> None:
        """Take out the lines that wait, count the rest, block it whole or plan it."""
        ready = self._take_out_waiting(bucket)
        verdicts = judge_bucket(self.basis, bucket, len(ready))
        if bucket.op is not Op.DELETE or len(ready):
            self.limits.extend(verdicts)
        blocks = tuple(Why("limit", str(bucket), verdict.text) for verdict in verdicts if verdict.tripped)
        if len(ready):
            self._settle(ready, Status.BLOCKED if blocks else Status.PLANNED, self.whys.place(blocks))

    def _take_out_waiting(self, bucket: Bucket) -> Places:
        """Lines of a bucket that are not settled and do not wait."""
        lines = self.buckets[bucket]
        lines = lines[self.statuses[lines] == _UNSETTLED]
        if not len(lines):
            return lines
        waits = self._waits(bucket, lines)
        is_waiting = waits > 0
        if not is_waiting.any():
            return lines
        self._settle(lines[is_waiting], Status.WAITING, waits[is_waiting])
        return lines[~is_waiting]

    def _settle(self, lines: Places, status: Status, why: Numbers | int) -> None:
        assert np.all(self.statuses[lines] == _UNSETTLED), "a line has one status"
        self.statuses[lines] = STATUSES.index(status)
        self.why[lines] = why

    def _settle_frozen(self, scopes: FrozenScopes) -> None:
        """Lines of persons who are left alone, and in targets that no rule declares: the same of one scope alike."""
        numbering, drafts, decisions = self.numbering, self.drafts, self.inputs.decisions
        persons = numbering.find_persons(sorted(decisions.excluded.keys() | decisions.frozen.keys()))
        is_scope = np.zeros(len(numbering.person_ids), np.bool_)
        is_scope[persons[persons >= 0]] = True
        is_unknown = np.array([target not in self.inputs.policy.targets for target in numbering.targets], np.bool_)
        of_scope = is_scope[drafts.persons]
        undeclared = is_unknown[numbering.target[drafts.entitlements]] & (drafts.ops != OPS.index(Op.UNMANAGE))
        lines = np.flatnonzero((of_scope | undeclared) & (self.statuses == _UNSETTLED))
        if not len(lines):
            return
        persons = np.where(of_scope[lines], drafts.persons[lines], -1).astype(np.int64)
        targets = numbering.target[drafts.entitlements[lines]]
        examples, kinds = intern((persons * len(numbering.targets) + targets) * 2 + undeclared[lines])
        found = [self.whys.place(scopes.reasons(self._draft(line))) for line in lines[examples].tolist()]
        why = np.array(found, np.int32)[kinds]
        self._settle(lines[why > 0], Status.FROZEN, why[why > 0])

    def _draft(self, line: int) -> Draft:
        person = self.numbering.person_ids[int(self.drafts.persons[line])].as_py()
        entitlement = self.numbering.entitlements[self.drafts.entitlements[line]]
        return Draft(EntitlementKey.of(person, entitlement), OPS[self.drafts.ops[line]])

    def _waits(self, bucket: Bucket, lines: Places) -> Numbers:
        """Why each of these lines of a bucket waits (places in `whys`), 0 for one that does not."""
        targets = self.inputs.policy.targets
        if bucket.op is Op.GRANT:
            needed = [bucket.target]
            if bucket.kind is Kind.ACCOUNT:
                declared = targets.get(bucket.target)
                needed = sorted({one.target for one in declared.depends_on}) if declared else []
            return self._revoke_first(lines, self.waiting.additions(lines, needed))
        if bucket.kind is Kind.ACCOUNT and bucket.op in REMOVALS:
            hanging = [
                self.buckets[Bucket(bucket.target, op, kind)]
                for op in REMOVALS
                for kind in (Kind.ACCESS, Kind.PERMISSION)
            ]
            dependents = [
                id_ for id_ in sorted(targets) for one in targets[id_].depends_on if one.target == bucket.target
            ]
            return self.waiting.removals(lines, np.sort(np.concatenate(hanging)), dependents)
        return np.zeros(len(lines), np.int32)

    def _revoke_first(self, lines: Places, waits: Numbers) -> Numbers:
        """Put before what lines wait for the removals of this same diff that nevers make them wait for."""
        if self.nevers.waiting:
            whys = list(self.whys.places)
            for at in np.flatnonzero(np.isin(lines, list(self.nevers.waiting))).tolist():
                waits[at] = self.whys.place((*self.nevers.waiting[int(lines[at])], *whys[waits[at]]))
        return waits
