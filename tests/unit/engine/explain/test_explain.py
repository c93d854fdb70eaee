from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from engine.explain.explain import explain
from engine.explain.text import explanation_text
from policy.canonical import canonical_json
from policy.entitlements import Entitlement, Kind
from policy.explanations import Answer, GrantExplained, explanation_json
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    HasContract,
    Holds,
    Named,
    NoneOf,
    NoOperand,
    Not,
    TextOperand,
)
from policy.people import DataProblem, Person
from policy.rules import Exclusion, Grant, Rule, Scope, TableGrant, Window
from policy.snapshot import Snapshot
from tests.properties.strategies.example import (
    ACCOUNT,
    DAY,
    GROUP,
    bound,
    contract,
    example_policy,
    example_snapshot,
    give,
    is_text,
    permission,
    rule,
)
from tests.properties.strategies.policies import field, policy_of, span
from tests.properties.strategies.towns import DEPARTMENTS

AD_ACCOUNT = Entitlement("ad", Kind.ACCOUNT)
WORKER = Person("P1", {}, (contract("C1", "2026-03-01", "2026-03-31", type_code="EMP", title_code="A"),))


def ask(
    *rules: Rule, person: Person = WORKER, day: date = DAY, entitlement: Entitlement = AD_ACCOUNT, reveal: bool = False
) -> Answer:
    snapshot = Snapshot.of([person], DEPARTMENTS)
    told = explain(policy_of(*rules), snapshot, "P1", day, entitlement=entitlement, reveal_private=reveal)
    (answer,) = told.answers
    return answer


def nearest(
    *rules: Rule, person: Person = WORKER, day: date = DAY, entitlement: Entitlement = AD_ACCOUNT
) -> GrantExplained:
    answer = ask(*rules, person=person, day=day, entitlement=entitlement)
    assert not answer.entitled
    return answer.nearest[0]


def when(condition: Condition, rule_id: str = "r", **changes: object) -> Rule:
    return rule(rule_id, give(ACCOUNT), condition=condition, **changes)


def test_why_names_rule_place_contract_window_and_every_value_seen() -> None:
    answer = ask(when(AllOf((is_text("contract.type.code", "EMP"), is_text("contract.title.code", "A")), span(7))))

    (grant,) = answer.because
    (attempt,) = grant.attempts
    assert (grant.rule, grant.at, grant.grant_at) == ("r", "town.ordain:10", "town.ordain:11")
    assert attempt.contract == "C1"
    assert attempt.window is not None
    assert (attempt.window.first, attempt.window.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert attempt.condition is not None
    assert [(part.text, part.saw, part.verdict) for part in attempt.condition.parts] == [
        ('contract.type.code is "EMP"', '"EMP"', True),
        ('contract.title.code is "A"', '"A"', True),
    ]


def test_why_not_names_the_nearest_rule_and_what_failed_there() -> None:
    far = when(AllOf((is_text("contract.type.code", "EXT"), is_text("contract.title.code", "B")), span()), "a-far")
    near = when(AllOf((is_text("contract.type.code", "EMP"), is_text("contract.title.code", "B")), span()), "near")
    answer = ask(far, near)

    assert [(one.rule, one.distance) for one in answer.nearest] == [("near", 1), ("a-far", 2)]
    assert [one.text for one in answer.nearest[0].failures] == ['contract.title.code is "B" is false (saw "A").']


def test_why_not_outside_the_window() -> None:
    (failure,) = nearest(rule("r", give(ACCOUNT)), day=date(2026, 4, 1)).failures

    assert (failure.kind, failure.contract) == ("window", "C1")
    assert failure.text == "2026-04-01 lies outside the window, 2026-03-01 to 2026-03-31."


def test_why_not_when_the_window_is_open_or_never_begins() -> None:
    late = Person("P1", {}, (contract("C1", "2026-05-01", None),))
    (open_ended,) = nearest(rule("r", give(ACCOUNT)), person=late).failures
    (never,) = nearest(rule("r", give(ACCOUNT, Window(bound("contract.custom.until"))))).failures

    assert "2026-05-01 without an end" in open_ended.text
    assert "never begins" in never.text


def test_a_draft_is_told_as_a_draft() -> None:
    grant = nearest(rule("r", give(ACCOUNT), draft=True))

    assert [one.kind for one in grant.failures] == ["draft"]


@pytest.mark.parametrize(
    ("scope", "word"), [(Scope.ANY_CONTRACT, "no contract"), (Scope.PRIMARY_CONTRACT, "no primary")]
)
def test_a_person_without_contracts(scope: Scope, word: str) -> None:
    (failure,) = nearest(rule("r", give(ACCOUNT), scope=scope), person=Person("P1")).failures

    assert failure.kind == "scope"
    assert word in failure.text


def test_every_contract_blames_the_other_one() -> None:
    other = contract("C2", "2026-03-01", None, type_code="EXT")
    person = replace(WORKER, contracts=(*WORKER.contracts, other))
    grant = nearest(when(is_text("contract.type.code", "EMP"), scope=Scope.EVERY_CONTRACT), person=person)

    assert [(one.contract, one.kind) for one in grant.failures] == [("C2", "condition")]


def test_a_name_that_comes_out_otherwise() -> None:
    other = Entitlement("ad", Kind.PERMISSION, "GG-B")
    (failure,) = nearest(rule("r", give(GROUP)), entitlement=other).failures
    nameless = Person("P1", {}, (contract("C1", "2026-03-01", None),))
    (missing,) = nearest(rule("r", give(GROUP)), person=nameless, entitlement=other).failures

    assert failure.text == 'It gives permission "GG-A" in ad, not permission "GG-B" in ad.'
    assert missing.text.startswith("contract.title.code has no value to fill in")


def test_a_table_that_gives_something_else() -> None:
    table = TableGrant(field("contract.title.code"), {"B": (permission("ROW-B"),)}, (), Window(), span())
    (failure,) = nearest(rule("r", table), entitlement=Entitlement("ad", Kind.PERMISSION, "ROW-B")).failures

    assert "The table by contract.title.code" in failure.text


def test_nothing_grants_such_a_thing() -> None:
    answer = ask(rule("r", give(ACCOUNT)), entitlement=Entitlement("erp", Kind.ACCOUNT))

    assert (answer.entitled, answer.because, answer.nearest) == (False, (), ())


@pytest.mark.parametrize(
    ("condition", "distance", "failures"),
    [
        (AnyOf((is_text("contract.type.code", "X"), is_text("contract.type.code", "Y")), span()), 1, 2),
        (Not(is_text("contract.type.code", "EMP"), span()), 1, 1),
        (Named("outsiders", is_text("contract.type.code", "EXT"), span()), 1, 1),
        (NoneOf((is_text("contract.type.code", "EMP"), is_text("contract.title.code", "A")), span()), 2, 2),
        (Not(NoneOf((is_text("contract.type.code", "X"),), span()), span()), 1, 1),
        (Not(AllOf((is_text("contract.type.code", "EMP"), is_text("contract.title.code", "A")), span()), span()), 1, 2),
        (Not(AnyOf((is_text("contract.type.code", "EMP"), is_text("contract.title.code", "A")), span()), span()), 2, 2),
        (Not(AllOf((), span()), span()), 1, 1),
        (HasContract("any", is_text("contract.type.code", "X"), span()), 1, 1),
        (Holds(Entitlement("t1", Kind.ACCOUNT), span()), 1, 1),
    ],
)
def test_distance_counts_what_would_have_to_be_different(condition: Condition, distance: int, failures: int) -> None:
    grant = nearest(when(condition))

    assert (grant.distance, len(grant.failures)) == (distance, failures)


def test_private_values_are_hidden_unless_asked_for() -> None:
    private = Comparison(field("person.contact.personal.email"), "is", TextOperand("x"), negated=False, span=span())
    person = replace(WORKER, values={"contact.personal.email": "jo@home.example"})

    hidden = ask(when(private), person=person)
    shown = ask(when(private), person=person, reveal=True)

    assert "jo@home.example" not in json.dumps([one.text for one in hidden.nearest[0].failures])
    assert "a hidden value" in hidden.nearest[0].failures[0].text
    assert '"jo@home.example"' in shown.nearest[0].failures[0].text


def test_a_person_who_is_gone_is_told_with_their_exclusions() -> None:
    policy = replace(
        policy_of(rule("r", give(ACCOUNT))),
        exclusions={
            "x": Exclusion("x", "x", "P1", None, ("ad",), "b", None, None, span(3)),
            "y": Exclusion("y", "y", "P1", None, None, "b", None, date(2026, 1, 1), span(4)),
        },
    )
    told = explain(policy, Snapshot.of([], ()), "P1", DAY, entitlement=AD_ACCOUNT)
    text = explanation_text(told)

    assert not told.present
    assert [one.entitled for one in told.answers] == [False]
    assert "is not in the sources" in text
    assert "excluded from ad by x" in text
    assert "exclusion y is over" in text
    assert explain(policy, Snapshot.of([], ()), "P1", DAY).answers == ()


def test_a_role_is_named() -> None:
    answer = ask(rule("r", Grant(ACCOUNT, Window(), span(), ("nurse", "basics"))))

    assert answer.because[0].via == ("nurse", "basics")


def test_the_whole_person_reads_as_text_and_json() -> None:
    told = explain(example_policy(), example_snapshot(), "P1", DAY)
    text, machine = explanation_text(told), explanation_json(told)

    assert "account in ad: entitled" in text
    assert "because of rule account (town.ordain:10), for any contract: account" in text
    assert '✓ contract.department is "CARE" or below — saw "W1"' in text
    assert "contract C1, window 2026-02-15 without an end" in text
    assert json.loads(canonical_json(machine))["answers"][1]["reasons"] == [
        {"at": "town.ordain:10", "contract": "C1", "rule": "account"},
        {"at": "town.ordain:10", "contract": "C2", "rule": "account"},
    ]


def test_a_rule_without_title_ends_at_its_scope() -> None:
    told = explain(policy_of(rule("r", give(ACCOUNT), title="")), Snapshot.of([WORKER], DEPARTMENTS), "P1", DAY)

    assert "  because of rule r (town.ordain:10), for any contract\n" in explanation_text(told)


def test_text_of_why_not_and_of_nothing() -> None:
    policy, snapshot = example_policy(), example_snapshot()
    frozen = Person("P1", {}, WORKER.contracts, (DataProblem("ORD0501", "person.x", "unreadable"),))
    nothing = explain(policy, snapshot, "P4", DAY)
    refused = explain(policy, snapshot, "P2", DAY, entitlement=Entitlement("ad", Kind.ACCESS))
    stranger = explain(policy, snapshot, "P2", DAY, entitlement=Entitlement("erp", Kind.ACCESS))

    assert "is entitled to nothing" in explanation_text(nothing)
    assert "✗ contract C1: 2026-03-10 lies outside the window, 2026-01-01 to 2026-02-28." in explanation_text(refused)
    assert "No rule grants such a thing." in explanation_text(stranger)
    assert "frozen by ORD0501: unreadable" in explanation_text(
        explain(policy, Snapshot.of([frozen], DEPARTMENTS), "P1", DAY)
    )


def test_machine_form_of_moments_and_hidden_values() -> None:
    known = Comparison(field("person.contact.personal.email"), "known", NoOperand(), negated=True, span=span())
    told = explain(policy_of(when(known)), Snapshot.of([WORKER], ()), "P1", DAY)
    condition = json.loads(canonical_json(explanation_json(told)))["answers"][0]["because"][0]["attempts"][0][
        "condition"
    ]

    assert condition["hidden"] is True
    assert condition["saw"] is None
    assert condition["text"] == "person.contact.personal.email is unknown"
