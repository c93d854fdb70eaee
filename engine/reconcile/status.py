"""Status of every line: frozen, conflict, denied, waiting, blocked, or planned (LANGUAGE.md section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.reconcile.drafts import Draft
from engine.reconcile.frozen import FrozenScopes
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.limits import LimitBasis, judge_bucket
from engine.reconcile.never import Holdings, NeverVerdicts, judge_nevers
from engine.reconcile.order import ADDITIONS, REMOVALS, Bucket, Dependencies, entitlement_id, stage_ranks
from policy.diff import LimitVerdict, Op, Status, Violation, Why
from policy.entitlements import EntitlementKey, Kind

LEAVES = "which is being taken away"
_NOUNS = {Op.ADOPT: "adoption"}
_STATES = {status: f"is {status}" for status in Status} | {Status.CONFLICT: "is a conflict"}


@dataclass(frozen=True, slots=True)
class Settled:
    """Status of every draft with why it is not planned, what every limit said, and violated nevers."""

    statuses: Mapping[EntitlementKey, Status]
    whys: Mapping[EntitlementKey, tuple[Why, ...]]
    limits: tuple[LimitVerdict, ...]
    violations: tuple[Violation, ...]


def settle(inputs: ReconcileInputs, drafts: Mapping[EntitlementKey, Draft]) -> Settled:
    """Give every draft its status, bucket by bucket in the order of `engine.reconcile.order`.

    Frozen and conflicting lines are settled first. Removals and updates follow, with their limits; then the nevers,
    which must know which removals are planned; then grants, with theirs. In each bucket the lines that wait are taken
    out, the limits count the rest, and a limit that is reached blocks that rest whole. A line says only why it has the
    status it has: reasons of lower precedence are left out.
    """
    settling = _Settling(inputs, drafts)
    settling.settle_scopes()
    buckets = settling.group()
    ranks = stage_ranks(inputs.policy.targets, frozenset(key.target for key in drafts))
    ordered = sorted(ranks, key=lambda bucket: ranks[bucket])
    for bucket in (one for one in ordered if one.op is not Op.GRANT):
        settling.settle_bucket(bucket, buckets.get(bucket, ()))
    settling.settle_nevers()
    for bucket in (one for one in ordered if one.op is Op.GRANT):
        settling.settle_bucket(bucket, buckets.get(bucket, ()))
    limits = tuple(sorted(settling.limits, key=lambda one: (one.target, one.kind, one.op)))
    return Settled(settling.statuses, settling.whys, limits, settling.nevers.violations)


@dataclass(slots=True)
class _Settling:
    inputs: ReconcileInputs
    drafts: Mapping[EntitlementKey, Draft]
    statuses: dict[EntitlementKey, Status] = field(default_factory=dict)
    whys: dict[EntitlementKey, tuple[Why, ...]] = field(default_factory=dict)
    limits: list[LimitVerdict] = field(default_factory=list)
    nevers: NeverVerdicts = field(default_factory=NeverVerdicts)
    dependencies: Dependencies = field(init=False)
    basis: LimitBasis = field(init=False)

    def __post_init__(self) -> None:
        inputs = self.inputs
        ops = {key: draft.op for key, draft in self.drafts.items()}
        self.dependencies = Dependencies(ops, inputs.policy.targets)
        as_of = inputs.decisions.as_of
        self.basis = LimitBasis.of(inputs.policy.targets, inputs.managed, inputs.executed, as_of)

    def settle_scopes(self) -> None:
        """Frozen lines, then conflicts."""
        scopes = FrozenScopes(self.inputs)
        for key, draft in self.drafts.items():
            frozen = scopes.reasons(draft)
            if frozen:
                self._settle(key, Status.FROZEN, frozen)
            elif draft.conflict is not None:
                self._settle(key, Status.CONFLICT, (draft.conflict,))

    def settle_nevers(self) -> None:
        """Denied lines; those that wait for a removal are kept for their bucket."""
        policy = self.inputs.policy
        holdings = Holdings(self.inputs.managed, self.drafts, self.statuses)
        self.nevers = judge_nevers(policy.nevers, holdings, self.inputs.decisions.as_of)
        for key, whys in self.nevers.denied.items():
            if key not in self.statuses:
                self._settle(key, Status.DENIED, whys)

    def group(self) -> dict[Bucket, list[Draft]]:
        """Drafts by bucket, in key order."""
        buckets: dict[Bucket, list[Draft]] = {}
        for key, draft in self.drafts.items():
            buckets.setdefault(Bucket.of(key, draft.op), []).append(draft)
        return buckets

    def settle_bucket(self, bucket: Bucket, drafts: list[Draft] | tuple[()]) -> None:
        """Take out the lines that wait, count the rest, block it whole or plan it."""
        ready = []
        for draft in drafts:
            if draft.key in self.statuses:
                continue
            waits = self._waits(draft)
            if waits:
                self._settle(draft.key, Status.WAITING, waits)
            else:
                ready.append(draft.key)
        verdicts = judge_bucket(self.basis, bucket, len(ready))
        if bucket.op is not Op.DELETE or ready:
            self.limits.extend(verdicts)
        blocks = tuple(Why("limit", str(bucket), verdict.text) for verdict in verdicts if verdict.tripped)
        for key in ready:
            self._settle(key, Status.BLOCKED if blocks else Status.PLANNED, blocks)

    def _settle(self, key: EntitlementKey, status: Status, whys: tuple[Why, ...]) -> None:
        assert key not in self.statuses, "a line has one status"
        self.statuses[key] = status
        self.whys[key] = whys

    def _waits(self, draft: Draft) -> tuple[Why, ...]:
        if draft.op in ADDITIONS:
            needed = [need for need in self.dependencies.needs(draft.key) if not self._is_there(need)]
            return (*self.nevers.waiting.get(draft.key, ()), *(self._needs(draft.key, need) for need in needed))
        earlier = [one for one in self.dependencies.after(draft.key) if self.statuses[one] is not Status.PLANNED]
        return tuple(stays(draft.key, one, self.statuses[one]) for one in earlier)

    def _is_there(self, account: EntitlementKey) -> bool:
        """Whether an account is managed and stays, or its grant or adoption is planned.

        An account on its way out gets nothing new, even while a limit still keeps it. A frozen one stays as it is.
        """
        draft = self.drafts.get(account)
        if draft is not None and draft.op in ADDITIONS:
            return self.statuses[account] is Status.PLANNED
        entry = self.inputs.managed.entries.get(account)
        if entry is None or entry.disabled_on is not None:
            return False
        leaves = draft is not None and draft.op in REMOVALS
        return not leaves or self.statuses[account] is Status.FROZEN

    def _needs(self, key: EntitlementKey, need: EntitlementKey) -> Why:
        draft = self.drafts.get(need)
        if draft is None:
            return lacks(key, need, nobody_grants(self.inputs.decisions.as_of))
        return lacks(key, need, is_held_up(draft.op, self.statuses[need]) if draft.op in ADDITIONS else LEAVES)


def nobody_grants(as_of: date) -> str:
    """Say of an account that is not there and will not be."""
    return f"which nothing grants to this person on {as_of}"


def is_held_up(op: Op, status: Status) -> str:
    """Say of an account that would come, by a grant or an adoption that is not planned."""
    return f"whose {_NOUNS.get(op, op)} {_STATES[status]}"


def lacks(key: EntitlementKey, need: EntitlementKey, state: str) -> Why:
    """Why a line waits for an account that is not there."""
    cause = "prerequisite" if need.target == key.target else "dependency"
    return Why(cause, entitlement_id(need.entitlement), f"{_upper(key)} needs the {need.entitlement}, {state}.")


def stays(key: EntitlementKey, earlier: EntitlementKey, status: Status) -> Why:
    """Why an account stays as long as something that goes before it does."""
    cause = "prerequisite" if earlier.target == key.target else "dependency"
    text = f"{_upper(key)} goes after the {earlier.entitlement}, whose removal is {status}."
    return Why(cause, entitlement_id(earlier.entitlement), text)


def _upper(key: EntitlementKey) -> str:
    return "The account" if key.kind is Kind.ACCOUNT else f"{str(key.entitlement)[0].upper()}{str(key.entitlement)[1:]}"
