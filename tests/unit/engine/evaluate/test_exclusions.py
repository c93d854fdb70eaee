from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.evaluate.evaluate import evaluate
from policy.decisions import ActiveExclusion
from policy.entitlements import Entitlement, Kind
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ContractStatus,
    FlagOperand,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoneOf,
    Not,
    StatusIs,
)
from policy.moments import Moment
from policy.people import Contract, DataProblem, Person
from policy.rules import Exclusion
from policy.snapshot import Snapshot
from tests.properties.strategies.example import ACCOUNT, DAY, contract, give, is_text, rule
from tests.properties.strategies.policies import field, policy_of, span
from tests.properties.strategies.towns import DEPARTMENTS

BY_NUMBER = Exclusion("ceo", "CEO", "P1", None, None, "board", None, date(2026, 3, 31), span(5))
EXCLUDED = Comparison(field("person.excluded"), "is", FlagOperand(flag=True), negated=False, span=span())
BOARD = is_text("contract.type.code", "BOARD")
ON_BOARD = contract("C1", "2026-03-01", "2026-03-31", type_code="BOARD")
NOW = Person("P1", {}, (ON_BOARD,))
LATER = Person("P1", {}, (contract("C1", "2026-04-01", None, type_code="BOARD"),))
MARKED = Person("P1", {"excluded": True})


def excludes(condition: Condition, person: Person) -> bool:
    exclusion = replace(BY_NUMBER, person=None, condition=condition, until=None)
    policy = policy_of(rule("r", give(ACCOUNT)), exclude=(exclusion,))
    return bool(evaluate(policy, Snapshot.of([person], DEPARTMENTS), DAY).excluded)


@pytest.mark.parametrize("person", ["P1", "P2"])
def test_by_number_holds_for_somebody_who_is_gone_too(person: str) -> None:
    policy = policy_of(exclude=(BY_NUMBER,))
    decisions = evaluate(policy, Snapshot.of([Person(person)], ()), DAY)

    assert decisions.excluded == {"P1": (ActiveExclusion("ceo", "town.ordain:5", None),)}


@pytest.mark.parametrize("person", ["P1", "P2"])
def test_until_is_the_last_day_and_then_it_is_ended(person: str) -> None:
    policy = policy_of(exclude=(replace(BY_NUMBER, targets=("ad",)),))
    snapshot = Snapshot.of([Person(person)], ())
    last, after = evaluate(policy, snapshot, date(2026, 3, 31)), evaluate(policy, snapshot, date(2026, 4, 1))

    assert (set(last.excluded), set(last.ended)) == ({"P1"}, set())
    assert (set(after.excluded), set(after.ended)) == (set(), {"P1"})
    assert after.ended["P1"][0].targets == frozenset({"ad"})


@pytest.mark.parametrize(
    ("condition", "person", "expected"),
    [
        (BOARD, NOW, True),
        (BOARD, LATER, False),
        (BOARD, Person("P1"), False),
        (EXCLUDED, MARKED, True),
        (EXCLUDED, NOW, False),
        # Whatever a contract would say, the person is marked:
        (AnyOf((EXCLUDED, BOARD), span()), MARKED, True),
        (AnyOf((EXCLUDED, BOARD), span()), LATER, False),
        (AllOf((EXCLUDED, BOARD), span()), MARKED, False),
        (AllOf((EXCLUDED, Named("d", EXCLUDED, span())), span()), MARKED, True),
        # Nobody is excluded by what a contract they do not have today is not:
        (Not(BOARD, span()), Person("P1"), False),
        (Not(BOARD, span()), LATER, False),
        (NoneOf((BOARD,), span()), Person("P1"), False),
        (NoneOf((EXCLUDED,), span()), Person("P1"), True),
        (Not(EXCLUDED, span()), Person("P1"), True),
        (StatusIs(ContractStatus.ACTIVE, span()), NOW, True),
        (StatusIs(ContractStatus.ACTIVE, span(), negated=True), Person("P1"), False),
        (HasContract("any", BOARD, span()), LATER, True),
        (HasContract("no", BOARD, span()), Person("P1"), True),
        (Holds(Entitlement("ad", Kind.ACCOUNT), span()), NOW, True),
        (Holds(Entitlement("ad", Kind.ACCOUNT), span()), LATER, False),
    ],
)
def test_when_speaks_of_the_person_or_a_contract_active_today(
    condition: Condition, person: Person, *, expected: bool
) -> None:
    assert excludes(condition, person) is expected


def test_a_moment_that_rests_on_a_contract_asks_for_one() -> None:
    born = field("person.details.birth_date")
    before = Comparison(born, "before", MomentOperand(Moment(field("contract.start_date"))), negated=True, span=span())

    assert not excludes(before, Person("P1", {"details.birth_date": date(1980, 1, 1)}))
    assert not excludes(before, Person("P1", {"details.birth_date": date(1980, 1, 1)}, (ON_BOARD,)))
    assert excludes(before, Person("P1", {}, (ON_BOARD,)))


def test_an_excluded_or_frozen_person_is_still_evaluated() -> None:
    problem = DataProblem("ORD0501", "person.display_name", "unreadable")
    person = replace(NOW, problems=(problem,))
    policy = policy_of(rule("r", give(ACCOUNT)), exclude=(BY_NUMBER,))
    decisions = evaluate(policy, Snapshot.of([person], DEPARTMENTS), DAY)

    assert decisions.frozen == {"P1": (problem,)}
    assert len(decisions.desired) == 1


def test_a_missing_required_field_freezes() -> None:
    policy = policy_of(rule("r", give(ACCOUNT)))
    needed = replace(field("contract.cost_center.code"), required=True)
    demanding = replace(policy, schema=policy.schema.narrowed(needed))
    frozen = evaluate(demanding, Snapshot.of([NOW], DEPARTMENTS), DAY).frozen

    assert [(one.field, one.contract) for one in frozen["P1"]] == [("contract.cost_center.code", "C1")]


def test_a_contract_long_over_freezes_nobody() -> None:
    policy = policy_of(rule("r", give(ACCOUNT)))
    needed = replace(field("contract.cost_center.code"), required=True)
    demanding = replace(policy, schema=policy.schema.narrowed(needed))
    past = Contract("C0", {"start_date": date(2020, 1, 1), "end_date": date(2020, 12, 31)})

    assert not evaluate(demanding, Snapshot.of([Person("P1", {}, (past,))], DEPARTMENTS), DAY).frozen
