from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from engine.enforce.plan import PlanTerms, make_plan
from engine.enforce.rebase import same_lines
from policy.decisions import Reason
from policy.diff import EntitlementDiff, Line, Status, Why
from policy.enforcement import Plan
from policy.rules import CheckedPolicy
from tests.builders.diffs import decide, diff_of, limit, managed, never, policy, target

CHAIN = policy(target("ad"), target("entra", depends_on=["ad"]))
JOINER = ("P1 ad account", "P1 ad access", "P1 ad SEC-A", "P1 entra account", "P1 entra SEC-B")


def all_of(lines: Iterable[Line]) -> frozenset[int]:
    return frozenset(line.n for line in lines)


def plan_of(diff: EntitlementDiff, rules: CheckedPolicy, terms: PlanTerms | None = None) -> Plan:
    return make_plan("D1", diff.lines, terms=terms or PlanTerms(all_of(diff.lines)), targets=rules.targets)


def steps(plan: Plan) -> list[str]:
    return [f"{one.op} {one.key.person} {one.key.target} {one.key.name or one.key.kind}" for one in plan.actions]


def test_a_joiner_gets_accounts_before_access_before_permissions_and_upstream_first() -> None:
    diff = diff_of(decide(*JOINER), rules=CHAIN)
    plan = plan_of(diff, CHAIN)
    assert steps(plan) == [
        "grant P1 ad account",
        "grant P1 ad access",
        "grant P1 ad SEC-A",
        "grant P1 entra account",
        "grant P1 entra SEC-B",
    ]
    number = {line.key: line.n for line in diff.lines}
    account = {one: number[line.key] for line in diff.lines for one in [line.key.target] if line.key.kind == "account"}
    assert [one.after for one in plan.actions] == [
        (),
        (account["ad"],),
        (account["ad"],),
        (account["ad"],),
        (account["entra"],),
    ]
    assert plan.skipped == {}


def test_a_leaver_loses_them_the_other_way_round() -> None:
    diff = diff_of(decide(), managed(*JOINER), CHAIN)
    plan = plan_of(diff, CHAIN)
    assert steps(plan) == [
        "revoke P1 entra SEC-B",
        "revoke P1 entra account",
        "revoke P1 ad SEC-A",
        "revoke P1 ad access",
        "revoke P1 ad account",
    ]
    by_number = {one.line: one for one in plan.actions}
    last = plan.actions[-1]
    assert {(by_number[one].key.target, by_number[one].key.kind.value) for one in last.after} == {
        ("ad", "access"),
        ("ad", "permission"),
        ("entra", "account"),
    }


def test_persons_are_independent_of_one_another() -> None:
    diff = diff_of(decide("P1 ad account", "P1 ad access", "P2 ad account"))
    plan = plan_of(diff, policy())
    person = {line.n: line.key.person for line in diff.lines}
    assert all(person[earlier] == one.key.person for one in plan.actions for earlier in one.after)


def test_only_planned_and_approved_lines_become_actions() -> None:
    diff = diff_of(decide("P1 ad account", "P2 ad account", "P3 ad SEC-A"))
    plan = plan_of(diff, policy(), PlanTerms(frozenset({0, 2})))
    assert steps(plan) == ["grant P1 ad account"]
    assert plan.skipped[1] == "not approved"
    assert plan.skipped[2].startswith('waiting: Permission "SEC-A" in ad needs the account in ad')


def test_what_depends_on_a_line_that_is_not_executed_is_skipped_down_the_chain() -> None:
    diff = diff_of(decide(*JOINER), rules=CHAIN)
    account = next(line.n for line in diff.lines if str(line.key) == "account in ad of person P1")
    plan = plan_of(diff, CHAIN, PlanTerms(all_of(diff.lines) - {account}))
    assert plan.actions == ()
    assert plan.skipped[account] == "not approved"
    assert sorted(plan.skipped) == [0, 1, 2, 3, 4]
    assert plan.skipped[0] == f"comes after line {account}, which is not executed"


def test_a_grant_never_comes_in_the_same_plan_as_the_revoke_it_waits_for() -> None:
    rules = policy(target("erp"), nevers=[never("erp Vendor", "erp Payment")])
    diff = diff_of(decide("P1 erp account", "P1 erp Payment"), managed("P1 erp account", "P1 erp Vendor"), rules)
    assert steps(plan_of(diff, rules)) == ["revoke P1 erp Vendor"]


REASON = Reason("other", "hr.ordain:99", "C1")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"n": 7}, True),
        ({"because": (Reason("basic", "moved.ordain:1", "C1"),)}, True),
        ({"because": (REASON,)}, False),
        ({"after": {"name": "x"}}, False),
        ({"anchor": "a1"}, False),
        ({"status": Status.BLOCKED, "why": (Why("limit", "b", "t"),)}, False),
        ({"status": Status.WAITING}, False),
    ],
)
def test_a_line_is_the_same_when_it_does_the_same_for_the_same_reasons(
    change: dict[str, object], *, same: bool
) -> None:
    signed = diff_of(decide("P1 ad account")).lines
    now = (replace(signed[0], **change),)  # type: ignore[arg-type]  # any field
    assert same_lines(signed, now) == (frozenset({0}) if same else frozenset())


def test_a_line_that_is_gone_is_not_the_same() -> None:
    assert same_lines(diff_of(decide("P1 ad account")).lines, ()) == frozenset()


@pytest.mark.parametrize(
    ("signed", "now", "same"),
    [
        ((Status.BLOCKED, "a"), (Status.BLOCKED, "b"), True),
        ((Status.WAITING, "a"), (Status.WAITING, "a"), True),
        ((Status.WAITING, "a"), (Status.WAITING, "b"), False),
        ((Status.DENIED, "a"), (Status.DENIED, "a"), False),
        ((Status.BLOCKED, "a"), (Status.PLANNED, "b"), True),
    ],
)
def test_what_a_limit_holds_back_now_as_then_can_still_be_released(
    signed: tuple[Status, str], now: tuple[Status, str], *, same: bool
) -> None:
    line = diff_of(decide("P1 ad account")).lines[0]
    before = replace(line, status=signed[0], why=(Why("prerequisite", signed[1], "one text"),))
    after = replace(line, status=now[0], why=(Why("prerequisite", now[1], "another text"),))
    assert same_lines([before], [after]) == (frozenset({0}) if same else frozenset())


def test_rebase_does_what_is_still_the_same_and_nothing_outside_the_signed_set() -> None:
    signed = diff_of(decide("P1 ad account", "P2 ad account")).lines
    now = diff_of(decide("P2 ad account", "P3 ad account")).lines
    plan = make_plan("D1", signed, terms=PlanTerms(all_of(signed), now=now), targets=policy().targets)
    assert steps(plan) == ["grant P2 ad account"]
    assert plan.skipped == {0: "no longer the same in an evaluation made now"}


def test_rebase_waits_no_longer_for_what_has_happened_since() -> None:
    decisions = decide("P1 ad account", "P1 ad SEC-A")
    signed = diff_of(decisions).lines
    now = diff_of(decisions, managed("P1 ad account")).lines
    plan = make_plan("D1", signed, terms=PlanTerms(all_of(signed), now=now), targets=policy().targets)
    assert steps(plan) == ["grant P1 ad SEC-A"]
    assert plan.actions[0].after == ()


def test_rebase_keeps_back_what_comes_after_something_new() -> None:
    signed = diff_of(decide(), managed("P1 ad account")).lines
    now = diff_of(decide(), managed("P1 ad account", "P1 ad SEC-A")).lines
    plan = make_plan("D1", signed, terms=PlanTerms(all_of(signed), now=now), targets=policy().targets)
    assert plan.actions == ()
    assert plan.skipped[0] == 'comes after the permission "SEC-A" in ad (not in this diff), which is not executed'


def test_rebase_judges_limits_again() -> None:
    rules = policy(target("ad", limit("grant", "account", 2)))
    signed = diff_of(decide("P1 ad account"), rules=rules).lines
    now = diff_of(decide("P1 ad account", "P2 ad account"), rules=rules).lines
    plan = make_plan("D1", signed, terms=PlanTerms(all_of(signed), now=now), targets=rules.targets)
    assert plan.actions == ()
