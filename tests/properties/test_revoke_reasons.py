"""Laws of what is said of a revoke: it names a rule that really grants nothing now (E10), and lasts (E8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings

from engine.evaluate.boundaries import date_boundaries
from engine.evaluate.evaluate import evaluate
from engine.explain.losses import explain_losses
from engine.graph.holds import held_by, may_grant
from policy.entitlements import EntitlementKey
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import as_of_days, policies
from tests.properties.strategies.towns import FIRST_DAY, LAST_DAY, snapshots

modest = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def candidates(policy: CheckedPolicy, snapshot: Snapshot, *days: date) -> list[EntitlementKey]:
    """Everything that somebody may have been granted before: what anybody gets on one of the days, for everybody."""
    desired = {key.entitlement for day in days for key in evaluate(policy, snapshot, day, include_drafts=True).desired}
    people = [*(one.external_id for one in snapshot.persons), "P9"]
    return [EntitlementKey.of(person, one) for person in people for one in desired]


@modest
@given(policies(), snapshots(), as_of_days)
def test_e10_the_named_rule_does_not_grant_it_now(policy: CheckedPolicy, snapshot: Snapshot, as_of: date) -> None:
    desired = evaluate(policy, snapshot, as_of).desired
    keys = candidates(policy, snapshot, as_of, FIRST_DAY, LAST_DAY)

    for key, ended in explain_losses(policy, snapshot, as_of, keys).items():
        assert bool(ended) == (key not in desired)
        person = snapshot.find_person(key.person)
        for one in ended:
            assert one.text
            assert bool(one.rule) == (person is not None)
            if person is None:
                continue
            rule = policy.rules[one.rule]
            assert may_grant(rule, key.entitlement)
            assert one.contract in {"", *(each.external_id for each in person.contracts)}
            alone = policy.rules if held_by(rule) else {rule.id: rule}
            assert key not in evaluate(replace(policy, rules=alone), snapshot, as_of).desired


@few
@given(policies(), snapshots())
def test_e8_the_words_last_from_one_boundary_to_the_next(policy: CheckedPolicy, snapshot: Snapshot) -> None:
    boundaries = set(date_boundaries(policy, snapshot))
    keys = candidates(policy, snapshot, FIRST_DAY, FIRST_DAY + timedelta(days=20), LAST_DAY)
    day, before = FIRST_DAY - timedelta(days=10), None
    while day <= LAST_DAY + timedelta(days=10):
        now = explain_losses(policy, snapshot, day, keys)
        assert before is None or now == before or day in boundaries, f"changed on {day}, which is no boundary"
        day, before = day + timedelta(days=1), now


@modest
@given(policies(), snapshots(), as_of_days)
def test_e1_the_order_of_rules_and_keys_never_shows(policy: CheckedPolicy, snapshot: Snapshot, as_of: date) -> None:
    keys = candidates(policy, snapshot, as_of, FIRST_DAY)
    turned = replace(policy, rules=dict(reversed(list(policy.rules.items()))))

    found = explain_losses(policy, snapshot, as_of, keys)
    again = explain_losses(turned, snapshot, as_of, [*reversed(keys), *keys])
    assert list(again.items()) == list(found.items())
