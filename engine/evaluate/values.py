"""Values of a case: fields, and the calendar dates that moments stand for."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from engine.evaluate.context import Context
from policy.canonical import Value
from policy.entitlements import Entitlement
from policy.moments import Moment, move
from policy.people import Contract, Person
from policy.types import Field, FieldType


@dataclass(frozen=True, slots=True)
class Case:
    """What a condition is asked about: a person, one of their contracts (or none), and what they were granted so far.

    `person` carries typed values and the primary manager (`engine.evaluate.typed_person`).
    """

    context: Context
    person: Person
    contract: Contract | None
    granted: AbstractSet[Entitlement]


def value_of(field: Field, person: Person, contract: Contract | None) -> Value | None:
    """Value of `field`, None when it is absent or no contract is meant.

    A department stands for its external id.
    """
    match field.root:
        case "person":
            return person.external_id if field.path == "external_id" else person.values.get(field.path)
        case "contract":
            if contract is None:
                return None
            if field.path == "external_id":
                return contract.external_id
            return contract.values.get(f"{field.path}.external_id" if _is_department(field) else field.path)
        case "account":
            raise AssertionError("the checker refuses account data outside events")


def date_of(moment: Moment, person: Person, contract: Contract | None, as_of: date) -> date | None:
    """Calendar date that `moment` stands for, None when the date field it rests on is absent."""
    base = _base_of(moment, person, contract, as_of)
    return None if base is None else move(base, moment.offset, moment.direction)


def _base_of(moment: Moment, person: Person, contract: Contract | None, as_of: date) -> date | None:
    match moment.base:
        case Field():
            value = value_of(moment.base, person, contract)
            assert value is None or isinstance(value, date), "the checker lets a moment rest on date fields alone"
            return value
        case date():
            return moment.base
        case "today":
            return as_of


def _is_department(field: Field) -> bool:
    return field.type is FieldType.DEPARTMENT
