"""Witnesses as tests of the language can tell them: people reduced to what a test can say, and still witnesses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from engine.evaluate.context import prepare
from engine.evaluate.persons import decide_person
from policy.canonical import Value
from policy.comparison import ReplayedWitness
from policy.people import Contract, Department, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.types import Field, FieldType, Root


def tellable(witness: ReplayedWitness, head: CheckedPolicy) -> tuple[Person, tuple[Department, ...]] | None:
    """Give person and departments as a test of HEAD tells them; None when a test cannot tell what matters.

    A test knows the fields that HEAD declares, values of their types, and of a department its number and parent.
    """
    person, departments = witness.witness.person, witness.witness.departments
    contracts = tuple(Contract(one.external_id, _told(one.values, "contract", head)) for one in person.contracts)
    told = Person(person.external_id, _told(person.values, "person", head), contracts)
    units = tuple(Department(one.external_id, parent_external_id=one.parent_external_id) for one in departments)
    context = prepare(head, Snapshot.of([told], units), witness.witness.as_of, include_drafts=False)
    entitled = witness.entitlement in decide_person(told, context).desired
    return (told, units) if entitled is witness.gains else None


def _told(values: Mapping[str, Value], root: Root, policy: CheckedPolicy) -> dict[str, Value]:
    return {
        key: value
        for key, value in values.items()
        if any(_fits(value, one) for one in policy.schema.kept_as(root, key))
    }


def _fits(value: Value, field: Field) -> bool:
    if field.path in {"external_id", "primary_manager"} or (field.one_of is not None and value not in field.one_of):
        return False
    match value:
        case bool():
            return field.type is FieldType.FLAG
        case str():
            return field.type in {FieldType.TEXT, FieldType.DEPARTMENT, FieldType.PERSON}
        case date():
            return field.type is FieldType.DATE
        case Decimal():
            return field.type is FieldType.NUMBER and value >= 0
