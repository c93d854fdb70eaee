"""Laws of evaluation: E1, E4, E5, E7, E8 and E10 of the invariants, over towns of every construct."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.evaluate.boundaries import date_boundaries
from engine.evaluate.evaluate import evaluate
from engine.explain.explain import explain
from policy.canonical import canonical_json
from policy.decisions import Decisions, Reason, decisions_json
from policy.entitlements import EntitlementKey
from policy.explanations import explanation_json
from policy.expressions import Holds, walk
from policy.people import DataProblem, Person
from policy.rules import CheckedPolicy, Rule
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import as_of_days, policies, rules
from tests.properties.strategies.towns import DEPARTMENTS, FIRST_DAY, LAST_DAY, persons, snapshots

modest = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROOT = Path(__file__).parents[2]


def written(decisions: Decisions) -> bytes:
    return canonical_json(decisions_json(decisions))


def turned(policy: CheckedPolicy) -> CheckedPolicy:
    """The same policy with every mapping in the opposite order."""
    return replace(
        policy,
        rules=dict(reversed(policy.rules.items())),
        exclusions=dict(reversed(policy.exclusions.items())),
        targets=dict(reversed(policy.targets.items())),
    )


def turned_person(person: Person) -> Person:
    return replace(
        person,
        values=dict(reversed(person.values.items())),
        contracts=tuple(replace(one, values=dict(reversed(one.values.items()))) for one in person.contracts),
    )


@modest
@given(policies(), snapshots(), as_of_days)
def test_e1_order_of_persons_rules_and_mappings_never_shows(
    policy: CheckedPolicy, snapshot: Snapshot, as_of: date
) -> None:
    other = Snapshot.of(map(turned_person, reversed(snapshot.persons)), reversed(snapshot.departments))

    assert written(evaluate(turned(policy), other, as_of)) == written(evaluate(policy, snapshot, as_of))


def test_e1_the_seed_of_hashing_never_shows() -> None:
    digests = set()
    for seed in ("0", "77"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.properties.strategies.example"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip())

    assert len(digests) == 1
    assert len(digests.pop()) == 64


@modest
@given(policies(most=3), rules("z-added", 2), snapshots(), as_of_days)
def test_e4_a_rule_more_never_takes_anything_away(
    policy: CheckedPolicy, added: Rule, snapshot: Snapshot, as_of: date
) -> None:
    held = [one for rule in policy.rules.values() if rule.condition for one in walk(rule.condition)]
    assume(not any(isinstance(one, Holds) for one in held))  # `not holds` is the one exception, and says so itself
    more = replace(policy, rules={**policy.rules, added.id: added})

    before = evaluate(policy, snapshot, as_of).desired
    after = evaluate(more, snapshot, as_of).desired

    assert before.keys() <= after.keys()
    assert all(set(before[key]) <= set(after[key]) for key in before)


@modest
@given(policies(), snapshots(), st.data(), as_of_days)
def test_e5_changing_one_person_changes_nothing_of_another(
    policy: CheckedPolicy, snapshot: Snapshot, data: st.DataObject, as_of: date
) -> None:
    changed = data.draw(persons("P1"))
    other = Snapshot.of((changed, *(one for one in snapshot.persons if one.external_id != "P1")), DEPARTMENTS)

    before, after = evaluate(policy, snapshot, as_of), evaluate(policy, other, as_of)

    assert _of_others(before) == _of_others(after)
    for name in ("frozen", "excluded", "ended"):
        one, two = getattr(before, name), getattr(after, name)
        assert {key: one[key] for key in one if key != "P1"} == {key: two[key] for key in two if key != "P1"}


@few
@given(policies(), snapshots(), as_of_days)
def test_e7_a_data_problem_freezes_and_takes_nothing_away(
    policy: CheckedPolicy, snapshot: Snapshot, as_of: date
) -> None:
    problem = DataProblem("ORD0501", "person.display_name", "unreadable")
    troubled = Snapshot.of((replace(one, problems=(problem,)) for one in snapshot.persons), snapshot.departments)

    before, after = evaluate(policy, snapshot, as_of), evaluate(policy, troubled, as_of)

    assert after.frozen.keys() == after.present
    assert after.desired == before.desired


@few
@given(policies(), snapshots())
def test_e8_decisions_are_constant_between_boundaries(policy: CheckedPolicy, snapshot: Snapshot) -> None:
    boundaries = set(date_boundaries(policy, snapshot))
    day, before = FIRST_DAY - timedelta(days=30), None
    while day <= LAST_DAY + timedelta(days=30):
        now = decisions_json(replace(evaluate(policy, snapshot, day, include_drafts=True), as_of=date.min))
        assert before is None or now == before or day in boundaries, f"changed on {day}, which is no boundary"
        day, before = day + timedelta(days=1), now


@modest
@given(policies(), snapshots(), as_of_days)
def test_e10_what_is_explained_is_what_was_decided(policy: CheckedPolicy, snapshot: Snapshot, as_of: date) -> None:
    decisions = evaluate(policy, snapshot, as_of)

    for person in snapshot.persons:
        told = explain(policy, snapshot, person.external_id, as_of)
        reasons = {EntitlementKey.of(person.external_id, one.entitlement): one.reasons for one in told.answers}

        assert reasons == {key: found for key, found in decisions.desired.items() if key.person == person.external_id}
        assert all(grant.distance == 0 for one in told.answers for grant in one.because for _ in one.reasons)
        assert canonical_json(explanation_json(told))


@modest
@given(policies(), snapshots(), as_of_days)
def test_e10_each_reason_rederives_its_line_alone(policy: CheckedPolicy, snapshot: Snapshot, as_of: date) -> None:
    """Drop every other reason's rule that nobody holds: the named rule still grants the key through that contract."""
    decisions = evaluate(policy, snapshot, as_of)

    for key, reasons in decisions.desired.items():
        for reason in reasons:
            needed = _with_what_it_holds(policy, policy.rules[reason.rule])
            assert reason in evaluate(replace(policy, rules=needed), snapshot, as_of).desired[key]


@modest
@given(policies(), snapshots(), as_of_days)
def test_why_not_always_names_what_stands_in_the_way(policy: CheckedPolicy, snapshot: Snapshot, as_of: date) -> None:
    keys = {key.entitlement for key in evaluate(policy, snapshot, as_of, include_drafts=True).desired}
    for person in snapshot.persons:
        for entitlement in keys:
            (answer,) = explain(policy, snapshot, person.external_id, as_of, entitlement=entitlement).answers
            assert answer.entitled == bool(answer.reasons)
            assert all(grant.failures and grant.distance for grant in answer.nearest)
            distances = [grant.distance for grant in answer.nearest]
            assert distances == sorted(distances)
            assert answer.entitled or answer.nearest


def _of_others(decisions: Decisions) -> dict[EntitlementKey, tuple[Reason, ...]]:
    return {key: reasons for key, reasons in decisions.desired.items() if key.person != "P1"}


def _with_what_it_holds(policy: CheckedPolicy, rule: Rule) -> dict[str, Rule]:
    """The rule and every rule of a policy whose rules use `holds`; alone when nothing is held."""
    holds = rule.condition is not None and any(isinstance(one, Holds) for one in walk(rule.condition))
    return dict(policy.rules) if holds else {rule.id: rule}
