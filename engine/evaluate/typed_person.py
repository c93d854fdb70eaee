"""A person as the policy's schema sees them: declared types applied, the primary manager of the day worked out."""

from __future__ import annotations

from collections.abc import Mapping

from engine.evaluate.context import Context
from engine.mapping.typed import Mismatch, coerce
from engine.people.primary import primary_manager
from policy.canonical import Value
from policy.people import Contract, Person
from policy.rules import CheckedPolicy
from policy.types import Root


def type_person(person: Person, context: Context) -> Person:
    """Give `person` with typed values and `primary_manager`.

    A value that is not of its declared type is absent here, and a problem that freezes the person elsewhere
    (`engine.people.required`). Values of fields that nobody declared cannot be named by a rule and stay as they are.
    """
    policy = context.policy
    contracts = tuple(Contract(one.external_id, _typed(one.values, "contract", policy)) for one in person.contracts)
    values = _typed(person.values, "person", policy)
    values.pop("primary_manager", None)
    typed = Person(person.external_id, values, contracts, person.problems)
    by, as_of = policy.primary_contract_by, context.as_of
    manager = primary_manager(typed, policy.primary_manager, context.departments, by=by, as_of=as_of)
    if manager is None:
        return typed
    return Person(person.external_id, {**values, "primary_manager": manager}, contracts, person.problems)


def _typed(values: Mapping[str, Value], root: Root, policy: CheckedPolicy) -> dict[str, Value]:
    typed: dict[str, Value] = {}
    for path, value in values.items():
        field = policy.schema.find(f"{root}.{path}")
        read = value if field is None else coerce(value, field, policy.timezone)
        if read is not None and not isinstance(read, Mismatch):
            typed[path] = read
    return typed
