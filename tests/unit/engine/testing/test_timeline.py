"""Days that start from what the one before left behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from engine.testing.limits import with_fair_limits
from engine.testing.run import passes, run_test, uses_field_mapping
from engine.testing.timeline import AccountsToMap, MappedAccounts, play
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState
from policy.people import Person
from policy.snapshot import Snapshot
from policy.targets import AccountPayload
from tests.builders.played import AD, contract, on, outcomes, person, policy_of, scenario
from tests.builders.played import entitlement as named

EVERYBODY = 'rule everybody "E"\n    grant account in ad\n    grant permission "SEC-All" in ad\nend\n'
MOVER = person("P1", contract("C1", "2026-01-01", "2026-06-30"), contract("C2", "2026-07-01"), holding=("ad account",))


def verdicts(policy_text: str, *days: object, targets: str = AD, **more: object) -> list[bool]:
    return [one.passed for one in outcomes(policy_of(policy_text, targets=targets), *days, **more)]  # type: ignore[arg-type]  # days


def test_what_is_held_at_first_is_managed() -> None:
    leaver = person("P1", contract(end="2026-03-31"), holding=("ad account", "ad SEC-All", "ad SEC-Old"))

    assert verdicts(
        EVERYBODY,
        on("2026-03-10", "revoke ad SEC-Old"),
        on("2026-04-01", "revoke ad account", "revoke ad SEC-All"),
        persons=(leaver,),
    ) == [True, True, True]


def test_access_held_without_its_account_is_taken_away() -> None:
    assert verdicts(
        EVERYBODY,
        on("2026-03-10", "grant ad account", "revoke ad access"),
        persons=(person("P1", contract(), holding=("ad access",)),),
    ) == [True, True]


def test_a_blocked_line_leaves_nothing_behind() -> None:
    targets = AD.replace("\n", "\n    limit grant account to 1 in 2 days\n", 1)

    assert verdicts(
        EVERYBODY, on("2026-03-01", "blocked ad account"), on("2026-03-09", "blocked ad account"), targets=targets
    ) == [True, True]


def test_a_budget_counts_what_was_done_on_the_days_before() -> None:
    targets = AD.replace("\n", "\n    limit grant account to 2 in 7 days\n", 1)
    late = person("P2", contract(start="2026-03-05"))
    later = person("P3", contract(start="2026-03-12"))

    assert verdicts(
        EVERYBODY,
        on("2026-03-01", "grant ad account"),
        on("2026-03-05", "P2: blocked ad account"),
        on("2026-03-08", "P2: grant ad account"),
        on("2026-03-12", "P3: blocked ad account"),
        targets=targets,
        persons=(person("P1", contract()), late, later),
    ) == [True, True, True, True]


def test_an_account_that_was_disabled_comes_back_as_a_grant_and_is_deleted_as_no_revoke() -> None:
    targets = AD.replace("\n", "\n    on revoke account disable, delete after 90 days\n", 1)
    returning = person("P1", contract("C1", end="2026-03-31"), contract("C2", "2026-05-01", "2026-05-31"))

    *met, deleted = outcomes(
        policy_of(EVERYBODY, targets=targets),
        on("2026-03-01", "grant ad account"),
        on("2026-04-01", "revoke ad account"),
        on("2026-05-01", "grant ad account"),
        on("2026-06-01", "revoke ad account"),
        on("2026-12-01", "revoke ad account"),
        persons=(returning,),
    )

    assert [one.passed for one in met] == [True, True, True, True]
    assert deleted.came == ("What came is a planned deletion of the disabled account.",)


def test_an_account_waits_for_the_one_it_depends_on() -> None:
    targets = AD + 'target entra "Entra"\n    depends on ad using user_principal_name\nend\n'
    rules = (
        'rule e "E"\n    grant account in entra\nend\nrule late "L"\n    starting 2 days after contract.start_date\n'
    )
    rules += "    grant account in ad\nend\n"

    assert verdicts(
        rules,
        on("2026-03-01", "waiting entra account"),
        on("2026-03-03", "grant entra account", "grant ad account"),
        targets=targets,
    ) == [True, True, True]


def map_by_contract(accounts: AccountsToMap) -> MappedAccounts:
    """Give every account the id of the contract that runs on the day."""

    def running(key: EntitlementKey) -> str:
        found = accounts.snapshot.find_person(key.person)
        assert found is not None
        return next(
            one.external_id
            for one in found.contracts
            if str(one.values["start_date"]) <= str(accounts.as_of) <= str(one.values.get("end_date", "9999"))
        )

    return MappedAccounts({key: AccountPayload({"Contract": running(key)}, {}) for key in accounts.keys})


@pytest.mark.parametrize("day", ["2026-06-29", "2026-07-02"])
def test_an_account_is_updated_when_what_is_mapped_differs(day: str) -> None:
    expected = [day > "2026-06-30"]
    policy, test = (
        policy_of(EVERYBODY),
        scenario(on("2026-06-28", "grant ad SEC-All"), on(day, "update ad account"), persons=(MOVER,)),
    )

    outcome = run_test(policy, test, {}, map_accounts=map_by_contract)

    assert [one.passed for one in outcome.expectations[1:]] == expected
    assert passes(policy, test, {}, map_accounts=map_by_contract) is expected[0]
    assert not passes(policy, test, {})
    assert uses_field_mapping(test)


def test_what_is_held_has_the_values_of_the_day_before() -> None:
    test = scenario(on("2026-07-01", "update ad account"), persons=(MOVER,))

    assert run_test(policy_of(EVERYBODY), test, {}, map_accounts=map_by_contract).passed


def test_a_new_account_has_the_values_of_its_first_day() -> None:
    mover = person("P1", *MOVER.person.contracts)
    days = (on("2026-06-30", "grant ad account"), on("2026-07-01", "update ad account"))
    test = scenario(*days, on("2026-07-02", "update ad account"), persons=(mover,))

    outcome = run_test(policy_of(EVERYBODY), test, {}, map_accounts=map_by_contract)

    assert [one.passed for one in outcome.expectations] == [True, True, False]


def test_an_account_that_cannot_be_mapped_is_frozen() -> None:
    def map_none(accounts: AccountsToMap) -> MappedAccounts:
        return MappedAccounts(problems=dict.fromkeys(accounts.keys, "its script gave no value"))

    test = scenario(on("2026-07-01", "update ad account"), persons=(MOVER,))
    (outcome,) = run_test(policy_of(EVERYBODY), test, {}, map_accounts=map_none).expectations

    assert outcome.came == ("What came is an update that is frozen: its script gave no value.",)


def managed_of(*held: str) -> ManagedState:
    keys = [EntitlementKey.of(f"P{number}", named(one)) for number, one in enumerate(held)]
    return ManagedState("test", 0, {key: ManagedEntitlement(key, 1) for key in sorted(keys)})


@pytest.mark.parametrize(
    ("limit", "managed", "kept"),
    [
        ("5 %", 19, None),
        ("5 %", 20, "5 %"),
        ("100 %", 1, "100 %"),
        ("100 %", 0, None),
        ("3 or 5 %", 19, "3"),
        ("3 or 5 %", 20, "3 or 5 %"),
        ("3", 1, "3"),
        ("40 in 7 days", 1, "40 in 7 days"),
    ],
)
def test_a_percentage_holds_once_it_is_at_least_one(limit: str, managed: int, kept: str | None) -> None:
    def limits(text: str | None) -> Sequence[object]:
        said = "" if text is None else f"    limit revoke account to {text}\n"
        policy = policy_of(EVERYBODY, targets=AD.replace("\n", f"\n{said}", 1))
        fair = with_fair_limits(policy, managed_of(*["ad account"] * managed))
        return [(one.count, one.percent_hundredths, one.days) for one in fair.targets["ad"].limits]

    whole = policy_of(EVERYBODY, targets=AD.replace("\n", f"\n    limit revoke account to {kept}\n", 1) if kept else AD)
    assert limits(limit) == [(one.count, one.percent_hundredths, one.days) for one in whole.targets["ad"].limits]


def test_a_leaver_among_few_is_not_blocked_by_a_percentage_and_among_many_is() -> None:
    targets = AD.replace("\n", "\n    limit revoke account to 50 %\n", 1)
    leaver = person("P1", contract(end="2026-03-31"), holding=("ad account",))
    stayer = person("P2", contract(), holding=("ad account",))

    assert verdicts(EVERYBODY, on("2026-04-01", "revoke ad account"), targets=targets, persons=(leaver,)) == [True]
    assert verdicts(EVERYBODY, on("2026-04-01", "blocked ad account"), targets=targets, persons=(leaver, stayer)) == [
        True
    ]


def test_what_was_managed_before_a_day_is_told() -> None:
    test = scenario(on("2026-03-01", "grant ad account"), on("2026-03-02", "nothing"))

    first, second = play(policy_of(EVERYBODY), test, Snapshot.of([test.persons[0].person], ()))

    assert [*first.managed.entries] == []
    assert [key.kind for key in second.managed.entries] == [Kind.ACCOUNT, Kind.PERMISSION]
    assert second.managed.serial == 2
    assert second.as_of == date(2026, 3, 2)


def test_an_empty_person_is_somebody_too() -> None:
    test = scenario(on("2026-03-01", "nothing"), persons=(person("P1"),))

    assert run_test(policy_of(EVERYBODY), test, {"unused": Snapshot.of([Person("P9")], ())}).passed
