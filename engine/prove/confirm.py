"""Witnesses before the evaluator itself: nothing is said of a made-up person that evaluation does not say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from engine.evaluate.evaluate import evaluate
from engine.graph.holds import held_by, may_grant
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.expressions import Condition
from policy.moments import Moment
from policy.proofs import Witness
from policy.rules import CheckedPolicy, Grant, Rule, Scope, Template, Window, WindowBound
from policy.source import Span

_NOWHERE = Span("", 0, 0, 0, 0)
_ALWAYS = Window(WindowBound(Moment(date.min), _NOWHERE), WindowBound(None, _NOWHERE))
_ASKED = Entitlement("?", Kind.ACCOUNT)
"""What a rule made for one condition grants; no target of a policy is called so."""

Confirm = Callable[[Witness], bool]


def rules_that_grant(policy: CheckedPolicy, witness: Witness, entitlement: Entitlement) -> frozenset[str]:
    """Ids of the published rules that grant `entitlement` to the person of the witness, on its day."""
    desired = evaluate(policy, witness.snapshot, witness.as_of).desired
    reasons = desired.get(EntitlementKey.of(witness.person.external_id, entitlement), ())
    return frozenset(reason.rule for reason in reasons)


def is_entitled(policy: CheckedPolicy, entitlement: Entitlement) -> Confirm:
    """Confirm that the person is entitled to `entitlement`."""
    about = policy_about(policy, entitlement)
    return lambda witness: bool(rules_that_grant(about, witness, entitlement))


def policy_about(policy: CheckedPolicy, entitlement: Entitlement) -> CheckedPolicy:
    """Policy with the published rules alone that decide about `entitlement`: who may grant it, and what those hold."""
    published = [rule for _, rule in sorted(policy.rules.items()) if not rule.draft]
    kept: dict[str, Rule] = {}
    waiting = [entitlement]
    for wanted in waiting:
        for rule in published:
            if rule.id not in kept and may_grant(rule, wanted):
                kept[rule.id] = rule
                waiting.extend(held_by(rule))
    return replace(policy, rules=dict(sorted(kept.items())), exclusions={})


def satisfies(policy: CheckedPolicy, condition: Condition, scope: Scope) -> Confirm:
    """Confirm that the condition holds for the person, or for some contract of theirs whatever its dates."""
    asked = Template(_ASKED.target, _ASKED.kind, (), _NOWHERE)
    about = Scope.PERSON if scope is Scope.PERSON else Scope.ANY_CONTRACT
    rule = Rule(
        id="?",
        title="?",
        owner=None,
        category=None,
        about=None,
        scope=about,
        condition=condition,
        window=Window() if about is Scope.PERSON else _ALWAYS,
        grants=(Grant(asked, Window(), _NOWHERE),),
        draft=False,
        span=_NOWHERE,
    )
    asking = replace(policy, rules={**policy.rules, rule.id: rule})
    return is_entitled(asking, _ASKED)


def granted_only_by(policy: CheckedPolicy, entitlement: Entitlement, rule_id: str, counted: frozenset[str]) -> Confirm:
    """Confirm that of the rules that count this one alone grants `entitlement`."""
    about = policy_about(policy, entitlement)
    return lambda witness: rules_that_grant(about, witness, entitlement) & counted == {rule_id}
