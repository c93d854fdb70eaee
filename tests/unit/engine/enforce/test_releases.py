from __future__ import annotations

from engine.enforce.plan import PlanTerms, make_plan
from engine.enforce.releases import Released, check_releases, release_lines
from engine.reconcile.limits import LimitBasis
from policy.diff import EntitlementDiff
from policy.entitlements import Kind
from policy.ledger import ManagedState
from policy.rules import CheckedPolicy
from policy.statements import Releases
from policy.targets import Limit
from tests.builders.diffs import TODAY, decide, diff_of, limit, managed, never, policy, say, target

ACCOUNTS = Releases(frozenset({"ad/grant/account"}))


def town(*limits: Limit, persons: int = 2) -> tuple[CheckedPolicy, EntitlementDiff]:
    rules = policy(target("ad", *limits), target("entra", depends_on=["ad"]))
    whats = ("ad account", "ad SEC-A", "entra account")
    return rules, diff_of(decide(*(f"P{n} {what}" for n in range(persons) for what in whats)), rules=rules)


def release(
    rules: CheckedPolicy, diff: EntitlementDiff, releases: Releases, state: ManagedState | None = None
) -> Released:
    return release_lines(diff.lines, releases, LimitBasis.of(rules.targets, state or managed(), (), TODAY))


def released(diff: EntitlementDiff, done: Released) -> list[str]:
    return [say(line).rsplit(":", 1)[0] for line in diff.lines if line.n in done.lines]


def test_nothing_wakes_without_a_release() -> None:
    rules, diff = town(limit("grant", "account", 2))
    assert release(rules, diff, Releases()) == Released()


def test_a_released_bucket_goes_with_all_that_waits_for_it() -> None:
    rules, diff = town(limit("grant", "account", 2))
    done = release(rules, diff, ACCOUNTS)
    assert done.lines == {line.n for line in diff.lines}
    plan = make_plan("D1", diff.lines, terms=PlanTerms(done.lines, done), targets=rules.targets)
    assert len(plan.actions) == 6


def test_a_single_line_goes_alone() -> None:
    rules, diff = town(limit("grant", "account", 2))
    done = release(rules, diff, Releases(lines=frozenset({0})))
    assert released(diff, done) == ["grant P0 ad account", "grant P0 ad SEC-A", "grant P0 entra account"]


def test_what_wakes_up_is_counted_in_its_own_bucket() -> None:
    rules, diff = town(limit("grant", "account", 2), limit("grant", "permission", 2))
    done = release(rules, diff, ACCOUNTS)
    assert [one.key.kind for one in diff.lines if one.n in done.held_back] == [Kind.PERMISSION, Kind.PERMISSION]
    plan = make_plan("D1", diff.lines, terms=PlanTerms(frozenset(range(6)), done), targets=rules.targets)
    assert len(plan.actions) == 4
    assert plan.skipped[1] == (
        "waiting: grant permission in ad: 2 lines; the limit of 2 is reached "
        "(hr.ordain:12; 0 permissions managed there now)."
    )


def test_a_bucket_that_wakes_up_may_be_released_too() -> None:
    rules, diff = town(limit("grant", "account", 2), limit("grant", "permission", 2))
    both = Releases(frozenset({"ad/grant/account", "ad/grant/permission"}))
    assert len(release(rules, diff, both).lines) == 6


def test_removals_wake_up_in_their_order_too() -> None:
    rules = policy(target("ad", limit("revoke", "permission", 1)))
    diff = diff_of(decide(), managed("P1 ad account", "P1 ad SEC-A"), rules)
    done = release(rules, diff, Releases(frozenset({"ad/revoke/permission"})))
    assert released(diff, done) == ["revoke P1 ad account", "revoke P1 ad SEC-A"]


def test_a_released_removal_of_an_account_wakes_up_no_grant_on_it() -> None:
    rules = policy(target("ad", limit("revoke", "account", 1)))
    diff = diff_of(decide("P1 ad SEC-A"), managed("P1 ad account"), rules)
    done = release(rules, diff, Releases(frozenset({"ad/revoke/account"})))
    assert released(diff, done) == ["revoke P1 ad account"]


def test_a_grant_that_waits_for_a_removal_waits_whatever_is_released() -> None:
    rules = policy(target("erp", limit("grant", "account", 1)), nevers=[never("erp Vendor", "erp Payment")])
    state = managed("P1 erp account", "P1 erp Vendor")
    diff = diff_of(decide("P1 erp account", "P1 erp Payment", "P2 erp account"), state, rules)
    done = release(rules, diff, Releases(frozenset({"erp/grant/account"}), frozenset({0})), state)
    assert released(diff, done) == ["grant P2 erp account"]


def test_a_release_that_nothing_needs_is_a_problem_with_a_way_out() -> None:
    _, diff = town(limit("grant", "account", 2))
    found = check_releases(diff.lines, Releases(frozenset({"ad/revoke/account"}), frozenset({0, 1})))
    assert [(one.code, one.subject) for one in found] == [
        ("ORD0805", "bucket ad/revoke/account"),
        ("ORD0805", "line 1"),
    ]
    assert found[0].hint == "release one of ad/grant/account"
    assert check_releases(diff.lines, ACCOUNTS) == ()


def test_a_release_where_no_limit_was_reached_says_so() -> None:
    _, diff = town()
    assert check_releases(diff.lines, ACCOUNTS)[0].hint == "leave the release out: no limit was reached"
