from __future__ import annotations

from policy.diff import Why
from tests.builders.diffs import PROBLEM, TODAY, decide, diff_of, entry, key, limit, managed, policy, said, target, why

CHAIN = policy(target("ad"), target("entra", depends_on=["ad"]), target("mail", depends_on=["entra"]))


def test_a_permission_without_an_account_waits() -> None:
    diff = diff_of(decide("P1 ad SEC-Nurse"))
    assert said(diff) == ["grant P1 ad SEC-Nurse: waiting"]
    text = 'Permission "SEC-Nurse" in ad needs the account in ad, which nothing grants to this person on 2026-03-01.'
    assert diff.lines[0].why == (Why("prerequisite", "ad/account", text),)


def test_a_permission_on_an_account_that_goes_waits() -> None:
    diff = diff_of(decide("P1 ad SEC-Nurse"), managed("P1 ad account"))
    assert said(diff) == ["revoke P1 ad account: planned", "grant P1 ad SEC-Nurse: waiting"]
    assert diff.lines[1].why[0].text.endswith("which is being taken away.")


def test_a_permission_on_an_account_released_by_hand_waits() -> None:
    diff = diff_of(decide("P1 ad account", "P1 ad SEC-Nurse"), managed(entry("P1 ad account", unmanage=True)))
    assert said(diff) == ["unmanage P1 ad account: planned", "grant P1 ad SEC-Nurse: waiting"]


def test_a_permission_on_a_disabled_account_waits() -> None:
    rules = policy(target("ad", delete_after_days=90))
    diff = diff_of(decide("P1 ad SEC-Nurse"), managed(entry("P1 ad account", disabled_on=TODAY)), rules)
    assert said(diff) == ["grant P1 ad SEC-Nurse: waiting"]


def test_a_dependent_account_comes_with_the_one_it_depends_on() -> None:
    diff = diff_of(decide("P1 ad account", "P1 entra account", "P1 mail account", "P1 mail access"), rules=CHAIN)
    assert {line.status for line in diff.lines} == {"planned"}


def test_a_dependent_account_waits_and_what_hangs_on_it_too() -> None:
    diff = diff_of(decide("P1 entra account", "P1 entra SEC-A", "P1 mail account"), rules=CHAIN)
    assert said(diff) == [
        "grant P1 entra account: waiting",
        "grant P1 entra SEC-A: waiting",
        "grant P1 mail account: waiting",
    ]
    assert why(diff, "P1 entra account") == [("dependency", "ad/account")]
    assert why(diff, "P1 mail account") == [("dependency", "entra/account")]
    assert diff.lines[2].why[0].text == "The account needs the account in entra, whose grant is waiting."


def test_a_dependent_account_waits_while_the_one_it_depends_on_is_frozen_and_new() -> None:
    problems = {key("P1 ad account"): "No user name."}
    diff = diff_of(decide("P1 ad account", "P1 entra account"), rules=CHAIN, payload_problems=problems)
    assert said(diff) == ["grant P1 ad account: frozen", "grant P1 entra account: waiting"]


def test_a_blocked_bucket_lets_wait_what_depends_on_it_and_others_go_on() -> None:
    rules = policy(
        target("ad", limit("grant", "account", 2), limit("grant", "permission", 2)), target("entra", depends_on=["ad"])
    )
    desired = [f"P{n} {what}" for n in (1, 2) for what in ("ad account", "ad SEC-A", "entra account")]
    diff = diff_of(decide(*desired, "P3 ad account", "P3 ad SEC-A"), managed("P3 ad account"), rules)
    assert said(diff) == [
        "grant P1 ad account: blocked",
        "grant P1 ad SEC-A: waiting",
        "grant P1 entra account: waiting",
        "grant P2 ad account: blocked",
        "grant P2 ad SEC-A: waiting",
        "grant P2 entra account: waiting",
        "grant P3 ad SEC-A: planned",
    ]
    assert [(str(one.kind), one.count, one.tripped) for one in diff.limits] == [
        ("account", 2, True),
        ("permission", 1, False),
    ]


def test_an_account_waits_for_what_hangs_on_it_when_that_is_blocked() -> None:
    rules = policy(target("ad", limit("revoke", "permission", 1)))
    diff = diff_of(decide(), managed("P1 ad account", "P1 ad SEC-A", "P2 ad account"), rules)
    assert said(diff) == [
        "revoke P1 ad account: waiting",
        "revoke P1 ad SEC-A: blocked",
        "revoke P2 ad account: planned",
    ]
    text = 'The account goes after the permission "SEC-A" in ad, whose removal is blocked.'
    assert diff.lines[0].why == (Why("prerequisite", "ad/permission/SEC-A", text),)


def test_a_chain_of_targets_is_taken_down_from_its_end() -> None:
    rules = policy(target("ad"), target("entra", limit("revoke", "account", 1), depends_on=["ad"]))
    diff = diff_of(decide(), managed("P1 ad account", "P1 entra account"), rules)
    assert said(diff) == ["revoke P1 ad account: waiting", "revoke P1 entra account: blocked"]


def test_a_new_dependent_account_waits_while_a_limit_keeps_the_one_on_its_way_out() -> None:
    rules = policy(target("ad", limit("revoke", "account", 1)), target("entra", depends_on=["ad"]))
    diff = diff_of(decide("P1 entra account"), managed("P1 ad account"), rules)
    assert said(diff) == ["revoke P1 ad account: blocked", "grant P1 entra account: waiting"]


def test_a_frozen_persons_lines_are_not_counted() -> None:
    rules = policy(target("ad", limit("revoke", "account", 2)))
    diff = diff_of(decide(frozen={"P1": PROBLEM}), managed("P1 ad account", "P2 ad account"), rules)
    assert said(diff) == ["revoke P1 ad account: frozen", "revoke P2 ad account: planned"]
