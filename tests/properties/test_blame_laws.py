"""Laws of merges and of blame, over generated pairs of policies."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compare.blame import Case, find_blame
from engine.compare.meaning import meaning_of
from engine.compare.merging import merge_policies
from engine.evaluate.evaluate import evaluate
from engine.graph.holds import can_be_ordered
from policy.entitlements import Entitlement
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import snapshots

DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))


def entitled(policy: CheckedPolicy, people: Snapshot, day: date) -> set[tuple[str, Entitlement]]:
    return {(key.person, key.entitlement) for key in evaluate(policy, people, day).desired}


@settings(max_examples=25, deadline=None)
@given(policies(), policies(), snapshots(), DAYS)
@pytest.mark.timeout(120)
def test_a_merge_leads_from_base_to_head(base: CheckedPolicy, head: CheckedPolicy, people: Snapshot, day: date) -> None:
    merge = merge_policies(base, head)
    none, every = merge.make(frozenset()), merge.make(frozenset(range(len(merge.edits))))
    assert entitled(none, people, day) == entitled(base, people, day)
    assert entitled(every, people, day) == entitled(head, people, day)


@settings(max_examples=25, deadline=None)
@given(policies(), policies(), snapshots(), DAYS)
@pytest.mark.timeout(120)
def test_the_edits_to_blame_make_the_difference(
    base: CheckedPolicy, head: CheckedPolicy, people: Snapshot, day: date
) -> None:
    merge = merge_policies(base, head)
    before, after = entitled(base, people, day), entitled(head, people, day)
    for who, entitlement in sorted(before ^ after, key=str)[:3]:
        person = people.find_person(who)
        assert person is not None
        blamed = find_blame(merge, Case(entitlement, person, people.departments, day))
        assert blamed
        numbers = {number for number, edit in enumerate(merge.edits) if any(edit is one for one in blamed)}
        chosen = [{number} for number in numbers] + [numbers]
        made = [merge.make(frozenset(one)) for one in chosen]
        flips = [
            ((who, entitlement) in entitled(one, people, day)) is ((who, entitlement) in after)
            for one in made
            if can_be_ordered({name: rule for name, rule in one.rules.items() if not rule.draft})
        ]
        assert all(flips[:-1]) or flips[-1]


@settings(max_examples=40, deadline=None)
@given(policies())
def test_a_policy_means_what_it_means(policy: CheckedPolicy) -> None:
    assert meaning_of(policy.rules) == meaning_of(dict(reversed(policy.rules.items())))
    assert merge_policies(policy, policy).edits == ()
