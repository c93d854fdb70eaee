"""How many people a rule or a condition is about."""

from datetime import date

import pytest

from engine.evaluate.count import condition_at, matches, rules_that_give
from policy.people import Contract, Department, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.unit.dsl.compiling import compile_fine

DAY = date(2026, 3, 1)
RULES = """define nurse as contract.title.code is "N"
define unused as contract.title.code is "D"
define leaving as contract is ended and nurse
rule basic when contract.type.code is "EMP" or nurse grant account in ad end
rule early when nurse starting 14 days before contract.start_date grant permission "E" in ad end
rule nobody when nurse and contract.type.code is "EXT" grant permission "X" in ad end
rule holders when holds account in ad grant permission "H" in ad end
draft rule later for person when person.user_name is known grant permission "L" in ad end
exclude gone when contract.title.code is "D" from ad because "so" end
"""


def contract(number: str, start: date, end: date | None = None, **values: str) -> Contract:
    found = {
        "start_date": start,
        **({"end_date": end} if end else {}),
        **{k.replace("_", "."): v for k, v in values.items()},
    }
    return Contract(number, found)


TOWN = Snapshot.of(
    [
        Person("1", {"user_name": "one"}, (contract("a", date(2026, 1, 1), type_code="EMP"),)),
        Person("2", {}, (contract("b", date(2026, 3, 10), title_code="N"),)),
        Person("3", {}, (contract("c", date(2025, 1, 1), date(2025, 12, 31), title_code="N"),)),
        Person("4", {}, (contract("d", date(2026, 1, 1), title_code="D"),)),
        Person("5", {}),
    ],
    [Department("A")],
)


@pytest.fixture(scope="module")
def policy() -> CheckedPolicy:
    return compile_fine(RULES)


def who(policy: CheckedPolicy, text: str, nth: int = 1) -> list[str]:
    """Numbers of those for whom the condition at the nth place of `text` holds."""
    offset = -1
    for _ in range(nth):
        offset = RULES.index(text, offset + 1)
    line = RULES.count("\n", 0, offset) + 1
    column = offset - RULES.rfind("\n", 0, offset)
    asked = condition_at(policy, "a.ordain", line, column)
    assert asked is not None
    found = matches(policy, TOWN, DAY, asked)
    return [person.external_id for person, holds in zip(TOWN.persons, found, strict=True) if holds]


def test_rules_are_told_person_by_person_drafts_too(policy: CheckedPolicy) -> None:
    assert list(rules_that_give(policy, TOWN, DAY)) == [
        {"basic", "holders", "later"},
        {"early"},
        frozenset(),
        frozenset(),
        frozenset(),
    ]


def test_a_condition_is_counted_in_the_window_of_its_rule(policy: CheckedPolicy) -> None:
    assert who(policy, "nurse starting") == ["2"]
    assert who(policy, "nurse grant account") == []


def test_the_smallest_condition_at_a_place_is_meant(policy: CheckedPolicy) -> None:
    assert who(policy, 'contract.type.code is "EMP"') == ["1"]
    assert who(policy, "or nurse") == ["1"]


def test_a_define_is_asked_of_active_contracts(policy: CheckedPolicy) -> None:
    assert who(policy, 'contract.title.code is "N"') == []
    assert who(policy, 'contract.title.code is "D"') == ["4"]


def test_a_condition_about_the_status_of_contracts_is_asked_of_all(policy: CheckedPolicy) -> None:
    assert who(policy, "and nurse", 1) == ["3"]
    assert who(policy, "contract is ended") == ["3"]


def test_what_somebody_holds_comes_from_the_evaluation(policy: CheckedPolicy) -> None:
    assert who(policy, "holds account") == ["1"]


def test_a_rule_for_person_is_asked_of_the_person(policy: CheckedPolicy) -> None:
    assert who(policy, "person.user_name is known") == ["1"]


def test_an_exclusion_is_asked_too(policy: CheckedPolicy) -> None:
    assert who(policy, 'contract.title.code is "D"', 2) == ["4"]


def test_outside_of_conditions_nothing_is_asked(policy: CheckedPolicy) -> None:
    assert condition_at(policy, "a.ordain", 1, 3) is None
    assert condition_at(policy, "other.ordain", 3, 20) is None
