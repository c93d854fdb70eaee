"""A real person drawn for a test: the fields that rules look at, the departments they need, and what they get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.evaluate.evaluate import evaluate
from engine.graph.build import build_graph
from engine.graph.nodes import Relation
from engine.mapping.typed import Mismatch, coerce
from engine.people.departments import DepartmentTree
from engine.people.horizon import contract_horizon
from engine.testing.run import run_test
from policy.canonical import Value
from policy.decisions import Decisions
from policy.entitlements import Entitlement
from policy.people import Contract, Department, Person
from policy.rules import CheckedPolicy, ManagerRule, Scope
from policy.snapshot import Snapshot
from policy.source import Span
from policy.testing import Expectation, Expected, PolicyTest, TestDay, TestPerson
from policy.types import Field, Root

_NOWHERE = Span("", 1, 1, 1, 1)
_DEPARTMENT = "department.external_id"


@dataclass(frozen=True, slots=True)
class Portrait:
    """A test in the making.

    `private` are the paths of private fields in it. `left_out` are expectations that hold for the real person and not
    for the drawn one: what decides them cannot be said in a test.
    """

    person: TestPerson
    departments: tuple[Department, ...]
    day: TestDay
    private: tuple[str, ...]
    left_out: tuple[Expectation, ...]


def draw_person(policy: CheckedPolicy, snapshot: Snapshot, person: Person, as_of: date) -> Portrait:
    """Draw a person of `snapshot` as they are on the day `as_of`, with what they are entitled to and by which rules.

    Left out are fields that no rule looks at, such as names, and contracts that ended too long ago to decide anything.
    The expectations are those that come out when the test is run, drafts included.
    """
    fields = _fields_read(policy, several_contracts=len(person.contracts) > 1)
    drawn = Person(
        person.external_id,
        _chosen(person.values, fields["person"], policy.timezone),
        _contracts(policy, person, fields, as_of),
    )
    departments = _departments(drawn, snapshot)
    decisions = evaluate(policy, snapshot, as_of, include_drafts=True)
    wanted = tuple(_expectations(decisions, person.external_id))
    cast = TestPerson(drawn, (), _NOWHERE)
    failed = _not_met(policy, cast, departments, TestDay(as_of, wanted, _NOWHERE))
    kept = tuple(one for one in wanted if one not in failed)
    return Portrait(cast, departments, TestDay(as_of, kept, _NOWHERE), _private(policy, drawn), failed)


def _fields_read(policy: CheckedPolicy, *, several_contracts: bool) -> dict[Root, dict[str, Field]]:
    """Fields that decide something, by the key of their value."""
    edges = build_graph(policy).edges
    names = {edge.used.id for edge in edges if edge.relation is Relation.READS}
    fields = [*policy.schema.required, *(one for name in names if (one := policy.schema.find(name)) is not None)]
    about_manager = any(one.name == "person.primary_manager" for one in fields)
    asks_primary = about_manager or any(one.scope is Scope.PRIMARY_CONTRACT for one in policy.rules.values())
    if several_contracts and asks_primary:
        fields += [one.field for one in policy.primary_contract_by if one.field is not None]
    also = ["contract.start_date", "contract.end_date"]
    if about_manager and policy.primary_manager is ManagerRule.CONTRACT:
        also.append("contract.manager")
    fields += [one for name in also if (one := policy.schema.find(name)) is not None]
    found: dict[Root, dict[str, Field]] = {"person": {}, "contract": {}, "account": {}}
    for one in fields:
        found[one.root][one.key] = one
    return found


def _contracts(
    policy: CheckedPolicy, person: Person, fields: Mapping[Root, Mapping[str, Field]], as_of: date
) -> tuple[Contract, ...]:
    horizon = contract_horizon(policy, as_of)
    return tuple(
        replace(one, values=_chosen(one.values, fields["contract"], policy.timezone))
        for one in person.contracts
        if not isinstance(end := one.values.get("end_date"), date) or end >= horizon
    )


def _chosen(values: Mapping[str, Value], fields: Mapping[str, Field], timezone: str) -> dict[str, Value]:
    """Values of fields that are read; what names the person or contract itself stands in the heading already.

    What a fact of a test cannot hold is left out: a value of another type than declared or outside `one of`, and a
    number below zero.
    """
    found: dict[str, Value] = {}
    for path, value in sorted(values.items()):
        field = fields.get(path)
        typed = None if field is None or path == "external_id" else coerce(value, field, timezone)
        if field is None or typed is None or isinstance(typed, Mismatch):
            continue
        if (field.one_of is None or typed in field.one_of) and not (isinstance(typed, Decimal) and typed < 0):
            found[path] = typed
    return found


def _departments(person: Person, snapshot: Snapshot) -> tuple[Department, ...]:
    """Departments of the contracts and all above them, as far as a test can tell of one: where it lies."""
    tree, _ = DepartmentTree.of(snapshot.departments)
    named = {str(one.values[_DEPARTMENT]) for one in person.contracts if _DEPARTMENT in one.values}
    needed = named.union(*(tree.parents(one) for one in named))
    found = [one for name in sorted(needed) if (one := tree.get(name)) is not None]
    return tuple(Department(one.external_id, parent_external_id=one.parent_external_id) for one in found)


def _expectations(decisions: Decisions, person: str) -> Iterator[Expectation]:
    excluded = tuple(sorted(one.exclusion for one in decisions.excluded.get(person, ())))
    if excluded or person in decisions.frozen:
        yield _expect(Expected.FROZEN, person, because=excluded)
    theirs = {key.entitlement: reasons for key, reasons in decisions.desired.items() if key.person == person}
    for entitlement, reasons in theirs.items():
        rules = tuple(sorted({one.rule for one in reasons}))
        yield _expect(Expected.ENTITLED, person, entitlement, because=rules)
    if theirs:
        yield _expect(Expected.ONLY, person, *theirs)
    else:
        yield _expect(Expected.NOTHING, person)


def _expect(expected: Expected, person: str, *entitlements: Entitlement, because: tuple[str, ...] = ()) -> Expectation:
    return Expectation(expected, person, entitlements, because, None, _NOWHERE)


def _not_met(
    policy: CheckedPolicy, person: TestPerson, departments: tuple[Department, ...], day: TestDay
) -> tuple[Expectation, ...]:
    test = PolicyTest("", departments, (person,), (), (day,), _NOWHERE)
    return tuple(one.expectation for one in run_test(policy, test, {}).failures)


def _private(policy: CheckedPolicy, person: Person) -> tuple[str, ...]:
    rows: list[tuple[Root, Mapping[str, Value]]] = [("person", person.values)]
    rows += [("contract", one.values) for one in person.contracts]
    fields = {one.name: one for root, values in rows for key in values for one in policy.schema.kept_as(root, key)}
    return tuple(sorted(name for name, one in fields.items() if one.private))
