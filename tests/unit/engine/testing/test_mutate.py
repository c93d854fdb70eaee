"""Mutants: every small change there is, and none that breaks the policy."""

from __future__ import annotations

from datetime import date

import pytest

from dsl.compile import compile_policy
from engine.evaluate.evaluate import evaluate
from engine.testing.mutate import mutants_of
from policy.people import Contract, Department, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.source import SourceFile

HEAD = 'policy "Test" language 1 timezone "UTC" end\ntarget ad "AD" end\nfield person.custom.end is date\n'


def compiled(text: str) -> CheckedPolicy:
    compilation = compile_policy([SourceFile.from_text("rules.ordain", HEAD + text)], {})
    assert compilation.policy is not None, compilation.diagnostics
    return compilation.policy


def changes(text: str) -> list[str]:
    return [one.text for one in mutants_of(compiled(text))]


def condition_changes(condition: str) -> list[str]:
    found = changes(f"rule r for person when {condition} grant account in ad end")
    return [one for one in found if one not in {"without `grant account in ad`", "without any condition"}]


def test_a_rule_without_anything() -> None:
    assert changes("rule r grant account in ad end") == [
        "`for every contract` in place of `for any contract`",
        "`starting 1 day before contract.start_date`",
        "`starting 1 day after contract.start_date`",
        "`ending 1 day before contract.end_date`",
        "`ending 1 day after contract.end_date`",
        "without `grant account in ad`",
    ]


def test_bounds_move_by_a_day_or_by_one_of_their_unit() -> None:
    text = """rule r starting 2 weeks before contract.start_date
    ending 1 month after contract.end_date grant account in ad end"""
    found = [one for one in changes(text) if "ing " in one]
    assert found == [
        "`starting 15 days before contract.start_date`",
        "`starting 13 days before contract.start_date`",
        "`ending contract.end_date`",
        "`ending 2 months after contract.end_date`",
    ]


def test_a_bound_that_no_grant_goes_by_is_left_alone() -> None:
    text = """rule r starting 1 day before contract.start_date ending never
    grant account in ad starting contract.start_date end"""
    assert [one for one in changes(text) if "ing " in one] == [
        "`ending contract.end_date`",
        "`grant account in ad`: `starting 1 day before contract.start_date`",
        "`grant account in ad`: `starting 1 day after contract.start_date`",
    ]


@pytest.mark.parametrize(("scope", "other"), [("every", "any"), ("any", "every"), ("primary", "any")])
def test_scopes(scope: str, other: str) -> None:
    words = f"`for {other} contract` in place of `for {scope} contract`"
    assert words in changes(f"rule r for {scope} contract grant account in ad end")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("person.excluded", ["`person.excluded is false` in place of `person.excluded is true`"]),
        (
            'person.user_name in ("A", "B")',
            [
                '`person.user_name in ("B")` in place of `person.user_name in ("A", "B")`',
                '`person.user_name in ("A")` in place of `person.user_name in ("A", "B")`',
            ],
        ),
        ("person.user_name is known", ["`person.user_name is unknown` in place of `person.user_name is known`"]),
        (
            "person.custom.end is before 2000-02-28",
            [
                "`person.custom.end is on or before 2000-02-28` in place of `person.custom.end is before 2000-02-28`",
                "`person.custom.end is before 2000-02-29` in place of `person.custom.end is before 2000-02-28`",
            ],
        ),
        (
            "any contract has (contract is active)",
            [
                "`no contract has (contract is active)` in place of `any contract has (contract is active)`",
                "`contract is not active` in place of `contract is active`",
            ],
        ),
        (
            "not person.excluded",
            [
                "`person.excluded is true` in place of `not (person.excluded is true)`",
                "`person.excluded is false` in place of `person.excluded is true`",
            ],
        ),
    ],
)
def test_conditions(condition: str, found: list[str]) -> None:
    assert condition_changes(condition) == found


def test_each_part_is_left_out_once() -> None:
    found = condition_changes("person.excluded and (person.status.blocked or person.user_name is known)")
    assert [one for one in found if one.startswith("without")] == [
        "without `person.excluded is true`",
        "without `any of (person.status.blocked is true, person.user_name is known)`",
        "without `person.status.blocked is true`",
        "without `person.user_name is known`",
    ]


def test_tables_lose_one_row_at_a_time() -> None:
    text = """rule r grant account in ad grant by contract.title.code in ad
        "A" -> permission "X"
        "B" -> permission "Y"
        otherwise -> permission "Z"
    end end"""
    found = changes(text)
    assert [one for one in found if "row" in one] == [
        'without the row "A"',
        'without the row "B"',
        "without the row `otherwise`",
    ]
    assert "without `grant by contract.title.code`" in found


def test_a_define_is_changed_for_all_that_use_it() -> None:
    text = """define emp as contract.type.code is "EMP"
rule a when emp grant account in ad end
rule b when not emp grant permission "B" in ad end
"""
    policy = compiled(text)
    (mutant,) = [one for one in mutants_of(policy) if one.owner == "emp"]
    assert mutant.place.at == "rules.ordain:4"
    snapshot = Snapshot.of(
        [Person("P1", {}, (Contract("C1", {"type.code": "EMP", "start_date": date(2026, 1, 1)}),))], [Department("D")]
    )
    before = {key.name for key in evaluate(policy, snapshot, date(2026, 2, 1)).desired}
    after = {key.name for key in evaluate(mutant.policy, snapshot, date(2026, 2, 1)).desired}
    assert (before, after) == ({""}, {"B"})


def test_mutants_can_be_evaluated_and_differ_from_the_rules() -> None:
    text = """define d as contract.department in ("A", "B") or below
rule r for every contract when d and contract.start_date is on or before 3 months before today
    and none of (holds permission "P" in ad, contract.details.fte is at least 0.8) grant account in ad end
rule p grant permission "P" in ad end"""
    policy = compiled(text)
    found = [*mutants_of(policy)]
    assert len({one.text for one in found if one.owner == "r"}) == len([one for one in found if one.owner == "r"])
    person = Person("P1", {}, (Contract("C1", {"department.external_id": "A", "start_date": date(2020, 1, 1)}),))
    snapshot = Snapshot.of([person], [Department("A")])
    for one in found:
        assert (one.policy.rules, one.policy.defines) != (policy.rules, policy.defines)
        evaluate(one.policy, snapshot, date(2026, 2, 1))
