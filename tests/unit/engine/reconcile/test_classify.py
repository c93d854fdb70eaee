from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.reconcile.inputs import Correlation
from engine.reconcile.matching import correlation_value
from policy.diff import Ended, Op, Unmanaged, Why
from policy.entitlements import Kind
from policy.targets import AccountPayload, ObservedAccount
from tests.builders.diffs import TODAY, decide, diff_of, entry, key, managed, observed, policy, said, target

ANNA = ObservedAccount("a1", {"employeeId": "P1", "name": "Anna"}, enabled=True, permissions=frozenset({"SEC-Nurse"}))
BY_NUMBER = {"ad": Correlation("employeeId", {"P1": "P1", "P2": "P2"})}


def payload(**attributes: object) -> dict[object, AccountPayload]:
    return {key("P1 ad account"): AccountPayload(attributes, {})}  # type: ignore[arg-type]  # free values


def test_desired_and_neither_managed_nor_seen_is_a_grant_with_its_reasons() -> None:
    diff = diff_of(decide("P1 ad account", "P1 ad SEC-Nurse"))
    assert said(diff) == ["grant P1 ad account: planned", "grant P1 ad SEC-Nurse: planned"]
    assert [(line.n, line.because[0].rule) for line in diff.lines] == [(0, "basic"), (1, "basic")]


def test_desired_and_managed_is_unchanged() -> None:
    diff = diff_of(decide("P1 ad account", "P1 ad access"), managed("P1 ad account", "P1 ad access"))
    assert diff.lines == ()
    assert diff.unchanged == (key("P1 ad access"), key("P1 ad account"))


def test_managed_and_not_desired_is_revoked_also_of_somebody_gone_from_the_sources() -> None:
    diff = diff_of(decide(), managed("P9 ad account", "P9 ad SEC-Nurse"))
    assert said(diff) == ["revoke P9 ad account: planned", "revoke P9 ad SEC-Nurse: planned"]


def test_what_hangs_on_an_account_goes_with_it_even_if_a_rule_still_asks() -> None:
    diff = diff_of(decide("P1 ad SEC-Nurse"), managed("P1 ad account", "P1 ad SEC-Nurse"))
    assert said(diff) == ["revoke P1 ad account: planned", "revoke P1 ad SEC-Nurse: planned"]
    assert diff.lines[1].because != ()


def test_one_correlated_account_is_adopted_with_what_it_holds_and_what_differs() -> None:
    diff = diff_of(
        decide("P1 ad account", "P1 ad access", "P1 ad SEC-Nurse", "P1 ad SEC-Other"),
        observations=observed("ad", ANNA),
        correlations=BY_NUMBER,
        payloads=payload(name="Anna B", employeeId="P1"),
    )
    assert said(diff) == [
        "adopt P1 ad access: planned",
        "adopt P1 ad account: planned",
        "adopt P1 ad SEC-Nurse: planned",
        "grant P1 ad SEC-Other: planned",
    ]
    assert [line.anchor for line in diff.lines] == ["a1", "a1", "a1", None]
    assert (diff.lines[1].before, diff.lines[1].after) == ({"name": "Anna"}, {"name": "Anna B"})
    assert diff.unmanaged == ()


@pytest.mark.parametrize("payloads", [{}, payload(employeeId="P1", name="Anna")])
def test_an_adoption_without_differences_says_none(payloads: dict[object, AccountPayload]) -> None:
    diff = diff_of(
        decide("P1 ad account"), observations=observed("ad", ANNA), correlations=BY_NUMBER, payloads=payloads
    )
    assert (diff.lines[0].op, diff.lines[0].before, diff.lines[0].after) == (Op.ADOPT, None, None)


def test_numbers_and_lists_of_one_correlate_as_text() -> None:
    seen = ObservedAccount("a7", {"employeeId": [7]}, enabled=False)
    diff = diff_of(
        decide("P1 ad account", "P1 ad access"),
        observations=observed("ad", seen),
        correlations={"ad": Correlation("employeeId", {"P1": "7"})},
    )
    assert said(diff) == ["grant P1 ad access: planned", "adopt P1 ad account: planned"]


@pytest.mark.parametrize("value", [None, "", "P7"])
def test_nobody_without_a_value_of_his_own_is_matched(value: str | None) -> None:
    nameless = ObservedAccount("a2", {"employeeId": ""}, enabled=True)
    diff = diff_of(
        decide("P1 ad account"),
        observations=observed("ad", nameless),
        correlations={"ad": Correlation("employeeId", {"P1": value})},
    )
    assert said(diff) == ["grant P1 ad account: planned"]
    assert diff.unmanaged == (Unmanaged("ad", Kind.ACCOUNT, "", "a2"),)


def test_a_target_without_correlation_adopts_nothing() -> None:
    diff = diff_of(decide("P1 ad account"), observations=observed("ad", ANNA))
    assert said(diff) == ["grant P1 ad account: planned"]


def test_several_correlated_accounts_are_a_conflict_and_stay_unmanaged() -> None:
    twin = ObservedAccount("a0", {"employeeId": "P1"}, enabled=True)
    diff = diff_of(
        decide("P1 ad account", "P1 ad access"), observations=observed("ad", ANNA, twin), correlations=BY_NUMBER
    )
    assert said(diff) == ["grant P1 ad access: waiting", "adopt P1 ad account: conflict"]
    assert diff.lines[0].why[0].text == "Access in ad needs the account in ad, whose adoption is a conflict."
    assert diff.lines[1].why == (Why("conflict", "ad/account", '2 accounts in ad have employeeId "P1": a0, a1.'),)
    assert [one.anchor for one in diff.unmanaged] == ["a0", "a1"]


def test_an_account_that_another_person_owns_is_a_conflict_that_names_nobody() -> None:
    diff = diff_of(
        decide("P1 ad account", "P2 ad account"),
        managed(entry("P2 ad account", anchor="a1")),
        observations=observed("ad", ANNA),
        correlations=BY_NUMBER,
    )
    assert said(diff) == ["adopt P1 ad account: conflict"]
    assert "P2" not in diff.lines[0].why[0].text


def test_an_account_that_two_persons_claim_is_a_conflict_for_both() -> None:
    diff = diff_of(
        decide("P1 ad account", "P2 ad account"),
        observations=observed("ad", ANNA),
        correlations={"ad": Correlation("employeeId", {"P1": "P1", "P2": "P1"})},
    )
    assert said(diff) == ["adopt P1 ad account: conflict", "adopt P2 ad account: conflict"]


def test_attributes_that_differ_from_those_last_applied_are_an_update() -> None:
    before = managed(entry("P1 ad account", attributes={"name": "Anna", "mail": "a@x", "old": "kept"}))
    diff = diff_of(decide("P1 ad account"), before, payloads=payload(name="Anna B", mail="a@x", phone=None))
    assert said(diff) == ["update P1 ad account: planned"]
    assert (diff.lines[0].before, diff.lines[0].after) == ({"name": "Anna"}, {"name": "Anna B"})


def test_equal_attributes_are_no_update_whatever_their_json_form() -> None:
    before = managed(entry("P1 ad account", attributes={"mails": ("a", "b"), "n": 1}))
    diff = diff_of(decide("P1 ad account"), before, payloads=payload(mails=["a", "b"], n=1))
    assert diff.lines == ()


def test_an_account_that_cannot_be_mapped_is_frozen_and_what_hangs_on_it_goes_on() -> None:
    diff = diff_of(
        decide("P1 ad account", "P1 ad SEC-Nurse"),
        managed("P1 ad account"),
        payload_problems={key("P1 ad account"): "The script for Mail failed."},
        payloads=payload(name="x"),
    )
    assert said(diff) == ["update P1 ad account: frozen", "grant P1 ad SEC-Nurse: planned"]
    assert diff.lines[0].why == (Why("data", "ad/account", "The script for Mail failed."),)
    assert diff.lines[0].after is None


def test_released_by_hand_beats_revoke_and_takes_along_what_hangs_on_it() -> None:
    before = managed(entry("P1 ad account", unmanage=True), "P1 ad access", "P1 ad SEC-Nurse")
    diff = diff_of(decide("P1 ad SEC-Nurse"), before)
    assert said(diff) == [
        "unmanage P1 ad access: planned",
        "unmanage P1 ad account: planned",
        "unmanage P1 ad SEC-Nurse: planned",
    ]


def test_one_permission_can_be_released_alone_also_while_a_rule_asks_for_it() -> None:
    before = managed("P1 ad account", entry("P1 ad SEC-Nurse", unmanage=True))
    assert said(diff_of(decide("P1 ad account", "P1 ad SEC-Nurse"), before)) == ["unmanage P1 ad SEC-Nurse: planned"]


STAGED = policy(target("ad", delete_after_days=90))


@pytest.mark.parametrize(("days", "lines"), [(89, []), (90, ["delete P1 ad account: planned"])])
def test_a_disabled_account_is_deleted_on_its_day(days: int, lines: list[str]) -> None:
    before = managed(entry("P1 ad account", disabled_on=TODAY - timedelta(days=days)))
    diff = diff_of(decide(), before, STAGED)
    assert said(diff) == lines
    assert len(diff.unchanged) == 1 - len(lines)


def test_a_disabled_account_goes_at_once_when_policy_no_longer_asks_for_a_delay() -> None:
    before = managed(entry("P1 ad account", disabled_on=TODAY))
    assert said(diff_of(decide(), before)) == ["delete P1 ad account: planned"]


def test_a_disabled_account_that_is_desired_again_is_adopted_by_its_anchor() -> None:
    before = managed(entry("P1 ad account", disabled_on=date(2026, 1, 1), anchor="a1", attributes={"name": "Old"}))
    diff = diff_of(decide("P1 ad account", "P1 ad access"), before, STAGED, payloads=payload(name="New"))
    assert said(diff) == ["grant P1 ad access: planned", "adopt P1 ad account: planned"]
    assert (diff.lines[1].anchor, diff.lines[1].after) == ("a1", {"name": "New"})


def test_what_is_only_observed_is_reported_and_never_touched() -> None:
    stranger = ObservedAccount("a9", {}, enabled=True, permissions=frozenset({"SEC-Root"}))
    diff = diff_of(
        decide("P1 ad account", "P1 ad SEC-Nurse"),
        managed(entry("P1 ad account", anchor="a1")),
        observations=observed("ad", stranger, ANNA),
    )
    assert said(diff) == ["adopt P1 ad SEC-Nurse: planned"]
    assert diff.unmanaged == (Unmanaged("ad", Kind.ACCESS, "", "a1"), Unmanaged("ad", Kind.ACCOUNT, "", "a9"))


def test_a_managed_account_that_the_target_no_longer_shows_stays_managed() -> None:
    diff = diff_of(
        decide("P1 ad account", "P1 ad SEC-Nurse"), managed("P1 ad account"), observations=observed("ad", ANNA)
    )
    assert said(diff) == ["grant P1 ad SEC-Nurse: planned"]


def test_the_correlation_of_a_person_is_told_where_there_is_one() -> None:
    correlation = Correlation("employeeId", {"P1": "7", "P2": ""})
    assert [correlation_value(correlation, person) for person in ("P1", "P2", "P3")] == [
        ("employeeId", "7"),
        None,
        None,
    ]


def test_what_is_taken_away_says_why_nobody_is_entitled_to_it_any_more() -> None:
    over = Ended("the window is over", "basic", "hr.ordain:12", "C1")
    diff = diff_of(
        decide("P1 ad SEC-Nurse"),
        managed("P1 ad account", "P1 ad SEC-Nurse", "P2 ad account"),
        endings={key("P1 ad account"): (over,)},
    )
    assert [line.ended for line in diff.lines] == [
        (over,),
        (Ended("a rule still asks for it, but it hangs on the account in ad, which no rule asks for"),),
        (),
    ]


def test_a_deletion_says_why_and_what_is_released_or_granted_does_not() -> None:
    gone = (Ended("the person is gone from the sources"),)
    which = ("P1 ad account", "P1 erp account", "P1 ad A")
    diff = diff_of(
        decide("P2 ad account"),
        managed(entry("P1 ad account", disabled_on=TODAY), entry("P1 erp account", unmanage=True), "P1 ad A"),
        policy(target("ad"), target("erp")),
        endings={key(one): gone for one in (*which, "P2 ad account")},
    )
    assert [(line.op, line.ended) for line in diff.lines] == [
        (Op.DELETE, gone),
        (Op.REVOKE, gone),
        (Op.UNMANAGE, ()),
        (Op.GRANT, ()),
    ]
