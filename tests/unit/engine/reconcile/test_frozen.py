from __future__ import annotations

from datetime import date

import pytest

from policy.diff import Why
from tests.builders.diffs import (
    PROBLEM,
    decide,
    diff_of,
    entry,
    excluded,
    exclusion,
    key,
    managed,
    policy,
    said,
    target,
    why,
)

TWO = policy(target("ad"), target("erp"))


def test_everything_of_a_frozen_person_is_frozen_grants_and_revokes_alike() -> None:
    diff = diff_of(decide("P1 ad account", frozen={"P1": PROBLEM}), managed("P1 erp account"), TWO)
    assert said(diff) == ["grant P1 ad account: frozen", "revoke P1 erp account: frozen"]
    assert diff.lines[0].why == (Why("data", "contract.start_date", "No start date."),)


def test_an_exclusion_freezes_its_targets_alone() -> None:
    diff = diff_of(decide("P1 ad account", excluded={"P1": excluded("ceo", "ad")}), managed("P1 erp account"), TWO)
    assert said(diff) == ["grant P1 ad account: frozen", "revoke P1 erp account: planned"]
    assert diff.lines[0].why[0].text == "ceo (hr.ordain:30) leaves this person alone in ad."


def test_an_exclusion_by_number_holds_for_somebody_gone() -> None:
    diff = diff_of(decide(excluded={"P9": excluded("ceo")}), managed("P9 ad account"))
    assert said(diff) == ["revoke P9 ad account: frozen"]
    assert diff.lines[0].why[0].text == "ceo (hr.ordain:30) leaves this person alone in every target."


def test_frozen_goes_before_conflict_denied_and_waiting_and_keeps_released_entitlements() -> None:
    before = managed(entry("P1 erp account", unmanage=True))
    diff = diff_of(decide("P1 ad access", excluded={"P1": excluded("ceo")}, frozen={"P1": PROBLEM}), before, TWO)
    assert said(diff) == ["grant P1 ad access: frozen", "unmanage P1 erp account: frozen"]
    assert why(diff, "P1 ad access") == [("exclusion", "ceo"), ("data", "contract.start_date")]


@pytest.mark.parametrize(
    ("previous", "until", "released"),
    [
        (None, date(2026, 1, 31), ("ceo",)),
        (date(2026, 1, 31), date(2026, 1, 31), ("ceo",)),
        (date(2026, 2, 1), date(2026, 1, 31), ()),
    ],
)
def test_the_first_diff_after_an_exclusion_says_what_it_releases(
    previous: date | None, until: date, released: tuple[str, ...]
) -> None:
    rules = policy(exclusions=[exclusion("ceo", until=until)])
    decisions = decide("P1 ad account", "P2 ad account", ended={"P1": excluded("ceo", "ad")})
    diff = diff_of(decisions, rules=rules, previous_as_of=previous)
    assert [line.released_by for line in diff.lines] == [released, ()]


def test_an_ended_exclusion_releases_nothing_elsewhere_nor_what_is_still_frozen() -> None:
    decisions = decide("P1 ad account", "P1 erp account", ended={"P1": excluded("ceo", "erp")}, frozen={})
    assert [line.released_by for line in diff_of(decisions, rules=TWO).lines] == [(), ("ceo",)]
    still = decide("P1 ad account", ended={"P1": excluded("ceo")}, excluded={"P1": excluded("other")})
    assert [line.released_by for line in diff_of(still).lines] == [()]


def test_nothing_is_taken_away_in_a_target_that_nobody_declares() -> None:
    before = managed("P1 gone account", entry("P2 gone account", unmanage=True))
    diff = diff_of(decide(), before)
    assert said(diff) == ["revoke P1 gone account: frozen", "unmanage P2 gone account: planned"]
    assert why(diff, "P1 gone account") == [("data", "target")]
    assert [(one.code, one.subject) for one in diff.warnings] == [("ORD0650", "gone")]


def test_an_account_waits_for_one_whose_removal_is_frozen_below_it() -> None:
    rules = policy(target("ad"), target("entra", depends_on=["ad"]))
    decisions = decide(excluded={"P1": excluded("ceo", "entra")})
    diff = diff_of(decisions, managed("P1 ad account", "P1 entra account"), rules)
    assert said(diff) == ["revoke P1 ad account: waiting", "revoke P1 entra account: frozen"]
    assert why(diff, "P1 ad account") == [("dependency", "entra/account")]


def test_a_frozen_account_stays_so_what_depends_on_it_may_come() -> None:
    rules = policy(target("ad"), target("entra", depends_on=["ad"]))
    decisions = decide("P1 entra account", excluded={"P1": excluded("ceo", "ad")})
    diff = diff_of(decisions, managed("P1 ad account"), rules)
    assert said(diff) == ["revoke P1 ad account: frozen", "grant P1 entra account: planned"]
    assert key("P1 entra account") not in diff.unchanged
