from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.reconcile.limits import LimitBasis, judge_bucket, limit_text
from engine.reconcile.order import Bucket
from policy.diff import LimitVerdict, Op
from policy.entitlements import Kind
from policy.targets import Limit
from tests.builders.diffs import TODAY, decide, diff_of, entry, executed, limit, managed, policy, said, target, why


def judge(one: Limit, count: int, base: int = 0, op: Op = Op.REVOKE) -> LimitVerdict:
    state = managed(*(f"P{n} ad account" for n in range(base)))
    basis = LimitBasis.of({"ad": target("ad", one)}, state, (), TODAY)
    return judge_bucket(basis, Bucket("ad", op, one.kind), count)[0]


@pytest.mark.parametrize(("count", "tripped"), [(4, False), (5, True), (6, True)])
def test_a_count_trips_when_it_is_reached(count: int, tripped: bool) -> None:  # noqa: FBT001  # a case
    assert judge(limit("revoke", "account", 5), count).tripped is tripped


@pytest.mark.parametrize(
    ("percent", "base", "count", "tripped"),
    [(2, 100, 1, False), (2, 100, 2, True), (3, 99, 2, False), (3, 99, 3, True), (100, 3, 2, False), (1, 0, 9, False)],
)
def test_a_percentage_is_exact_and_does_not_apply_to_nothing(
    percent: int, base: int, count: int, *, tripped: bool
) -> None:
    assert judge(limit("revoke", "account", percent=percent), count, base).tripped is tripped


def test_either_of_both_trips() -> None:
    one = limit("revoke", "account", 5, percent=50)
    assert [judge(one, 2, 4).tripped, judge(one, 5, 100).tripped, judge(one, 4, 100).tripped] == [True, True, False]


def test_the_verdict_names_bucket_count_limit_and_base() -> None:
    verdict = judge(limit("revoke", "account", 5, percent=2), 2, 40)
    assert verdict.text == (
        "revoke account in ad: 2 lines; the limit of 5 or 2 % is reached (hr.ordain:12; 40 accounts managed there now)."
    )
    assert (verdict.limit, verdict.count, verdict.base, verdict.at) == ("5 or 2 %", 2, 40, "hr.ordain:12")


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (limit("revoke", "account", 20, days=7), "20 in 7 days"),
        (limit("revoke", "account", percent=5, days=1), "5 % in 1 day"),
        (Limit("grant", Kind.ACCOUNT, 50, 250, None, limit("grant", "account", 1).span), "50 or 2.5 %"),
    ],
)
def test_a_limit_reads_as_it_was_written(one: Limit, text: str) -> None:
    assert limit_text(one) == text


def test_a_tripped_bucket_is_blocked_whole_and_says_why() -> None:
    rules = policy(target("ad", limit("revoke", "account", 2)))
    diff = diff_of(decide("P3 ad account"), managed("P1 ad account", "P2 ad account"), rules)
    assert said(diff) == [
        "revoke P1 ad account: blocked",
        "revoke P2 ad account: blocked",
        "grant P3 ad account: planned",
    ]
    assert why(diff, "P1 ad account") == [("limit", "ad/revoke/account")]
    assert diff.lines[0].why[0].text == diff.limits[0].text


@pytest.mark.parametrize(("days_ago", "tripped"), [(0, True), (6, True), (7, False), (-3, True)])
def test_a_budget_counts_what_was_executed_in_its_days_and_nothing_can_be_dated_back(
    days_ago: int,
    tripped: bool,  # noqa: FBT001  # a case
) -> None:
    rules = policy(target("ad", limit("revoke", "account", 20, days=7)))
    past = executed("ad account", days_ago, times=19)
    diff = diff_of(decide(), managed("P1 ad account"), rules, executed=past)
    assert diff.limits[0].tripped is tripped
    assert diff.limits[0].executed == (19 if tripped else 0)


def test_a_budget_counts_its_own_bucket_alone() -> None:
    rules = policy(target("ad", limit("revoke", "account", 2, days=7)), target("erp"))
    others = executed("erp account", 1) + executed("ad permission", 1) + executed("ad account", 1, Op.GRANT)
    assert said(diff_of(decide(), managed("P1 ad account"), rules, executed=others)) == [
        "revoke P1 ad account: planned"
    ]


def test_adoptions_count_as_grants_in_the_diff_and_in_the_past() -> None:
    rules = policy(target("ad", limit("grant", "account", 2, days=7)))
    diff = diff_of(decide("P1 ad account"), rules=rules, executed=executed("ad account", 1, Op.ADOPT))
    assert said(diff) == ["grant P1 ad account: blocked"]


def test_a_budget_used_up_trips_nothing_where_there_is_no_line() -> None:
    rules = policy(target("ad", limit("revoke", "account", 2, days=7)))
    diff = diff_of(decide(), rules=rules, executed=executed("ad account", 1, times=5))
    assert [(one.executed, one.tripped) for one in diff.limits] == [(5, False)]


def test_a_window_of_more_days_than_the_calendar_has_counts_everything() -> None:
    rules = policy(target("ad", limit("revoke", "account", 1, days=10**9)))
    diff = diff_of(decide(as_of=date.min + timedelta(days=1)), managed("P1 ad account"), rules)
    assert diff.limits[0].tripped is True


def test_staged_deletions_have_a_bucket_of_their_own_with_the_same_limits() -> None:
    rules = policy(target("ad", limit("revoke", "account", 2), delete_after_days=0))
    before = managed(entry("P1 ad account", disabled_on=TODAY), "P2 ad account")
    diff = diff_of(decide(), before, rules)
    assert said(diff) == ["delete P1 ad account: planned", "revoke P2 ad account: planned"]
    assert [(one.op, one.count, one.base) for one in diff.limits] == [(Op.DELETE, 1, 1), (Op.REVOKE, 1, 1)]
    assert [one.op for one in diff_of(decide(), managed("P2 ad account"), rules).limits] == [Op.REVOKE]


def test_updates_have_limits_and_releases_by_hand_have_none() -> None:
    rules = policy(target("ad", limit("update", "account", 1), limit("revoke", "account", 1)))
    diff = diff_of(decide(), managed(entry("P1 ad account", unmanage=True)), rules)
    assert said(diff) == ["unmanage P1 ad account: planned"]


def test_a_target_without_rules_has_no_limits() -> None:
    basis = LimitBasis.of({}, managed(), (), TODAY)
    assert judge_bucket(basis, Bucket("ad", Op.GRANT, Kind.ACCOUNT), 10**6) == ()
