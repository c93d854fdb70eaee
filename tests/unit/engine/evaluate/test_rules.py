from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.evaluate.evaluate import evaluate
from policy.decisions import Decisions
from policy.entitlements import Entitlement, Kind
from policy.expressions import Holds, Not
from policy.moments import Duration, Moment, Unit
from policy.people import Contract, Person
from policy.rules import Rule, Scope, TableGrant, Window, WindowBound
from policy.snapshot import Snapshot
from tests.properties.strategies.example import (
    ACCESS,
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

NURSE = contract("C1", "2026-03-01", "2026-03-31", title_code="A", type_code="EMP")
DOCTOR = contract("C2", "2026-03-15", None, title_code="B", type_code="EXT")


def town(*contracts: Contract, **values: str) -> Snapshot:
    return Snapshot.of([Person("P1", values, contracts)], DEPARTMENTS)


def names(decisions: Decisions, person: str = "P1") -> list[str]:
    return [str(key.entitlement) for key in decisions.desired if key.person == person]


def held(declared: Rule, day: str, *contracts: Contract) -> list[str]:
    return names(evaluate(policy_of(declared), town(*contracts), date.fromisoformat(day)))


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-02-28", 0), ("2026-03-01", 1), ("2026-03-31", 1), ("2026-04-01", 0)]
)
def test_the_window_of_a_contract_includes_both_its_days(day: str, expected: int) -> None:
    assert len(held(rule("r", give(ACCOUNT)), day, NURSE)) == expected


def test_a_bound_behind_a_grant_replaces_that_bound_alone() -> None:
    window = Window(bound("contract.start_date", 14, "before"), bound("contract.end_date", 30))
    declared = rule("r", give(ACCOUNT), give(ACCESS, Window(starting=bound("contract.start_date"))), window=window)

    assert held(declared, "2026-02-15", NURSE) == ["account in ad"]
    assert held(declared, "2026-02-14", NURSE) == []
    assert held(declared, "2026-03-01", NURSE) == ["access in ad", "account in ad"]
    assert held(declared, "2026-04-30", NURSE) == ["access in ad", "account in ad"]
    assert held(declared, "2026-05-01", NURSE) == []


def test_ending_never_drops_the_end() -> None:
    never = Window(ending=WindowBound(None, span()))

    assert held(rule("r", give(ACCOUNT), window=never), "2099-01-01", NURSE) == ["account in ad"]
    assert held(rule("r", give(ACCOUNT, never)), "2099-01-01", NURSE) == ["account in ad"]


def test_a_start_that_is_not_known_never_begins_and_an_end_that_is_not_known_is_open() -> None:
    starts = Window(bound("contract.custom.until"))
    ends = Window(ending=bound("contract.custom.until", 30))

    assert held(rule("r", give(ACCOUNT, starts)), "2026-03-10", NURSE) == []
    assert held(rule("r", give(ACCOUNT, ends)), "2099-03-10", NURSE) == ["account in ad"]
    assert held(rule("r", give(ACCOUNT)), "2026-03-10", Contract("C1")) == []


def test_months_clamp_to_the_last_day() -> None:
    ends = Window(ending=WindowBound(Moment(field("contract.start_date"), Duration(1, Unit.MONTHS)), span()))
    late = contract("C1", "2026-01-31", None)

    assert held(rule("r", give(ACCOUNT, ends)), "2026-02-28", late) == ["account in ad"]
    assert held(rule("r", give(ACCOUNT, ends)), "2026-03-01", late) == []


def test_any_contract_takes_one_contract_that_satisfies_all() -> None:
    declared = rule("r", give(ACCOUNT), condition=is_text("contract.type.code", "EXT"))

    assert held(declared, "2026-03-14", NURSE, DOCTOR) == []
    assert held(declared, "2026-03-15", NURSE, DOCTOR) == ["account in ad"]


def test_every_contract_asks_all_in_the_window_and_at_least_one() -> None:
    declared = rule("r", give(ACCOUNT), scope=Scope.EVERY_CONTRACT, condition=is_text("contract.type.code", "EMP"))

    assert held(declared, "2026-03-14", NURSE, DOCTOR) == ["account in ad"]
    assert held(declared, "2026-03-15", NURSE, DOCTOR) == []
    assert held(declared, "2026-02-01", NURSE, DOCTOR) == []


def test_every_contract_uses_the_window_of_the_grant() -> None:
    early = Window(bound("contract.start_date", 14, "before"))
    declared = rule(
        "r",
        give(ACCOUNT, early),
        give(ACCESS),
        scope=Scope.EVERY_CONTRACT,
        condition=is_text("contract.type.code", "EMP"),
    )

    assert held(declared, "2026-03-10", NURSE, DOCTOR) == ["access in ad"]


def test_the_primary_contract_of_the_day_decides() -> None:
    declared = rule("r", give(GROUP), scope=Scope.PRIMARY_CONTRACT)

    assert held(declared, "2026-03-14", NURSE, DOCTOR) == ['permission "GG-A" in ad']
    assert held(declared, "2026-03-31", NURSE, DOCTOR) == ['permission "GG-B" in ad']
    assert held(declared, "2026-03-31") == []


def test_a_rule_about_the_person_has_no_window() -> None:
    declared = rule("r", give(ACCOUNT), scope=Scope.PERSON)

    assert held(declared, "2099-01-01") == ["account in ad"]


def test_each_contract_that_satisfies_fills_its_own_name() -> None:
    declared = rule("r", give(GROUP))

    assert held(declared, "2026-03-20", NURSE, DOCTOR) == ['permission "GG-A" in ad', 'permission "GG-B" in ad']


def test_a_name_that_cannot_be_filled_grants_nothing_and_warns() -> None:
    nameless = contract("C0", "2026-03-01", None)
    decisions = evaluate(policy_of(rule("r", give(GROUP))), town(nameless, NURSE), DAY)

    assert names(decisions) == ['permission "GG-A" in ad']
    (warning,) = decisions.warnings
    assert warning.code == "ORD0601"
    assert warning.subject == "P1"
    assert "Rule r grants nothing for contract C0 of person P1" in warning.detail
    assert "contract.title.code" in warning.detail


def test_a_contract_outside_the_window_does_not_warn() -> None:
    nameless = contract("C1", "2026-04-01", None)

    assert evaluate(policy_of(rule("r", give(GROUP))), town(nameless), DAY).warnings == ()


@pytest.mark.parametrize(("code", "expected"), [("A", "ONE"), ("AB", "OTHER"), ("", "OTHER")])
def test_a_table_takes_its_row_or_otherwise(code: str, expected: str) -> None:
    rows = {"A": (permission("ONE"),)}
    table = TableGrant(field("contract.title.code"), rows, (permission("OTHER"),), Window(), span())
    worker = contract("C1", "2026-03-01", None, **({"title_code": code} if code else {}))

    assert held(rule("r", table), "2026-03-10", worker) == [f'permission "{expected}" in ad']


def test_holds_sees_what_other_rules_grant_whatever_their_names() -> None:
    account = Entitlement("ad", Kind.ACCOUNT)
    after = rule("a", give(permission("AFTER")), condition=Holds(account, span()), scope=Scope.PERSON)
    without = rule("b", give(permission("WITHOUT")), condition=Not(Holds(account, span()), span()), scope=Scope.PERSON)
    policy = policy_of(after, without, rule("z", give(ACCOUNT)))

    assert names(evaluate(policy, town(NURSE), DAY)) == ["account in ad", 'permission "AFTER" in ad']
    assert names(evaluate(policy, town(), DAY)) == ['permission "WITHOUT" in ad']


def test_holds_waits_for_a_name_that_may_be_filled_in() -> None:
    group = Entitlement("ad", Kind.PERMISSION, "GG-A")
    after = rule("a", give(ACCOUNT), condition=Holds(group, span()), scope=Scope.PERSON)

    assert "account in ad" in names(evaluate(policy_of(after, rule("z", give(GROUP))), town(NURSE), DAY))


def test_a_draft_grants_only_when_asked_for() -> None:
    policy = policy_of(rule("r", give(ACCOUNT), draft=True))

    assert not evaluate(policy, town(NURSE), DAY).desired
    drafts = evaluate(policy, town(NURSE), DAY, include_drafts=True)
    assert names(drafts) == ["account in ad"]
    assert drafts.includes_drafts


def test_a_reason_names_rule_place_and_every_contract() -> None:
    again = contract("C3", "2026-03-01", None)
    decisions = evaluate(policy_of(rule("r", give(ACCOUNT))), town(NURSE, again), DAY)

    (reasons,) = decisions.desired.values()
    assert [(one.rule, one.at, one.contract) for one in reasons] == [
        ("r", "town.ordain:10", "C1"),
        ("r", "town.ordain:10", "C3"),
    ]


def test_the_example_town_reads_as_it_should() -> None:
    decisions = evaluate(example_policy(), example_snapshot(), DAY)

    assert names(decisions, "P1") == [
        "access in ad",
        "account in ad",
        'permission "GG-A" in ad',
        'permission "GG-AB" in ad',
        'permission "HELD" in ad',
        'permission "ROW-A" in ad',
        'permission "ROW-ALL" in ad',
    ]
    assert names(decisions, "P2") == [
        "account in ad",
        'permission "ALUMNI" in ad',
        'permission "GG-B" in ad',
        'permission "HELD" in ad',
    ]
    assert names(decisions, "P4") == []


def test_an_account_lives_a_lead_time_before_and_a_grace_period_after() -> None:
    policy, snapshot = example_policy(), example_snapshot()
    end = date(2026, 2, 28)

    assert "account in ad" in names(evaluate(policy, snapshot, end + timedelta(days=30)), "P2")
    assert "account in ad" not in names(evaluate(policy, snapshot, end + timedelta(days=31)), "P2")
