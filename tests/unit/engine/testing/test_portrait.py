"""A real person drawn for a test: what decides stays, what does not goes, and the test passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from engine.testing.portrait import Portrait, draw_person
from engine.testing.run import run_test
from policy.canonical import Value
from policy.people import Contract, DataProblem, Department, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.testing import Expected, PolicyTest
from tests.builders.played import PLACE, contract, policy_of

RULES = """
field person.custom.vip is flag
field contract.custom.level is number
field contract.type.code is one of "EMP", "INT" required
rule birthright "Everybody"
    when contract.department is "CARE" or below
    ending 30 days after contract.end_date
    grant account in ad
    grant permission "TITLE-{contract.title.code}" in ad
end
rule leaders "Leaders"
    when contract.custom.level is at least 3 or person.custom.vip
    grant permission "SEC-Lead" in ad
end
draft rule rota "Rota"
    grant permission "SEC-Rota" in ad
end
"""
DAY = date(2026, 6, 1)
UNITS = (Department("HQ", "C1", "Head office"), Department("CARE", parent_external_id="HQ"), Department("ICT"))
VALUES: dict[str, Value] = {
    "display_name": "Iris Bakker",
    "contact.personal.email": "i@post.example",
    "custom.vip": True,
}
JOB = contract("C1", "2020-01-01", title_code="NURSE", type_code="EMP", department="CARE", team_name="Blue")
IRIS = Person("1001", VALUES, (JOB,))


def draw(person: Person, rules: str = RULES) -> tuple[CheckedPolicy, Portrait]:
    policy = policy_of(rules)
    return policy, draw_person(policy, Snapshot.of([person], UNITS), person, DAY)


def said(portrait: Portrait) -> list[tuple[Expected, list[str], tuple[str, ...]]]:
    day = portrait.day.expectations
    return [(one.expected, [str(each) for each in one.entitlements], one.because) for one in day]


def test_only_what_rules_look_at_is_drawn() -> None:
    _, portrait = draw(IRIS)

    assert portrait.person.person.values == {"custom.vip": True}
    (drawn,) = portrait.person.person.contracts
    assert [*drawn.values] == ["department.external_id", "start_date", "title.code", "type.code"]
    assert portrait.departments == (Department("CARE", parent_external_id="HQ"), Department("HQ"))
    assert portrait.private == ()


def test_what_the_person_gets_is_expected_drafts_included() -> None:
    policy, portrait = draw(IRIS)

    everything = ["account in ad", 'permission "SEC-Lead" in ad', 'permission "SEC-Rota" in ad']
    everything.append('permission "TITLE-NURSE" in ad')
    assert said(portrait) == [
        (Expected.ENTITLED, [everything[0]], ("birthright",)),
        (Expected.ENTITLED, [everything[1]], ("leaders",)),
        (Expected.ENTITLED, [everything[2]], ("rota",)),
        (Expected.ENTITLED, [everything[3]], ("birthright",)),
        (Expected.ONLY, everything, ()),
    ]
    test = PolicyTest("t", portrait.departments, (portrait.person,), (), (portrait.day,), PLACE)
    assert run_test(policy, test, {}).passed


def test_somebody_without_a_job_gets_nothing() -> None:
    _, portrait = draw(Person("1002"))

    assert said(portrait) == [(Expected.NOTHING, [], ())]


def test_contracts_that_decide_nothing_any_more_are_left_out() -> None:
    past, recent = (
        contract("C0", "2010-01-01", "2019-12-31"),
        contract("C2", "2020-01-01", "2026-05-20", type_code="INT"),
    )

    _, portrait = draw(replace(IRIS, contracts=(past, JOB, recent)))

    assert [one.external_id for one in portrait.person.person.contracts] == ["C1", "C2"]


PRIMARY = """
rule lead "Leads"
    for primary contract
    when person.primary_manager is known
    grant account in ad
end
"""


def test_the_order_of_contracts_and_the_manager_are_kept_where_they_decide() -> None:
    full = Contract("C1", {**JOB.values, "details.fte": Decimal(1), "manager": "M1", "details.percentage": Decimal(9)})
    half = Contract("C2", {**JOB.values, "details.fte": Decimal("0.5"), "manager": "M2"})

    _, single = draw(replace(IRIS, contracts=(full,)), PRIMARY)
    _, several = draw(replace(IRIS, contracts=(full, half)), PRIMARY)

    assert [*single.person.person.contracts[0].values] == ["manager", "start_date"]
    assert {"details.fte", "details.percentage", "manager"} <= several.person.person.contracts[0].values.keys()
    assert several.person.person.values == {}


def test_somebody_frozen_by_an_exclusion() -> None:
    ceo = 'exclude ceo "By hand"\n    person "1001"\n    from all targets\n    because "Board"\nend\n'

    _, portrait = draw(IRIS, RULES + ceo)

    assert said(portrait)[0] == (Expected.FROZEN, [], ("ceo",))


@pytest.mark.parametrize("type_code", [None, "VOL"])
def test_a_value_the_policy_does_not_know_leaves_the_freeze_and_not_itself(type_code: str | None) -> None:
    values = {name: value for name, value in JOB.values.items() if name != "type.code"}
    job = Contract("C1", values if type_code is None else {**values, "type.code": type_code})

    _, portrait = draw(replace(IRIS, contracts=(job,)))

    assert "type.code" not in portrait.person.person.contracts[0].values
    assert said(portrait)[0] == (Expected.FROZEN, [], ())


def test_what_a_test_cannot_say_is_left_out_and_told() -> None:
    problem = DataProblem("ORD0560", "contract.department", "there is no department W9", "C1")
    below_zero = Contract("C1", {**JOB.values, "custom.level": Decimal(-1)})

    _, frozen = draw(replace(IRIS, problems=(problem,)))
    _, colder = draw(replace(IRIS, contracts=(below_zero,)))

    assert [one.expected for one in frozen.left_out] == [Expected.FROZEN]
    assert "custom.level" not in colder.person.person.contracts[0].values
    assert colder.left_out == ()


def test_private_fields_that_rules_look_at_are_named() -> None:
    rules = 'rule mail "Mail"\n    when person.contact.personal.email is known\n    grant account in ad\nend\n'

    _, portrait = draw(IRIS, rules)

    assert portrait.private == ("person.contact.personal.email",)
