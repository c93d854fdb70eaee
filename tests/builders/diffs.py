"""Short ways to say policies, managed states and decisions, for tests of reconciling and planning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from engine.enforce.apply import Effect, apply_effects
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.decisions import ActiveExclusion, Decisions, Reason
from policy.diff import EntitlementDiff, Line, Op, Status
from policy.enforcement import ActionResult
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.ledger import ExecutedChange, ManagedEntitlement, ManagedState
from policy.people import DataProblem
from policy.rules import CheckedPolicy, Exclusion, ManagerRule, Never, NeverException
from policy.source import Span
from policy.targets import Limit, Observation, ObservedAccount, StagedDeletion, TargetDependency, TargetPolicy

TODAY = date(2026, 3, 1)
PLACE = Span("hr.ordain", 12, 1, 12, 9)


def key(text: str) -> EntitlementKey:
    """Key from `P1 ad account`, `P1 ad access` or `P1 ad SEC-Nurse`."""
    person, target, what = text.split(" ", 2)
    kind = Kind(what) if what in {"account", "access"} else Kind.PERMISSION
    return EntitlementKey(person, target, kind, what if kind is Kind.PERMISSION else "")


def entitlement(text: str) -> Entitlement:
    return key(f"- {text}").entitlement


def limit(
    action: Literal["grant", "update", "revoke"],
    kind: str,
    count: int | None = None,
    *,
    percent: int | None = None,
    days: int | None = None,
) -> Limit:
    return Limit(action, Kind(kind), count, None if percent is None else percent * 100, days, PLACE)


def target(
    id_: str, *limits: Limit, depends_on: Iterable[str] = (), delete_after_days: int | None = None
) -> TargetPolicy:
    needed = tuple(TargetDependency(one, ("user_principal_name",), PLACE) for one in depends_on)
    staged = None if delete_after_days is None else StagedDeletion(delete_after_days, PLACE)
    return TargetPolicy(id_, id_.upper(), needed, limits, staged, PLACE)


def never(
    first: str, second: str, *, but: str | None = None, until: date | None = None, id_: str = "four-eyes"
) -> Never:
    exceptions = () if but is None else (NeverException(but, "Cover", None, until, PLACE),)
    return Never(id_, "Four eyes", entitlement(first), entitlement(second), "critical", "SOX 404", exceptions, PLACE)


def exclusion(id_: str, *, until: date | None = None) -> Exclusion:
    return Exclusion(id_, id_, "P1", None, None, "Because", None, until, PLACE)


def policy(*targets: TargetPolicy, nevers: Iterable[Never] = (), exclusions: Iterable[Exclusion] = ()) -> CheckedPolicy:
    return CheckedPolicy(
        "Test",
        1,
        "Europe/Amsterdam",
        (),
        ManagerRule.CONTRACT,
        targets={one.id: one for one in targets or (target("ad"),)},
        nevers={one.id: one for one in nevers},
        exclusions={one.id: one for one in exclusions},
    )


def decide(*desired: str, as_of: date = TODAY, **more: Any) -> Decisions:  # noqa: ANN401  # fields of Decisions
    keys = sorted(key(one) for one in desired)
    reasons = {one: (Reason("basic", "hr.ordain:12", "C1"),) for one in keys}
    fields: dict[str, Any] = {"frozen": {}, "excluded": {}, "ended": {}, **more}
    return Decisions(as_of, reasons, present=frozenset(one.person for one in keys), **fields)


def excluded(id_: str, *targets: str) -> tuple[ActiveExclusion, ...]:
    return (ActiveExclusion(id_, "hr.ordain:30", frozenset(targets) if targets else None),)


PROBLEM = (DataProblem("ORD0000", "contract.start_date", "No start date.", "C1"),)


def entry(text: str, **more: Any) -> ManagedEntitlement:  # noqa: ANN401  # fields of ManagedEntitlement
    which = key(text)
    anchor = f"{which.target}:{which.person}" if which.kind is Kind.ACCOUNT else ""
    return ManagedEntitlement(which, **{"generation": 1, "anchor": anchor, **more})


def managed(*entries: str | ManagedEntitlement) -> ManagedState:
    all_ = [entry(one) if isinstance(one, str) else one for one in entries]
    return ManagedState("L1", 1, {one.key: one for one in sorted(all_, key=lambda one: one.key)})


def observed(target_id: str, *accounts: ObservedAccount) -> Mapping[str, Observation]:
    return {target_id: Observation(target_id, accounts)}


def executed(text: str, days_ago: int, op: Op = Op.REVOKE, times: int = 1) -> tuple[ExecutedChange, ...]:
    target_id, kind = text.split(" ")
    return (ExecutedChange(target_id, Kind(kind), op, TODAY - timedelta(days=days_ago)),) * times


def diff_of(
    decisions: Decisions,
    state: ManagedState | None = None,
    rules: CheckedPolicy | None = None,
    **more: Any,  # noqa: ANN401  # fields of ReconcileInputs
) -> EntitlementDiff:
    return reconcile(ReconcileInputs(decisions, rules or policy(), state or managed(), **more))


def said(diff: EntitlementDiff) -> list[str]:
    """Lines as `grant P1 ad account: planned`."""
    return [say(line) for line in diff.lines]


def say(line: Line) -> str:
    what = line.key.name or line.key.kind.value
    return f"{line.op} {line.key.person} {line.key.target} {what}: {line.status}"


def why(diff: EntitlementDiff, text: str) -> list[tuple[str, str]]:
    """Cause and id of each reason why the line of a key is not planned."""
    return [(one.cause, one.id) for line in diff.lines if line.key == key(text) for one in line.why]


def carry_out(inputs: ReconcileInputs, lines: Sequence[Line] | None = None) -> ManagedState:
    """Managed state after every planned line (or `lines`) was done, in a world that never fails."""
    diff = reconcile(inputs)
    chosen = [one for one in diff.lines if one.status is Status.PLANNED] if lines is None else lines
    done = []
    for line in chosen:
        rules = inputs.policy.targets.get(line.key.target)
        is_account = line.key.kind is Kind.ACCOUNT
        anchor = (line.anchor or f"{line.key.target}:{line.key.person}") if is_account else ""
        staged = rules is not None and rules.staged_deletion is not None
        payload = inputs.payloads.get(line.key) if line.op in {Op.GRANT, Op.ADOPT, Op.UPDATE} else None
        done.append((line, Effect(inputs.decisions.as_of, 2, ActionResult(anchor), payload, staged)))
    return apply_effects(inputs.managed, done)
