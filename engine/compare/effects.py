"""What follows from a change besides who is entitled to what: separation of duties, and limits that trip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.compare.entitlements import Sides
from engine.compare.meaning import same_meaning
from engine.compare.merging import HEADER
from engine.compare.sources import text_at
from engine.evaluate.evaluate import evaluate
from engine.prove.questions import can_be_entitled_to_both
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.comparison import Clause, LimitComparison, NeverComparison
from policy.diff import LimitVerdict
from policy.ledger import ExecutedChange, ManagedState
from policy.proofs import Answer, Budget
from policy.rules import CheckedPolicy, Never
from policy.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Managed:
    """What is managed and was executed, for whom: the basis on which limits are judged."""

    state: ManagedState
    executed: tuple[ExecutedChange, ...]
    snapshot: Snapshot


def compare_never(sides: Sides, never_id: str, *, budget: Budget) -> NeverComparison:
    """Tell of one `never` whether somebody can violate it, in both versions.

    The rules are asked alone: neither exceptions nor what is held already have a say.
    """
    old, new = sides.base.nevers.get(never_id), sides.head.nevers.get(never_id)
    policy, never = (sides.head, new) if new is not None else (sides.base, old)
    assert never is not None, "a never of one of the versions"
    clause = Clause(never.span, text_at(policy, never.span), stands=new is not None)
    base = _ask(sides.base, old, budget)
    return NeverComparison(never_id, base, _ask(sides.head, new, budget), clause)


def may_have_changed(sides: Sides, never_id: str) -> bool:
    """Tell whether a `never`, or a rule that has a say in one of its sides, means something else in HEAD.

    What cannot have changed need not be asked of both versions.
    """
    old, new = sides.base.nevers.get(never_id), sides.head.nevers.get(never_id)
    if old is None or new is None or {old.first, old.second} != {new.first, new.second}:
        return True
    near = sides.limited_to([new.first, new.second])
    parts = ("rules", *HEADER)
    same = all(same_meaning(getattr(near.base, name), getattr(near.head, name)) for name in parts)
    return not same or near.base.schema != near.head.schema


def limit_comparisons(sides: Sides, managed: Managed, as_of: date) -> tuple[LimitComparison, ...]:
    """Limits that trip on the day when HEAD is evaluated against what is managed, and what they say with BASE.

    Targets are not read: accounts there that would be adopted count as grants, and updates do not count.
    """
    before, after = (_verdicts(policy, managed, as_of) for policy in (sides.base, sides.head))
    return tuple(LimitComparison(one, before.get(name)) for name, one in after.items() if one.tripped)


def _ask(policy: CheckedPolicy, never: Never | None, budget: Budget) -> Answer | None:
    return None if never is None else can_be_entitled_to_both(policy, never.first, never.second, budget=budget)


def _verdicts(policy: CheckedPolicy, managed: Managed, as_of: date) -> Mapping[tuple[str, ...], LimitVerdict]:
    decisions = evaluate(policy, managed.snapshot, as_of)
    diff = reconcile(ReconcileInputs(decisions, policy, managed.state, executed=managed.executed))
    return {(one.target, one.op.value, one.kind.value, one.limit): one for one in diff.limits}
