"""Laws of DIFFS.md section 5 about one diff: E1, E3, E6, E7, E11, X1, X2, X3."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.decisions import Decisions
from policy.diff import EntitlementDiff, Line, Op, Status, line_bytes
from policy.entitlements import EntitlementKey, Kind
from policy.targets import Observation
from tests.builders.diffs import PROBLEM, carry_out, excluded
from tests.properties.strategies.reconciling import PERSONS, worlds

modest = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Key = TypeVar("Key")
Item = TypeVar("Item")


def as_bytes(diff: EntitlementDiff) -> bytes:
    return b"\n".join(line_bytes(line) for line in diff.lines) + repr(replace(diff, lines=())).encode()


def turned(mapping: Mapping[Key, Item]) -> dict[Key, Item]:
    return dict(reversed(list(mapping.items())))


def backwards(inputs: ReconcileInputs) -> ReconcileInputs:
    """The same world with every mapping and every list without an order turned round."""
    decisions, state, rules = inputs.decisions, inputs.managed, inputs.policy
    return replace(
        inputs,
        decisions=replace(decisions, desired=turned(decisions.desired)),
        managed=replace(state, entries=turned(state.entries)),
        policy=replace(
            rules,
            targets=turned(rules.targets),
            nevers=turned(rules.nevers),
        ),
        payloads=turned(inputs.payloads),
        observations={
            target: Observation(target, one.accounts[::-1], one.permissions)
            for target, one in turned(inputs.observations).items()
        },
        executed=inputs.executed[::-1],
    )


@modest
@given(worlds())
def test_e1_the_order_of_anything_does_not_show(inputs: ReconcileInputs) -> None:
    assert as_bytes(reconcile(inputs)) == as_bytes(reconcile(backwards(inputs)))


@modest
@given(worlds())
def test_lines_stand_in_order_and_say_why_exactly_when_they_are_not_planned(inputs: ReconcileInputs) -> None:
    lines = reconcile(inputs).lines
    assert [line.n for line in lines] == list(range(len(lines)))
    assert [line.key for line in lines] == sorted({line.key for line in lines})
    assert all(bool(line.why) == (line.status is not Status.PLANNED) for line in lines)


TOWN = """
from engine.reconcile.inputs import Correlation
from policy.diff import line_bytes
from policy.targets import ObservedAccount
from tests.builders.diffs import decide, diff_of, excluded, limit, managed, never, observed, policy, target
rules = policy(target("ad", limit("revoke", "account", 1)), target("erp", depends_on=["ad"]),
               nevers=[never("ad A", "erp B"), never("ad C", "erp B", id_="other")])
seen = [ObservedAccount(f"a{n}", {"no": "P1"}, enabled=True, permissions=frozenset("ABCDEF")) for n in range(3)]
wanted = [f"P{n} {what}" for n in range(4) for what in ("ad account", "ad A", "ad C", "erp account", "erp B")]
diff = diff_of(decide(*wanted, excluded={"P3": excluded("x", "erp", "ad") + excluded("y")}),
               managed("P0 ad account", "P8 ad account", "P8 ad A", "P9 erp account"), rules,
               observations=observed("ad", *seen), correlations={"ad": Correlation("no", {"P1": "P1"})})
print([line_bytes(line) for line in diff.lines], diff.unmanaged, diff.limits, diff.violations)
"""


def test_e1_the_seed_of_hashes_does_not_show() -> None:
    def said(seed: str) -> str:
        command = [sys.executable, "-c", TOWN]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    first = said("0")
    assert "conflict" in first
    assert said("1") == said("4711") == first


def released_by_hand(inputs: ReconcileInputs) -> set[EntitlementKey]:
    flagged = {key for key, entry in inputs.managed.entries.items() if entry.unmanage}
    return {key for key in inputs.decisions.desired if key in flagged or key.account in flagged}


@modest
@given(worlds())
def test_e3_what_was_planned_and_done_is_not_planned_again(inputs: ReconcileInputs) -> None:
    first = {line.key: line for line in reconcile(inputs).lines}
    again = reconcile(replace(inputs, managed=carry_out(inputs)))
    for line in again.lines:
        before = first.get(line.key)
        if line.status is not Status.PLANNED or line.key in released_by_hand(inputs):
            continue
        assert before is not None
        assert before.status is not Status.PLANNED or (before.op, line.op) == (Op.REVOKE, Op.DELETE)


@modest
@given(worlds(held_back=False, by_hand=False))
def test_e3_where_nothing_is_held_back_a_second_diff_is_empty(inputs: ReconcileInputs) -> None:
    complete = replace(inputs, decisions=only_complete(inputs), observations={})
    state = carry_out(complete)
    again = reconcile(replace(complete, managed=state))
    assert [line for line in again.lines if line.op is not Op.DELETE] == []
    settled = reconcile(replace(complete, managed=carry_out(replace(complete, managed=state))))
    assert settled.lines == ()


def only_complete(inputs: ReconcileInputs) -> Decisions:
    """Decisions in which nothing is desired without what it needs."""
    wanted = inputs.decisions.desired.keys()
    complete: set[EntitlementKey] = set()
    for target in ("ad", "entra", "erp"):
        upstream = [one.target for one in inputs.policy.targets[target].depends_on]
        for key in wanted:
            needed = [EntitlementKey(key.person, one, Kind.ACCOUNT) for one in upstream]
            if key.target == target and key.kind is Kind.ACCOUNT and complete.issuperset(needed):
                complete.add(key)
    kept = {key: why for key, why in inputs.decisions.desired.items() if key.account in complete}
    return replace(inputs.decisions, desired=kept)


@modest
@given(worlds())
def test_e6_only_what_we_manage_is_changed_or_taken_away(inputs: ReconcileInputs) -> None:
    desired, entries = inputs.decisions.desired, inputs.managed.entries
    lines = reconcile(inputs).lines
    assert {line.key for line in lines if line.op is Op.UNMANAGE} >= {
        key for key, entry in entries.items() if entry.unmanage
    }
    for line in lines:
        match line.op:
            case Op.GRANT:
                assert line.key in desired
                assert line.key not in entries
            case Op.ADOPT:
                assert line.key in desired
                assert line.key not in entries or entries[line.key].disabled_on is not None
            case Op.UPDATE:
                assert line.key in desired
                assert line.key in entries
            case Op.REVOKE:
                assert line.key in entries
                assert line.key not in desired or line.key.account not in desired
            case Op.DELETE:
                assert entries[line.key].disabled_on is not None
                assert line.key not in desired
            case Op.UNMANAGE:
                assert entries[line.key].unmanage or entries[line.key.account].unmanage


@modest
@given(worlds(), st.sampled_from(PERSONS))
def test_e7_a_data_problem_freezes_and_never_revokes(inputs: ReconcileInputs, person: str) -> None:
    frozen = {**inputs.decisions.frozen, person: PROBLEM}
    lines = reconcile(replace(inputs, decisions=replace(inputs.decisions, frozen=frozen))).lines
    for line in lines:
        unmapped = line.key in inputs.payload_problems and line.op in {Op.GRANT, Op.ADOPT, Op.UPDATE}
        assert line.status is Status.FROZEN or not (unmapped or line.key.person == person)


@modest
@given(worlds())
def test_e11_everything_desired_managed_or_observed_is_classified_once(inputs: ReconcileInputs) -> None:
    diff = reconcile(inputs)
    keys = [line.key for line in diff.lines] + list(diff.unchanged)
    assert sorted(keys) == sorted(inputs.decisions.desired.keys() | inputs.managed.entries.keys())
    assert len(set(diff.unmanaged)) == len(diff.unmanaged)
    owned = {(key.target, one.anchor): key for key, one in inputs.managed.entries.items() if one.anchor}
    adopted = {(line.key.target, line.anchor): line.key for line in diff.lines if line.key.kind is Kind.ACCOUNT}
    for target, observation in inputs.observations.items():
        for account in observation.accounts:
            owner = owned.get((target, account.anchor)) or adopted.get((target, account.anchor))
            found = {
                (one.kind, one.name) for one in diff.unmanaged if (one.target, one.anchor) == (target, account.anchor)
            }
            if owner is None:
                assert found == {(Kind.ACCOUNT, "")}
                continue
            held = {(Kind.PERMISSION, name) for name in account.permissions}
            held |= {(Kind.ACCESS, "")} if account.enabled else set()
            known = {one for one in held if EntitlementKey(owner.person, target, *one) in keys}
            assert found == held - known


def frozen_lines(inputs: ReconcileInputs, lines: tuple[Line, ...]) -> list[Line]:
    frozen, excluded_people = inputs.decisions.frozen, inputs.decisions.excluded
    return [
        line
        for line in lines
        if line.key.person in frozen
        or any(
            one.targets is None or line.key.target in one.targets for one in excluded_people.get(line.key.person, ())
        )
    ]


@modest
@given(worlds())
def test_x1_x2_nothing_happens_to_a_frozen_scope(inputs: ReconcileInputs) -> None:
    diff = reconcile(inputs)
    after = carry_out(inputs)
    for line in frozen_lines(inputs, diff.lines):
        assert line.status is Status.FROZEN
        assert after.entries.get(line.key) == inputs.managed.entries.get(line.key)


@modest
@given(worlds(held_back=False), st.sampled_from(PERSONS))
def test_x3_include_after_exclude_equals_never_excluded(inputs: ReconcileInputs, person: str) -> None:
    alone = replace(inputs, decisions=replace(inputs.decisions, excluded={person: excluded("by-hand")}))
    others = [one for one in reconcile(inputs).lines if one.key.person != person and one.status is Status.PLANNED]
    after_exclusion, never_excluded = carry_out(alone), carry_out(inputs, others)
    assert as_bytes(reconcile(replace(inputs, managed=after_exclusion))) == as_bytes(
        reconcile(replace(inputs, managed=never_excluded))
    )
