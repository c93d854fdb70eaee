"""Laws of plans, carried out step by step: P1, O1, O2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.enforce.plan import PlanTerms, make_plan
from engine.enforce.rebase import same_lines
from engine.enforce.releases import Released, release_lines
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.limits import LimitBasis
from engine.reconcile.order import ADDITIONS, REMOVALS
from engine.reconcile.reconcile import reconcile
from policy.diff import Line, Op, Status
from policy.enforcement import Plan
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedState
from policy.statements import Releases
from tests.builders.diffs import TODAY, carry_out
from tests.properties.strategies.reconciling import worlds

modest = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

EVERY_BUCKET = frozenset(f"{target}/{op}/{kind}" for target in ("ad", "entra", "erp") for op in Op for kind in Kind)


def numbers(lines: Sequence[Line]) -> frozenset[int]:
    return frozenset(line.n for line in lines)


def release_all(inputs: ReconcileInputs, lines: Sequence[Line]) -> Released:
    basis = LimitBasis.of(inputs.policy.targets, inputs.managed, inputs.executed, TODAY)
    return release_lines(lines, Releases(EVERY_BUCKET), basis)


def walk(inputs: ReconcileInputs, lines: Sequence[Line], plan: Plan) -> None:
    """Carry out a plan one action at a time and look that each finds what it needs."""
    by_number = {line.n: line for line in lines}
    state, done = inputs.managed, set[int]()
    leaving = {line.key for line in lines if line.op in REMOVALS}
    for action in plan.actions:
        assert set(action.after) <= done
        line = by_number[action.line]
        if line.op in ADDITIONS:
            assert all(is_there(state, need) for need in needed(inputs, line.key))
        if line.op in REMOVALS and line.key.kind is Kind.ACCOUNT:
            assert not [key for key in state.entries if key.account == line.key and key != line.key]
            assert not [key for key in dependents(inputs, line.key) if key in leaving and is_there(state, key)]
        state = carry_out(replace(inputs, managed=state), [line])
        done.add(action.line)


def needed(inputs: ReconcileInputs, key: EntitlementKey) -> list[EntitlementKey]:
    if key.kind is not Kind.ACCOUNT:
        return [key.account]
    upstream = inputs.policy.targets[key.target].depends_on
    return [EntitlementKey(key.person, one.target, Kind.ACCOUNT) for one in upstream]


def dependents(inputs: ReconcileInputs, key: EntitlementKey) -> list[EntitlementKey]:
    below = [one.id for one in inputs.policy.targets.values() if key.target in {on.target for on in one.depends_on}]
    return [EntitlementKey(key.person, target, Kind.ACCOUNT) for target in below]


def is_there(state: ManagedState, account: EntitlementKey) -> bool:
    entry = state.entries.get(account)
    return entry is not None and entry.disabled_on is None


@modest
@given(worlds(), st.data())
def test_o1_o2_whatever_is_approved_every_action_finds_what_it_needs(
    inputs: ReconcileInputs, data: st.DataObject
) -> None:
    lines = reconcile(inputs).lines
    approved = frozenset(data.draw(st.sets(st.sampled_from(sorted(numbers(lines)))))) if lines else frozenset[int]()
    plan = make_plan("D", lines, terms=PlanTerms(approved), targets=inputs.policy.targets)
    assert {one.line for one in plan.actions} <= approved & numbers(
        [one for one in lines if one.status is Status.PLANNED]
    )
    assert {one.line for one in plan.actions} | set(plan.skipped) == numbers(lines)
    walk(inputs, lines, plan)


@modest
@given(worlds())
def test_all_that_is_planned_and_approved_is_done(inputs: ReconcileInputs) -> None:
    lines = reconcile(inputs).lines
    plan = make_plan("D", lines, terms=PlanTerms(numbers(lines)), targets=inputs.policy.targets)
    assert {one.line for one in plan.actions} == numbers([one for one in lines if one.status is Status.PLANNED])


@modest
@given(worlds())
def test_o1_o2_hold_for_what_is_released_too(inputs: ReconcileInputs) -> None:
    lines = reconcile(inputs).lines
    released = release_all(inputs, lines)
    terms = PlanTerms(numbers(lines), released)
    plan = make_plan("D", lines, terms=terms, targets=inputs.policy.targets)
    planned = numbers([one for one in lines if one.status is Status.PLANNED])
    assert {one.line for one in plan.actions} == planned | released.lines
    walk(inputs, lines, plan)


@modest
@given(worlds(), worlds())
def test_p1_rebase_executes_signed_and_still_the_same_lines_alone(
    inputs: ReconcileInputs, later: ReconcileInputs
) -> None:
    signed = reconcile(inputs).lines
    moved = replace(later, policy=inputs.policy)
    now = reconcile(moved).lines
    terms = PlanTerms(numbers(signed), Released(), now)
    plan = make_plan("D", signed, terms=terms, targets=inputs.policy.targets)
    assert {one.line for one in plan.actions} <= same_lines(signed, now)
    by_key = {line.key: line for line in now}
    assert all(by_key[one.key].op is one.op for one in plan.actions)
    assert all(by_key[one.key].status is Status.PLANNED for one in plan.actions)
    walk(moved, signed, plan)


@modest
@given(worlds(held_back=False), st.data())
def test_p1_rebase_after_a_run_that_stopped_half_way_does_the_rest(
    inputs: ReconcileInputs, data: st.DataObject
) -> None:
    # An account disabled half way must not be due for deletion on the same day: that would be a new line.
    targets = {one.id: replace(one, staged_deletion=None) for one in inputs.policy.targets.values()}
    inputs = replace(inputs, policy=replace(inputs.policy, targets=targets))
    signed = reconcile(inputs).lines
    plan = make_plan("D", signed, terms=PlanTerms(numbers(signed)), targets=targets)
    by_number = {line.n: line for line in signed}
    stop = data.draw(st.integers(0, len(plan.actions)))
    moved = replace(inputs, managed=carry_out(inputs, [by_number[one.line] for one in plan.actions[:stop]]))
    now = reconcile(moved).lines
    rest = make_plan("D", signed, terms=PlanTerms(numbers(signed), Released(), now), targets=targets)
    assert [one.line for one in rest.actions] == [one.line for one in plan.actions[stop:]]
    walk(moved, signed, rest)
