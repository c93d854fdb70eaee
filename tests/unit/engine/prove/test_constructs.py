"""Each construct of the language in a question of its own."""

import pytest

from engine.prove.questions import (
    can_be_entitled,
    can_be_entitled_to_both,
    can_fail,
    can_hold,
    differs,
    is_covered,
)
from policy.entitlements import Entitlement, Kind
from policy.people import Department
from policy.proofs import Budget, Family, Outcome, Verdict
from policy.rules import Scope
from tests.unit.dsl.compiling import compile_fine, rule_when

ACCOUNT = Entitlement("ad", Kind.ACCOUNT)
ACCESS = Entitlement("ad", Kind.ACCESS)
FIELDS = (
    'field contract.type.code is one of "EMP", "EXT" required\n'
    "field person.custom.vip is flag\nfield person.custom.level is number\nfield person.custom.until is date\n"
)  # fmt: skip


def outcome_of(condition: str, scope: str = "any contract") -> Outcome:
    """Whether a rule with this condition can grant anything."""
    policy = compile_fine(FIELDS + rule_when(condition, scope))
    return can_be_entitled(policy, ACCOUNT, budget=Budget(solver_steps=0)).outcome


@pytest.mark.parametrize(
    ("condition", "scope"),
    [
        ('contract.type.code not in ("EMP", "EXT")', "any contract"),
        ("contract.type.code is unknown", "any contract"),
        ('contract.title.code is "A" and not contract.title.code is "A"', "any contract"),
        ('contract.title.code is "A" and contract.title.code is unknown', "any contract"),
        ('contract.title.code starts with "AB" and contract.title.code matches "A[^B].*"', "any contract"),
        ("person.custom.level is at least 2 and person.custom.level is less than 2", "any contract"),
        ("person.custom.vip and person.custom.vip is false", "person"),
        ("contract is active and contract is ended", "any contract"),
        ("contract is future", "any contract"),  # outside its window
        ("contract.start_date is after today", "primary contract"),
        ('any contract has (contract.title.code is "A") and no contract has (contract.title.code is known)', "person"),
        ("person.custom.until is before today and person.custom.until is on or after 2199-12-31", "person"),
        ("contract.start_date is after 1 month after today", "any contract"),
        ('contract.department is "A" and contract.department is not "A" or below', "any contract"),
        ("contract.end_date is before contract.start_date", "any contract"),  # a window that is over when it begins
    ],
)  # fmt: skip
def test_nobody(condition: str, scope: str) -> None:
    assert outcome_of(condition, scope) is Outcome.NO


@pytest.mark.parametrize(
    ("condition", "scope"),
    [
        ('contract.title.code is not "A" and contract.title.code does not start with "B"', "any contract"),
        ('contract.title.code starts with "AB" and contract.title.code matches "A.*C" ', "any contract"),
        ("person.custom.level is more than 2 and person.custom.level is less than 2.1", "any contract"),
        ("none of (person.custom.vip, person.custom.vip is false)", "person"),
        ('contract.title.code is "A" and any contract has (contract.title.code is "B")', "any contract"),
        ('contract.title.code is "A" and any contract has (contract is future)', "every contract"),
        ('contract.title.code is "A" and any contract has (contract.title.code is "B" and contract is active)',
         "primary contract"),
        ('contract.department is "A" or below and contract.department is "B" or below', "any contract"),
        ("contract.start_date is on or before 1 month before today and contract.start_date is after 30 days before today",  # noqa: E501  # one condition
         "any contract"),
        ('contract.department is "A" or below and contract.department is not "A"', "any contract"),
        ('contract.department is "A" or below and contract.department not in ("A", "B")', "any contract"),
        ('person.primary_manager is "9"', "any contract"),
    ],
)  # fmt: skip
def test_somebody(condition: str, scope: str) -> None:
    assert outcome_of(condition, scope) is Outcome.YES


def test_two_contracts_are_needed_for_two_titles() -> None:
    policy = compile_fine(
        'rule a\n    when contract.title.code is "A"\n    grant account in ad\nend\n'
        'rule b\n    when contract.title.code is "B"\n    grant access in ad\nend\n'
    )
    answer = can_be_entitled_to_both(policy, ACCOUNT, ACCESS)
    assert answer.witness is not None
    assert len(answer.witness.person.contracts) == 2


def test_one_primary_contract_has_one_title() -> None:
    policy = compile_fine(
        'rule a\n    for primary contract\n    when contract.title.code is "A"\n    grant account in ad\nend\n'
        'rule b\n    for primary contract\n    when contract.title.code is "B"\n    grant access in ad\nend\n'
    )
    assert can_be_entitled_to_both(policy, ACCOUNT, ACCESS).outcome is Outcome.NO


def test_an_active_contract_stands_before_one_that_is_over() -> None:
    policy = compile_fine(
        "rule a\n    for primary contract\n    when contract is ended\n    starting 2000-01-01\n    ending never\n"
        "    grant account in ad\nend\nrule b\n    for person\n    when any contract has (contract is active)\n"
        "    grant access in ad\nend\n"
    )
    assert can_be_entitled_to_both(policy, ACCOUNT, ACCESS).outcome is Outcome.NO


def test_what_is_held_has_to_be_granted_by_somebody() -> None:
    chain = compile_fine(
        'rule a\n    when contract.title.code is "A"\n    grant account in ad\nend\n'
        "rule b\n    for every contract\n    when holds account in ad and contract.title.code is unknown\n"
        "    grant access in ad\nend\n"
    )
    assert can_be_entitled(chain, ACCESS).outcome is Outcome.NO
    assert can_be_entitled(compile_fine(rule_when("holds access in ad")), ACCOUNT).outcome is Outcome.NO


def test_windows_of_a_rule_and_of_a_grant() -> None:
    def policy(bound: str) -> str:
        return f"rule r\n    starting 14 days before contract.start_date\n    grant account in ad{bound}\nend\n"

    base, same = compile_fine(policy("")), compile_fine(policy(" starting 2 weeks before contract.start_date"))
    assert differs(base, same, ACCOUNT).verdict is Verdict.SAME
    assert differs(base, compile_fine(policy(" ending never")), ACCOUNT).verdict is Verdict.WIDENED
    assert differs(base, compile_fine(policy(" starting contract.start_date")), ACCOUNT).verdict is Verdict.NARROWED
    shifted = compile_fine(policy(" starting 3 days after contract.start_date ending 1 day after contract.end_date"))
    assert differs(base, shifted, ACCOUNT).verdict is Verdict.MIXED


def test_a_table_is_the_same_as_rules_of_its_rows() -> None:
    table = compile_fine(
        'rule r\n    grant by contract.title.code in ad\n        "A", "B" -> account\n        otherwise -> access\n'
        "    end\nend\n"
    )
    rows = compile_fine(
        'rule a\n    when contract.title.code in ("A", "B")\n    grant account in ad\nend\n'
        'rule b\n    when contract.title.code not in ("A", "B")\n    grant access in ad\nend\n'
    )
    assert [differs(table, rows, one).verdict for one in (ACCOUNT, ACCESS)] == [Verdict.SAME, Verdict.SAME]


def test_a_family_is_narrowed_where_one_of_its_names_is() -> None:
    def policy(condition: str) -> str:
        return f'rule r\n    {condition}\n    grant permission "G-{{contract.title.code}}" in ad\nend\n'

    base, family = compile_fine(policy("")), Family("ad", "G-{contract.title.code}")
    assert differs(base, compile_fine(policy("when contract.title.code is known")), family).verdict is Verdict.SAME
    narrowed = differs(base, compile_fine(policy('when contract.title.code is not "B"')), family)
    assert narrowed.verdict is Verdict.NARROWED
    assert narrowed.losses.witness is not None
    assert narrowed.losses.witness.entitlement == Entitlement("ad", Kind.PERMISSION, "G-B")


def test_departments_that_are_given_leave_nothing_to_imagine() -> None:
    policy = compile_fine(rule_when('contract.department is "A" or below and contract.department is "B" or below'))
    apart = (Department("A"), Department("B"))
    below = (Department("A"), Department("B", parent_external_id="A"))
    assert can_be_entitled(policy, ACCOUNT).outcome is Outcome.YES
    assert can_be_entitled(policy, ACCOUNT, tree=apart).outcome is Outcome.NO
    assert can_be_entitled(policy, ACCOUNT, tree=below).outcome is Outcome.YES
    assert can_be_entitled(policy, ACCOUNT, tree=()).outcome is Outcome.NO


def test_a_condition_that_is_always_true() -> None:
    policy = compile_fine(FIELDS + rule_when('contract.type.code is "EMP" or contract.type.code is "EXT"'))
    condition = policy.rules["r"].condition
    assert condition is not None
    assert can_hold(policy, condition, Scope.ANY_CONTRACT).outcome is Outcome.YES
    assert can_fail(policy, condition, Scope.ANY_CONTRACT).outcome is Outcome.NO


def test_a_rule_that_others_cover_together_names_them() -> None:
    text = "".join(
        f"rule {name}\n    when contract.type.code {values}\n    grant account in ad\nend\n"
        for name, values in (("everybody", "is known"), ("emp", 'is "EMP"'), ("ext", 'is "EXT"'), ("other", 'is "EMP"'))
    )
    covered = is_covered(compile_fine(FIELDS + text), "everybody")
    assert covered.answer.outcome is Outcome.NO
    assert covered.by == ("ext", "other")
    assert is_covered(compile_fine(FIELDS + text), "ext").by == ("everybody",)


def test_past_the_budget_nothing_is_said() -> None:
    policy = compile_fine(FIELDS + rule_when('contract.type.code is "EMP" and contract.title.code starts with "A"'))
    answer = can_be_entitled(policy, ACCOUNT, budget=Budget(3, 0))
    assert answer.outcome is Outcome.UNDECIDED
    assert answer.why == "the budget of 3 cases is used up"


@pytest.mark.parametrize(
    "way", ["primary contract", "department of primary contract", "department of primary contract, or above"]
)
def test_a_primary_manager_is_found_in_every_way(way: str) -> None:
    head = (
        f'policy "Test"\n    language 1\n    timezone "UTC"\n    primary manager from {way}\nend\ntarget ad "AD"\nend\n'
    )
    some = rule_when('person.primary_manager is "9" and no contract has (contract.title.code is "A")', "person")
    assert can_be_entitled(compile_fine(some, head=head), ACCOUNT, budget=Budget(solver_steps=0)).outcome is Outcome.YES
    none = rule_when(
        "person.primary_manager is known"
        " and no contract has (contract.department is known or contract.manager is known)",
        "person",
    )
    assert can_be_entitled(compile_fine(none, head=head), ACCOUNT, budget=Budget(solver_steps=0)).outcome is Outcome.NO


def test_linked_dates_beside_others_and_a_day_of_the_calendar() -> None:
    policy = compile_fine(
        FIELDS
        + rule_when(
            "contract.end_date is before 20 days after contract.start_date and person.custom.until is after 2026-02-01"
            " and person.custom.until is before 3 days before today"
        )
    )
    assert can_be_entitled(policy, ACCOUNT, budget=Budget(solver_steps=0)).outcome is Outcome.YES
