"""The walk: what follows from what was carried out the day before, and what ends by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.forecast.evaluations import ReferenceEvaluations
from engine.forecast.walk import StartingPoint, forecast
from policy.entitlements import Kind
from policy.forecasts import Forecast
from policy.ledger import ManagedState
from policy.people import Person
from policy.rules import CheckedPolicy, Never, NeverException, Window
from policy.snapshot import Snapshot
from policy.targets import Limit, StagedDeletion
from tests.builders.diffs import entitlement, managed
from tests.properties.strategies.example import ACCOUNT, bound, contract, give, permission, rule
from tests.properties.strategies.policies import policy_of, span

FIRST, LAST = date(2026, 3, 1), date(2026, 6, 30)
CREATE, PAY = entitlement("ad Create"), entitlement("ad Pay")


def ahead(policy: CheckedPolicy, *people: Person, start: ManagedState | None = None) -> Forecast:
    point = StartingPoint(start or ManagedState("L", 0))
    return forecast(policy, ReferenceEvaluations(policy, Snapshot.of(people, ())), point, (FIRST, LAST))


def told(found: Forecast) -> list[tuple[str, str, str]]:
    return [
        (str(day), f"{one.line.op} {one.line.key.name or one.line.key.kind}", one.line.status.value)
        for day, one in found.lines
    ]


def test_an_account_that_is_deleted_at_once_goes_with_the_next_diff() -> None:
    policy = policy_of(rule("r", give(ACCOUNT)))
    for days, deleted in ((0, "2026-04-02"), (1, "2026-04-02"), (30, "2026-05-01")):
        staged = replace(policy.targets["ad"], staged_deletion=StagedDeletion(days, span()))
        found = ahead(
            replace(policy, targets={"ad": staged}), Person("P1", {}, (contract("C1", "2026-01-01", "2026-03-31"),))
        )
        assert told(found) == [("2026-04-01", "revoke account", "planned"), (deleted, "delete account", "planned")]


def test_what_waits_for_a_revoke_comes_the_day_after_it() -> None:
    four_eyes = Never("four-eyes", "", CREATE, PAY, "high", None, (), span())
    rules = (
        rule("a", give(ACCOUNT), give(permission("Create"), Window(ending=bound("contract.end_date", 31, "before")))),
        rule("b", give(permission("Pay"), Window(starting=bound("contract.end_date", 30, "before")))),
    )
    policy = replace(policy_of(*rules), nevers={"four-eyes": four_eyes})
    found = ahead(policy, Person("P1", {}, (contract("C1", "2026-01-01", "2026-05-31"),)))
    assert told(found)[:3] == [
        ("2026-05-01", "revoke Create", "planned"),
        ("2026-05-01", "grant Pay", "waiting"),
        ("2026-05-02", "grant Pay", "planned"),
    ]


def test_a_pair_is_violated_from_the_day_behind_its_exception() -> None:
    but = NeverException("P1", "Cover", None, date(2026, 4, 15), span())
    never = Never("four-eyes", "", CREATE, PAY, "high", None, (but,), span())
    policy = replace(
        policy_of(rule("r", give(ACCOUNT), give(permission("Create")), give(permission("Pay")))),
        nevers={"four-eyes": never},
    )
    found = ahead(policy, Person("P1", {}, (contract("C1", "2026-01-01", None),)))
    ((day, violation),) = [(day.day, one) for day in found.days for one in day.violations]
    assert (str(day), violation.person, violation.never) == ("2026-04-16", "P1", "four-eyes")


def test_limits_are_judged_by_what_is_managed_on_their_day() -> None:
    policy = policy_of(rule("r", give(ACCOUNT)))
    limit = Limit("revoke", Kind.ACCOUNT, None, 5000, 7, span())
    limited = replace(policy, targets={"ad": replace(policy.targets["ad"], limits=(limit,))})
    people = [
        Person(f"P{number}", {}, (contract("C1", "2026-01-01", f"2026-04-{number + 9:02}"),)) for number in range(1, 5)
    ]
    found = ahead(limited, *people)
    judged = [
        (str(day.day), one.count, one.executed, one.base, one.tripped) for day in found.days for one in day.limits
    ]
    assert judged == [
        ("2026-04-11", 1, 0, 4, False),
        ("2026-04-12", 1, 1, 3, True),
        ("2026-04-13", 1, 2, 2, True),
        ("2026-04-14", 1, 3, 1, True),
    ]


def test_whoever_left_loses_what_is_managed_on_the_first_day() -> None:
    found = ahead(policy_of(rule("r", give(ACCOUNT))), start=managed("P9 ad account", "P9 ad access"))
    assert told(found) == [
        ("2026-03-01", "revoke access", "planned"),
        ("2026-03-01", "revoke account", "planned"),
    ]
