from __future__ import annotations

from datetime import timedelta

import pytest

from policy.rules import Never
from tests.builders.diffs import (
    TODAY,
    decide,
    diff_of,
    entry,
    excluded,
    limit,
    managed,
    never,
    policy,
    said,
    target,
    why,
)

PAIR = never("erp Vendor", "erp Payment")
ERP = policy(target("erp"), nevers=[PAIR])
BOTH = ("P1 erp account", "P1 erp Vendor", "P1 erp Payment")


def test_a_new_side_beside_a_held_one_is_denied() -> None:
    diff = diff_of(decide(*BOTH), managed("P1 erp account", "P1 erp Vendor"), ERP)
    assert said(diff) == ["grant P1 erp Payment: denied"]
    assert diff.lines[0].why[0].text == (
        'four-eyes (hr.ordain:12) forbids permission "Vendor" in erp together with permission "Payment" in erp; '
        'permission "Vendor" in erp is held already.'
    )
    assert diff.violations == ()


def test_both_new_are_both_denied_also_when_one_is_frozen() -> None:
    diff = diff_of(decide(*BOTH), managed("P1 erp account"), ERP)
    assert said(diff) == ["grant P1 erp Payment: denied", "grant P1 erp Vendor: denied"]
    across = policy(target("erp"), target("bank"), nevers=[never("erp Vendor", "bank Payment")])
    decisions = decide("P1 erp Vendor", "P1 bank Payment", excluded={"P1": excluded("ceo", "erp")})
    diff = diff_of(decisions, managed("P1 erp account", "P1 bank account"), across)
    assert said(diff)[1] == "grant P1 bank Payment: denied"


def test_both_held_is_a_violation_and_nothing_is_revoked() -> None:
    diff = diff_of(decide(*BOTH), managed(*BOTH), ERP)
    assert diff.lines == ()
    assert [(one.person, one.never, one.severity, one.at) for one in diff.violations] == [
        ("P1", "four-eyes", "critical", "hr.ordain:12")
    ]
    assert "SOX 404" in diff.violations[0].text


def test_a_side_that_is_taken_away_in_this_diff_goes_first() -> None:
    diff = diff_of(decide("P1 erp account", "P1 erp Payment"), managed("P1 erp account", "P1 erp Vendor"), ERP)
    assert said(diff) == ["grant P1 erp Payment: waiting", "revoke P1 erp Vendor: planned"]
    assert why(diff, "P1 erp Payment") == [("revoke_first", "four-eyes")]


def test_a_held_side_that_is_released_by_hand_goes_first_too() -> None:
    before = managed("P1 erp account", entry("P1 erp Vendor", unmanage=True))
    diff = diff_of(decide("P1 erp account", "P1 erp Payment"), before, ERP)
    assert said(diff) == ["grant P1 erp Payment: waiting", "unmanage P1 erp Vendor: planned"]


def test_a_removal_that_a_limit_blocks_leaves_the_side_held() -> None:
    rules = policy(target("erp", limit("revoke", "permission", 1)), nevers=[PAIR])
    before = managed("P1 erp account", "P1 erp Vendor", "P2 erp account", "P2 erp Vendor", "P2 erp Payment")
    diff = diff_of(decide("P1 erp account", "P1 erp Payment", "P2 erp account", "P2 erp Payment"), before, rules)
    assert said(diff) == [
        "grant P1 erp Payment: denied",
        "revoke P1 erp Vendor: blocked",
        "revoke P2 erp Vendor: blocked",
    ]
    assert [one.person for one in diff.violations] == ["P2"]


def test_a_violation_that_this_diff_ends_is_none() -> None:
    diff = diff_of(decide("P1 erp account", "P1 erp Payment"), managed(*BOTH), ERP)
    assert said(diff) == ["revoke P1 erp Vendor: planned"]
    assert diff.violations == ()


@pytest.mark.parametrize(
    ("pair", "denied"),
    [
        (never("erp Vendor", "erp Payment", but="P1"), False),
        (never("erp Vendor", "erp Payment", but="P1", until=TODAY), False),
        (never("erp Vendor", "erp Payment", but="P1", until=TODAY - timedelta(days=1)), True),
        (never("erp Vendor", "erp Payment", but="P2"), True),
    ],
)
def test_an_exception_holds_for_its_person_until_its_day(pair: Never, denied: bool) -> None:  # noqa: FBT001  # a case
    diff = diff_of(decide(*BOTH), managed("P1 erp account"), policy(target("erp"), nevers=[pair]))
    assert said(diff)[0].endswith("denied") is denied


def test_a_denied_line_says_every_never_and_waits_for_none() -> None:
    rules = policy(target("erp"), nevers=[PAIR, never("erp Audit", "erp Payment", id_="audit")])
    before = managed("P1 erp account", "P1 erp Vendor", "P1 erp Audit")
    diff = diff_of(decide("P1 erp account", "P1 erp Payment", "P1 erp Vendor"), before, rules)
    assert said(diff) == ["revoke P1 erp Audit: planned", "grant P1 erp Payment: denied"]
    assert why(diff, "P1 erp Payment") == [("never", "four-eyes")]
    held = diff_of(decide("P1 erp account", "P1 erp Payment", "P1 erp Vendor", "P1 erp Audit"), before, rules)
    assert why(held, "P1 erp Payment") == [("never", "audit"), ("never", "four-eyes")]


def test_a_disabled_account_is_not_held() -> None:
    rules = policy(target("erp", delete_after_days=90), target("bank"), nevers=[never("erp account", "bank account")])
    before = managed(entry("P1 erp account", disabled_on=TODAY))
    assert said(diff_of(decide("P1 bank account"), before, rules)) == ["grant P1 bank account: planned"]


def test_what_is_only_observed_is_not_held() -> None:
    diff = diff_of(decide("P1 erp account", "P1 erp Payment"), managed("P1 erp account"), ERP)
    assert said(diff) == ["grant P1 erp Payment: planned"]
