"""What lint takes as free by its form may be either; and a condition taken apart proves no more than the whole."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from engine.lint.free import read_condition
from engine.lint.givers import Givers
from engine.lint.proofs import Proofs, Purse
from engine.prove.questions import can_be_entitled, can_fail, can_hold
from policy.entitlements import Entitlement, Kind
from policy.expressions import Condition
from policy.proofs import Budget, Outcome
from policy.rules import CheckedPolicy, Grant, Scope, Template
from tests.properties.strategies.policies import conditions, policies, policy_of, span

BUDGET = Budget(5_000, 0)
BARE = policy_of()
ASKED = Template("?", Kind.ACCOUNT, (), span())


@settings(max_examples=150)
@given(conditions())
def test_a_free_condition_may_be_either(condition: Condition) -> None:
    if read_condition(condition, holds_is_free=False).free:
        for ask in (can_hold, can_fail):
            assert ask(BARE, condition, Scope.ANY_CONTRACT, budget=BUDGET).outcome is not Outcome.NO


@settings(max_examples=60)
@given(conditions())
def test_what_is_never_true_group_by_group_is_never_true(condition: Condition) -> None:
    proofs = Proofs(BARE, Givers(()), Purse(cases_each=5_000))
    asking = ("it", span())
    if proofs.is_never_true(condition, Scope.ANY_CONTRACT, asking):
        assert can_hold(BARE, condition, Scope.ANY_CONTRACT, budget=BUDGET).outcome is not Outcome.YES
    if proofs.is_always_true(condition, Scope.ANY_CONTRACT, asking):
        assert can_fail(BARE, condition, Scope.ANY_CONTRACT, budget=BUDGET).outcome is not Outcome.YES


@settings(max_examples=60)
@given(policies(most=2))
def test_a_rule_that_never_applies_entitles_nobody(policy: CheckedPolicy) -> None:
    proofs = Proofs(policy, Givers(rule for rule in policy.rules.values() if not rule.draft), Purse(cases_each=5_000))
    for rule in policy.rules.values():
        if proofs.never_applies(rule):
            grants = tuple(Grant(ASKED, one.window, span()) for one in rule.grants)
            alone = replace(policy, rules={**policy.rules, "?": replace(rule, id="?", grants=grants, draft=False)})
            answer = can_be_entitled(alone, Entitlement("?", Kind.ACCOUNT), budget=BUDGET)
            assert answer.outcome is not Outcome.YES
