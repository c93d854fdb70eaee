from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.evaluate.boundaries import comparisons_with_today, date_boundaries
from policy.expressions import Comparison, MomentOperand
from policy.moments import Duration, Moment, Unit
from policy.people import Contract, Person
from policy.rules import Exclusion, Window, WindowBound
from policy.snapshot import Snapshot
from tests.properties.strategies.example import ACCOUNT, bound, contract, give, rule
from tests.properties.strategies.policies import field, policy_of, span


def days(*texts: str) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, texts))


def test_first_days_and_the_days_behind_last_days_are_boundaries() -> None:
    window = Window(bound("contract.start_date", 14, "before"), bound("contract.end_date", 30))
    exclusion = Exclusion("x", "x", "P1", None, None, "b", None, date(2026, 6, 30), span())
    policy = policy_of(rule("r", give(ACCOUNT, window)), exclude=(exclusion,))
    person = Person("P1", {}, (contract("C1", "2026-03-15", "2026-03-31"),))

    found = date_boundaries(policy, Snapshot.of([person], ()))
    assert found == days("2026-03-01", "2026-03-15", "2026-04-01", "2026-05-01", "2026-07-01")


def test_a_comparison_counted_from_today_turns_twice() -> None:
    moment = Moment("today", Duration(3, Unit.MONTHS), "before")
    start = field("contract.start_date")
    condition = Comparison(start, "on or before", MomentOperand(moment), negated=False, span=span())
    person = Person("P1", {}, (contract("C1", "2026-01-31", None),))
    policy = policy_of(rule("r", give(ACCOUNT), condition=condition))

    # Three months before 30 April is 30 January; before 1 May it is 1 February, so both turns fall on one day.
    assert date_boundaries(policy, Snapshot.of([person], ())) == days("2026-01-31", "2026-05-01")


def test_a_bound_that_moves_along_with_today_is_none() -> None:
    window = Window(WindowBound(Moment("today"), span()), WindowBound(Moment("today"), span()))
    person = Person("P1", {}, (contract("C1", "2026-03-15", "9999-12-31"),))
    policy = policy_of(rule("r", give(ACCOUNT, window)))

    assert date_boundaries(policy, Snapshot.of([person], ())) == days("2026-03-15")


def test_the_day_on_which_old_data_no_longer_freeze_is_one() -> None:
    window = Window(ending=bound("contract.end_date", 30))
    policy = policy_of(rule("r", give(ACCOUNT, window)))
    needed = replace(field("contract.cost_center.code"), required=True)
    demanding = replace(policy, schema=policy.schema.narrowed(needed))
    snapshot = Snapshot.of([Person("P1", {}, (contract("C1", "2026-01-01", "2026-03-31"), Contract("C2")))], ())

    # The account ends with 30 April; a few days of slack later the contract is too long ago (engine.people.horizon).
    (last,) = set(date_boundaries(demanding, snapshot)) - set(days("2026-01-01", "2026-04-01", "2026-05-01"))
    assert date(2026, 5, 1) < last < date(2026, 5, 10)


def test_what_many_rules_compare_alike_is_looked_at_once() -> None:
    moments = [Moment("today", Duration(count, Unit.MONTHS), "before") for count in (3, 3, 6)]
    start = field("contract.start_date")
    conditions = [
        Comparison(start, operator, MomentOperand(moment), negated=False, span=span(number))
        for number, (moment, operator) in enumerate(zip(moments, ("before", "after", "before"), strict=True))
    ]
    rules = [rule(f"r{number}", give(ACCOUNT), condition=one) for number, one in enumerate(conditions)]

    assert comparisons_with_today(policy_of(*rules)) == [(start, moments[0]), (start, moments[2])]
