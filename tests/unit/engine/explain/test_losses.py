from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.explain.losses import explain_losses
from policy.diff import Ended
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.expressions import AllOf, Comparison, Condition, NoOperand, TextOperand
from policy.moments import Duration, Moment, Unit
from policy.people import Person
from policy.rules import Rule, Scope, Template, Window, WindowBound
from policy.snapshot import Snapshot
from tests.properties.strategies.example import ACCOUNT, DAY, bound, contract, give, is_text, permission, rule
from tests.properties.strategies.policies import field, policy_of, span
from tests.properties.strategies.towns import DEPARTMENTS

KEY = EntitlementKey("P1", "ad", Kind.ACCOUNT)
AFTER = date(2026, 4, 1)
WORKER = Person("P1", {}, (contract("C1", "2026-03-01", "2026-03-31", type_code="EMP", title_code="A"),))


def lose(*rules: Rule, person: Person = WORKER, day: date = DAY, key: EntitlementKey = KEY) -> list[str]:
    found = explain_losses(policy_of(*rules), Snapshot.of([person], DEPARTMENTS), day, [key])
    assert found.keys() == {key}
    return [str(one) for one in found[key]]


def when(condition: Condition, rule_id: str = "r", **changes: object) -> Rule:
    return rule(rule_id, give(ACCOUNT), condition=condition, **changes)


def test_a_leaver_loses_it_as_the_window_is_over() -> None:
    assert lose(rule("care", give(ACCOUNT)), day=AFTER) == [
        "care (town.ordain:10), contract C1: the window, 2026-03-01 to 2026-03-31, is over"
    ]


def test_the_window_says_more_than_what_fails_with_it() -> None:
    told = lose(when(is_text("contract.type.code", "EXT")), day=AFTER)

    assert [one.split(": ", 1)[1] for one in told] == ["the window, 2026-03-01 to 2026-03-31, is over"]


@pytest.mark.parametrize(
    ("starting", "words"),
    [
        ("contract.end_date", "the window, 2026-03-31 to 2026-03-31, has not begun"),
        ("contract.custom.until", "the window never begins: its first day is not known"),
    ],
)
def test_a_window_that_has_not_begun(starting: str, words: str) -> None:
    assert lose(rule("r", give(ACCOUNT, Window(bound(starting))))) == [f"r (town.ordain:10), contract C1: {words}"]


def test_a_bound_that_moves_along_with_today_is_told_in_its_words() -> None:
    soon = WindowBound(Moment("today", Duration(14, Unit.DAYS)), span())
    gone = WindowBound(Moment("today", Duration(1, Unit.DAYS), "before"), span())
    endless = replace(WORKER, contracts=(contract("C1", "2026-03-01", None),))

    assert (
        "the window, 14 days after today to 2026-03-31, has not begun"
        in lose(rule("r", give(ACCOUNT, Window(soon))))[0]
    )
    assert (
        "the window, 2026-03-01 to 1 day before today, is over"
        in lose(rule("r", give(ACCOUNT, Window(None, gone))), person=endless)[0]
    )
    assert (
        "14 days after today without an end, has not begun"
        in lose(rule("r", give(ACCOUNT, Window(soon))), person=endless)[0]
    )


def test_a_mover_loses_it_as_the_contract_that_runs_says_otherwise() -> None:
    contracts = (
        contract("C1", "2020-01-01", "2020-12-31", type_code="EMP"),
        contract("C2", "2026-03-01", None, type_code="EXT"),
    )
    told = lose(when(is_text("contract.type.code", "EMP")), person=replace(WORKER, contracts=contracts))

    assert told == ['r (town.ordain:10), contract C2: contract.type.code is "EMP" is false (saw "EXT")']


def test_of_two_contracts_that_are_over_the_later_one_is_told() -> None:
    contracts = (contract("C1", "2020-01-01", "2020-12-31"), contract("C2", "2024-01-01", "2026-02-28"))
    told = lose(rule("r", give(ACCOUNT)), person=replace(WORKER, contracts=contracts))

    assert told == ["r (town.ordain:10), contract C2: the window, 2024-01-01 to 2026-02-28, is over"]


def test_several_rules_that_are_equally_near_are_all_told_up_to_three() -> None:
    told = lose(*(rule(name, give(ACCOUNT)) for name in "abcd"), day=AFTER)

    assert [one.split(" ", 1)[0] for one in told] == ["a", "b", "c"]


def test_the_nearest_rule_alone_is_told() -> None:
    far = when(AllOf((is_text("contract.type.code", "X"), is_text("contract.title.code", "X")), span()), "far")

    assert [one[:4] for one in lose(far, when(is_text("contract.title.code", "X"), "near"))] == ["near"]


def test_a_person_who_is_gone() -> None:
    stranger = EntitlementKey("P7", "ad", Kind.ACCOUNT)

    assert lose(rule("r", give(ACCOUNT)), key=stranger) == ["the person is gone from the sources"]


def test_nothing_grants_it_any_more() -> None:
    assert lose(rule("r", give(permission("X")))) == ["no rule grants it any more"]


def test_a_rule_that_became_a_draft() -> None:
    draft = rule("r", give(ACCOUNT), draft=True)
    snapshot = Snapshot.of([WORKER], DEPARTMENTS)

    assert lose(draft) == ["r (town.ordain:10): the rule is a draft: it grants nothing yet"]
    assert explain_losses(policy_of(draft), snapshot, DAY, [KEY], include_drafts=True) == {KEY: ()}


def test_a_person_without_a_primary_contract() -> None:
    told = lose(rule("r", give(ACCOUNT), scope=Scope.PRIMARY_CONTRACT), person=Person("P1"))

    assert told == ["r (town.ordain:10): the person has no primary contract, and the rule speaks of one"]


def test_what_is_desired_after_all_has_no_such_reason() -> None:
    assert lose(rule("r", give(ACCOUNT))) == []


def test_private_values_never_stand_in_a_reason() -> None:
    town = Comparison(
        field("person.contact.personal.address.locality"), "is", TextOperand("X"), negated=False, span=span()
    )
    person = replace(WORKER, values={"contact.personal.address.locality": "Hometown"})
    named = rule("n", give(Template("ad", Kind.PERMISSION, ("GG-", town.field), span())))
    other = EntitlementKey.of("P1", Entitlement("ad", Kind.PERMISSION, "GG-Elsewhere"))
    (by_condition,) = lose(when(town), person=person)
    (by_name,) = lose(named, person=person, key=other)

    assert by_condition.endswith("is false (saw a hidden value)")
    assert by_name.endswith(
        'it gives permission "GG-{person.contact.personal.address.locality}" in ad with a hidden value,'
        ' not permission "GG-Elsewhere" in ad'
    )


def test_a_private_value_that_is_unknown_is_hidden_too() -> None:
    known = Comparison(field("person.contact.personal.email"), "known", NoOperand(), negated=False, span=span())

    assert lose(when(known)) == [
        "r (town.ordain:10), contract C1: person.contact.personal.email is known is false (saw a hidden value)"
    ]


def test_everybody_is_told_apart() -> None:
    people = [WORKER, replace(WORKER, external_id="P2", contracts=())]
    keys = [replace(KEY, person=one) for one in ("P3", "P2", "P1", "P1")]
    found = explain_losses(policy_of(rule("r", give(ACCOUNT))), Snapshot.of(people, ()), AFTER, keys)

    assert list(found) == sorted(set(keys))
    assert found[keys[0]] == (Ended("the person is gone from the sources"),)
    assert "has no contract" in str(found[keys[1]][0])
    assert "is over" in str(found[keys[2]][0])
