"""Real people: who gains or loses what, and from which day on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from engine.compare.entitlements import Sides
from engine.compare.persons import person_changes
from engine.evaluate.evaluate import evaluate
from policy.comparison import PersonChange
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.people import Contract, DataProblem, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import snapshots
from tests.unit.dsl.compiling import compile_fine

AD = Entitlement("ad", Kind.ACCOUNT)
DAY, LAST = date(2026, 3, 2), date(2026, 5, 31)
RULE = """
rule r "R"
    when contract.type.code is "EMP"
    starting {} days before contract.start_date
    grant account in ad
end
"""


def quiet(_done: int, _total: int) -> None:
    pass


def person(number: str, start: str, end: str | None = None, code: str = "EMP", *problems: DataProblem) -> Person:
    dates = {"start_date": date.fromisoformat(start)} | ({"end_date": date.fromisoformat(end)} if end else {})
    return Person(number, {}, (Contract("C1", {"type.code": code, **dates}),), problems)


def changes(base: CheckedPolicy, head: CheckedPolicy, *people: Person, until: date = LAST) -> tuple[PersonChange, ...]:
    sides = Sides(base, head)
    return person_changes(sides, sides.compared, Snapshot.of(people, []), (DAY, until), progress=quiet)


def test_the_first_day_on_which_it_matters_is_told() -> None:
    base, head = compile_fine(RULE.format(7)), compile_fine(RULE.format(14))
    here = person("1", "2026-03-12")
    soon = person("2", "2026-04-20")
    far = person("3", "2026-08-01")
    long_here = person("4", "2020-01-01")
    assert changes(base, head, here, soon, far, long_here) == (
        PersonChange("1", AD, gains=True, first=DAY),
        PersonChange("2", AD, gains=True, first=date(2026, 4, 6)),
    )
    assert changes(head, base, soon) == (PersonChange("2", AD, gains=False, first=date(2026, 4, 6)),)
    assert changes(base, head, soon, until=date(2026, 4, 5)) == ()


def test_who_is_left_alone_is_marked() -> None:
    base, head = compile_fine(""), compile_fine(RULE.format(14))
    frozen = person("1", "2026-03-12", None, "EMP", DataProblem("ORD0501", "person.x", "no"))
    excluded = compile_fine(RULE.format(14) + 'exclude e "E"\n person "2"\n from ad\n because "x"\nend\n')
    found = changes(base, head, frozen, person("2", "2020-01-01"))
    assert [(one.person, one.left_alone) for one in found] == [("1", True), ("2", False)]
    found = changes(base, excluded, frozen, person("2", "2020-01-01"))
    assert [(one.person, one.left_alone) for one in found] == [("1", True), ("2", True)]


def test_data_problems_of_long_ago_freeze_as_the_whole_policy_says() -> None:
    other = 'rule o "O"\n    ending 3 years after contract.end_date\n    grant permission "X" in ad\nend\n'
    base, head = compile_fine(other), compile_fine(other + RULE.format(14))
    old = Contract("C0", {"start_date": date(2020, 1, 1), "end_date": date(2025, 1, 1), "type.code": "EMP"})
    now = person("1", "2026-03-01").contracts[0]
    problem = DataProblem("ORD0501", "contract.x", "no", "C0")
    found = person_changes(
        Sides(base, head), [AD], Snapshot.of([Person("1", {}, (old, now), (problem,))], []), (DAY, DAY), progress=quiet
    )
    assert [one.left_alone for one in found] == [True]


def test_progress_counts_people() -> None:
    told: list[tuple[int, int]] = []
    policy = compile_fine(RULE.format(14))
    people = [person(str(number), "2026-03-12") for number in range(3)]
    sides = Sides(policy, policy)
    person_changes(sides, [AD], Snapshot.of(people, []), (DAY, DAY), progress=lambda *one: told.append(one))
    assert told == [(0, 3), (1, 3), (2, 3)]


@settings(max_examples=40, deadline=None)
@given(policies(), policies(), snapshots())
@pytest.mark.timeout(120)
def test_it_is_what_evaluation_says_on_every_day(base: CheckedPolicy, head: CheckedPolicy, people: Snapshot) -> None:
    first, days = date(2026, 2, 20), 40
    wanted: dict[tuple[EntitlementKey, bool], date] = {}
    for number in range(days + 1):
        day = first + timedelta(days=number)
        before, after = (evaluate(policy, people, day).desired.keys() for policy in (base, head))
        for key in after - before:
            wanted.setdefault((key, True), day)
        for key in before - after:
            wanted.setdefault((key, False), day)
    sides = Sides(base, head)
    found = person_changes(sides, sides.compared, people, (first, first + timedelta(days=days)), progress=quiet)
    assert {(EntitlementKey.of(one.person, one.entitlement), one.gains): one.first for one in found} == wanted
