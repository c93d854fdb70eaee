"""Events that fire, through the real evaluation and reconciliation of rules as authors write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from dsl.compile import compile_policy
from engine.evaluate.evaluate import evaluate
from engine.events.fire import EventInputs, fire_events
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.canonical import JsonValue, Value
from policy.entitlements import Entitlement, EntitlementKey, Kind
from policy.events import EmploymentDay, FiredEvent, events_file, read_employment_days
from policy.ledger import ManagedEntitlement, ManagedState
from policy.people import Contract, Department, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.source import SourceFile
from policy.targets import AccountPayload

RULES = """
policy "Test" language 1 timezone "UTC" end
target ad "AD" end
target erp "ERP" limit grant account to 1 end
rule everybody
    starting 14 days before contract.start_date
    grant account in ad
    grant permission "All" in ad
end
exclude by-hr when person.excluded from all targets because "x" end
exclude in-ad when person.status.blocked from ad because "x" end
"""
ACCOUNT = Entitlement("ad", Kind.ACCOUNT)
JOINED = 'event joined on grant account in ad {when} notify "a@b.example" using "joined" end'
START = date(2026, 3, 15)


def policy(*events: str) -> CheckedPolicy:
    compilation = compile_policy([SourceFile("rules.ordain", RULES + "\n".join(events))], {})
    assert compilation.policy is not None, compilation.diagnostics
    return compilation.policy


def person(name: str = "P1", *contracts: Contract, **values: Value) -> Person:
    given = contracts or (Contract("C1", {"start_date": START, "department.external_id": "W3", "manager": "M1"}),)
    return Person(name, {key.replace("__", "."): value for key, value in values.items()}, given)


def fire(
    rules: CheckedPolicy,
    *people: Person,
    day: date = START,
    held: Mapping[Entitlement, Mapping[str, JsonValue]] | None = None,
    payload: Mapping[str, JsonValue] | None = None,
    fired: frozenset[EmploymentDay] = frozenset(),
    secret: frozenset[str] = frozenset(),
) -> tuple[FiredEvent, ...]:
    snapshot = Snapshot.of(people, [Department("CARE"), Department("W3", parent_external_id="CARE")])
    keys = {EntitlementKey.of("P1", one): attributes for one, attributes in (held or {}).items()}
    entries = {key: ManagedEntitlement(key, 1, attributes=attributes) for key, attributes in sorted(keys.items())}
    account = EntitlementKey.of("P1", ACCOUNT)
    payloads = {account: AccountPayload(payload, {})} if payload is not None else {}
    inputs = ReconcileInputs(
        decisions=evaluate(rules, snapshot, day),
        policy=rules,
        managed=ManagedState("l", 1, entries),
        payloads=payloads if account in entries else {},
        secret_fields={"ad": secret},
    )
    new = {} if account in entries else payloads
    return fire_events(EventInputs(inputs, snapshot, reconcile(inputs), fired, new))


def ids(fired: tuple[FiredEvent, ...]) -> list[str]:
    return [one.event for one in fired]


def test_without_events_nothing_is_looked_at() -> None:
    assert fire(policy(), person()) == ()


def test_an_event_fires_for_the_line_it_speaks_of() -> None:
    (found,) = fire(policy(JOINED.format(when="")), person())
    assert (found.event, found.person, found.line, found.contract) == ("joined", "P1", 0, "")
    assert found.recipient.address == "a@b.example"


@pytest.mark.parametrize(
    ("trigger", "fires"),
    [
        ("grant account in ad", True),
        ("grant permission in ad", True),
        ('grant permission "All" in ad', True),
        ('grant permission "Other" in ad', False),
        ("grant access in ad", False),
        ("revoke account in ad", False),
        ("grant account in erp", False),
    ],
)
def test_the_trigger_has_to_be_the_line(trigger: str, *, fires: bool) -> None:
    rules = policy(f'event e on {trigger} notify "a@b.example" using "x" end')
    assert bool(fire(rules, person())) is fires


@pytest.mark.parametrize(
    ("condition", "fires"),
    [
        ('contract.department is "CARE" or below', True),
        ('contract.department is "SALES" or below', False),
        ("contract is active", True),
        ("person.details.gender is known", False),
        ('holds permission "All" in ad', True),
        ("holds access in ad", False),
    ],
)
def test_a_condition_speaks_of_the_contract_that_is_the_reason(condition: str, *, fires: bool) -> None:
    found = fire(policy(JOINED.format(when=f"when {condition}")), person())
    assert [one.contract for one in found] == (["C1"] if fires else [])


def test_of_several_contracts_only_a_reason_counts() -> None:
    old = Contract("C0", {"start_date": date(2020, 1, 1), "end_date": date(2020, 2, 1), "title.code": "OLD"})
    new = Contract("C1", {"start_date": START, "title.code": "NEW"})
    rules = policy(JOINED.format(when='when contract.title.code is "OLD"'))
    assert fire(rules, person("P1", old, new)) == ()


def test_a_revoke_of_somebody_who_is_gone_is_told_too() -> None:
    rules = policy('event left on revoke account in ad notify person.primary_manager using "left" end')
    (found,) = fire(rules, held={ACCOUNT: {}})
    assert (found.person, found.recipient.person) == ("P1", None)


def test_lines_that_are_not_planned_fire_nothing() -> None:
    rules = policy(
        "rule finance grant account in erp end",
        'event joined on grant account in erp notify "a@b.example" using "x" end',
    )
    assert fire(rules, person()) == ()  # blocked by its limit


@pytest.mark.parametrize("fact", ["excluded", "status__blocked"])
def test_x1_nothing_fires_for_a_frozen_scope(fact: str) -> None:
    frozen = Person("P1", {fact.replace("__", "."): True}, person().contracts)
    assert fire(policy(JOINED.format(when="")), frozen) == ()


CHANGED = {
    "changes": True,
    'changes from "A. Smit"': True,
    'changes from "B. Smit"': False,
    'changes to "A. Jansen"': True,
    'changes from "A. Smit" to "A. Jansen"': True,
    'changes from "A. Smit" to "A. Smit"': False,
    'is "A. Jansen"': True,
    'is "A. Smit"': False,
    'is not "A. Smit"': True,
    'starts with "A."': True,
    "is known": True,
}


@pytest.mark.parametrize(("asked", "fires"), CHANGED.items())
def test_an_update_knows_account_data_before_and_after(asked: str, *, fires: bool) -> None:
    rules = policy(
        f'event renamed on update account in ad when account.display_name {asked} notify "a@b.c" using "x" end'
    )
    held = {ACCOUNT: {"DisplayName": "A. Smit", "City": "Delft"}, Entitlement("ad", Kind.PERMISSION, "All"): {}}
    found = fire(rules, person(), held=held, payload={"DisplayName": "A. Jansen", "City": "Delft"})
    assert bool(found) is fires


def test_what_does_not_change_does_not_change() -> None:
    rules = policy('event moved on update account in ad when account.city changes notify "a@b.c" using "x" end')
    held = {ACCOUNT: {"DisplayName": "A. Smit", "City": "Delft"}}
    assert fire(rules, person(), held=held, payload={"DisplayName": "A. Jansen", "City": "Delft"}) == ()


def test_secret_account_data_are_absent() -> None:
    rules = policy('event e on update account in ad when account.pin changes notify "a@b.c" using "x" end')
    held = {ACCOUNT: {"Pin": "1", "City": "Delft"}}
    assert fire(rules, person(), held=held, payload={"Pin": "2", "City": "Gouda"}, secret=frozenset({"Pin"})) == ()


def test_a_new_account_has_the_data_it_will_get() -> None:
    rules = policy(JOINED.format(when='when account.mail ends with "@x.example" and account.groups is "A, B"'))
    assert ids(fire(rules, person(), payload={"Mail": "p@x.example", "Groups": ["A", "B"]})) == ["joined"]
    assert fire(rules, person()) == ()


BEFORE = 'event pre 14 days before onboarding notify person.primary_manager using "pre" end'


@pytest.mark.parametrize(("day", "fires"), [("2026-02-28", False), ("2026-03-01", True), ("2026-04-01", True)])
def test_a_day_fires_at_the_first_evaluation_on_or_after_it(day: str, *, fires: bool) -> None:
    found = fire(policy(BEFORE), person(), day=date.fromisoformat(day))
    assert [(one.due, one.recipient.person, one.line) for one in found] == (
        [(date(2026, 3, 1), "M1", None)] if fires else []
    )


def test_a_day_fires_once_and_again_when_it_moved() -> None:
    rules = policy(BEFORE)
    (found,) = fire(rules, person())
    assert found.employment is not None
    known = frozenset({found.employment})
    assert fire(rules, person(), fired=known) == ()
    moved = person("P1", Contract("C1", {"start_date": date(2026, 3, 20)}))
    assert len(fire(rules, moved, fired=known)) == 1


def test_offboarding_is_the_last_day_of_an_unbroken_employment() -> None:
    rules = policy('event left 1 week after offboarding notify "a@b.example" using "left" end')
    contracts = (
        Contract("C1", {"start_date": date(2025, 1, 1), "end_date": date(2025, 12, 31)}),
        Contract("C2", {"start_date": date(2026, 1, 4), "end_date": date(2026, 3, 8)}),
    )
    (found,) = fire(rules, person("P1", *contracts))
    assert (found.due, found.employment and found.employment.day) == (START, date(2026, 3, 8))
    assert fire(rules, person("P1", Contract("C1", {"start_date": START}))) == ()


def test_a_day_asks_of_a_contract_of_that_employment() -> None:
    rules = policy(BEFORE.replace("notify", 'when contract.title.code is "OLD" notify'))
    contracts = (
        Contract("C1", {"start_date": date(2020, 1, 1), "end_date": date(2020, 12, 31), "title.code": "OLD"}),
        Contract("C2", {"start_date": START, "title.code": "NEW"}),
    )
    assert [one.employment and one.employment.day for one in fire(rules, person("P1", *contracts))] == [
        date(2020, 1, 1)
    ]


def test_x1_days_of_people_who_are_left_alone_fire_nothing() -> None:
    rules = policy(BEFORE)
    alone = replace(person(), values={"excluded": True})
    assert fire(rules, alone) == ()
    in_one_target = replace(person(), values={"status.blocked": True})
    assert len(fire(rules, in_one_target)) == 1


def test_a_private_address_is_named_and_not_told() -> None:
    rules = policy('event w on grant account in ad notify person.contact.personal.email using "w" end')
    content = events_file(fire(rules, replace(person(), values={"contact.personal.email": "me@home.example"})))
    assert b"me@home.example" not in content
    assert json.loads(content)["notify"] == {"field": "person.contact.personal.email", "hidden": True}


def test_the_file_is_canonical_and_says_which_days_it_is_about() -> None:
    rules = policy(BEFORE, JOINED.format(when=""))
    fired = fire(rules, person("P2"), person())
    content = events_file(fired)
    assert [(json.loads(line)["person"], json.loads(line)["event"]) for line in content.splitlines()] == [
        ("P1", "joined"),
        ("P1", "pre"),
        ("P2", "joined"),
        ("P2", "pre"),
    ]
    assert content.splitlines()[1] == (
        b'{"at":"rules.ordain:12","contract":"","event":"pre","notify":{"field":"person.primary_manager","person":"M1"},'
        b'"on":{"day":"2026-03-15","due":"2026-03-01","edge":"onboarding"},"person":"P1","using":"pre"}'
    )
    assert read_employment_days(content) == {one.employment for one in fired if one.employment}
