"""A verdict is never contradicted by anybody: generated changes of rules, held against people and days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compare.entitlements import Sides, find_comparison
from engine.compare.touched import touched
from engine.compare.verdicts import compare_entitlement, same_by_form
from engine.evaluate.evaluate import evaluate
from policy.comparison import PersonChange
from policy.proofs import Budget, Verdict
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import snapshots

BUDGET = Budget(cases=20_000, solver_steps=0)


@settings(max_examples=25, deadline=None)
@given(policies(), policies(), snapshots(), st.dates(date(2026, 1, 1), date(2026, 6, 30)))
@pytest.mark.timeout(120)
def test_nobody_contradicts_a_verdict(base: CheckedPolicy, other: CheckedPolicy, people: Snapshot, day: date) -> None:
    head = replace(other, rules={**base.rules, **dict(list(other.rules.items())[:1])})
    sides = Sides(base, head)
    asked = touched(sides)
    found = [
        compare_entitlement(sides, one, budget=BUDGET) if one in asked else same_by_form(one) for one in sides.compared
    ]
    before, after = (evaluate(policy, people, day).desired.keys() for policy in (base, head))
    for key in before ^ after:
        change = PersonChange(key.person, key.entitlement, key in after, day)
        spoken_of = [*find_comparison(change, found, sides)]
        assert spoken_of
        for one in spoken_of:
            assert one.verdict is not Verdict.SAME
            if not one.family:
                assert one.verdict is not (Verdict.NARROWED if change.gains else Verdict.WIDENED)
