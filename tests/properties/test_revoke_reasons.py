"""Laws of what is said of a revoke: it names a rule that really grants nothing now (E10), and lasts (E8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings

from engine.columnar.columns import columns_of
from engine.columnar.persons import snapshot_of
from engine.evaluate.boundaries import date_boundaries
from engine.evaluate.context import prepare
from engine.evaluate.evaluate import evaluate
from engine.evaluate.persons import decide_person
from engine.explain.grants import Question
from engine.explain.losses import explain_losses
from engine.explain.witness import Witness
from engine.graph.givers import Givers
from engine.graph.holds import held_by, may_grant
from engine.graph.templates import templates_of
from policy.entitlements import Entitlement, EntitlementKey, Kind
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


@modest
@given(policies(), snapshots(), as_of_days)
def test_a_few_rules_tell_what_all_of_them_would(policy: CheckedPolicy, snapshot: Snapshot, as_of: date) -> None:
    keys = candidates(policy, snapshot, as_of, FIRST_DAY, LAST_DAY)
    context = prepare(policy, snapshot, as_of, include_drafts=False)
    expected = {}
    for key in keys:
        person = snapshot.find_person(key.person)
        if person is not None:
            witness = Witness.of(decide_person(person, context), context)
            because, near = witness.tell(Question(key.entitlement, as_of))
            nearest = {(one.rule, one.at) for one in near if one.distance == near[0].distance}
            expected[key] = set() if because else nearest

    found = explain_losses(policy, snapshot, as_of, keys)

    for key, nearest in expected.items():
        told = {(one.rule, one.at) for one in found[key] if one.rule}
        assert told <= nearest
        assert bool(told) == bool(nearest)
    assert explain_losses(policy, snapshot_of(columns_of(snapshot)), as_of, keys) == found


@modest
@given(policies())
def test_givers_are_the_rules_that_may_grant(policy: CheckedPolicy) -> None:
    rules = policy.rules.values()
    givers = Givers(rules)
    names = [one.fixed for rule in rules for grant in rule.grants for one in templates_of(grant)]
    asked = {one for one in names if one is not None}
    asked |= {Entitlement(one.target, Kind.PERMISSION, f"GG-{tail}") for one in asked for tail in ("A", "B", "x y")}
    asked |= {Entitlement(one.target, kind) for one in asked for kind in (Kind.ACCOUNT, Kind.ACCESS)}
    for one in asked:
        assert [*givers.of(one)] == sorted((rule for rule in rules if may_grant(rule, one)), key=lambda rule: rule.id)
