"""Primary contract and primary manager of a person on a day, by the policy's order (LANGUAGE.md section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine.people.departments import DepartmentTree
from policy.canonical import Value
from policy.people import Contract, Person
from policy.rules import ManagerRule, SortDirection, SortKey
from policy.types import Field, FieldType

_DESCENDING = frozenset({SortDirection.HIGHEST, SortDirection.LATEST})


def primary_contract(person: Person, by: tuple[SortKey, ...], as_of: date) -> Contract | None:
    """Contract that stands first by the sort keys `by` on the day `as_of`; None for a person without contracts.

    A missing value stands last whatever the direction, but an open `end_date` counts as the latest of all. What is
    still equal then goes by external id, ascending: the order is total and never that of the source.
    """
    if len(person.contracts) <= 1:
        return next(iter(person.contracts), None)
    ordered = sorted(person.contracts, key=lambda contract: contract.external_id)
    for key in reversed(by):  # sorting is stable, so the first key is the last one to sort by
        ordered = _sorted_by(ordered, key, as_of)
    return ordered[0]


def primary_manager(
    person: Person, rule: ManagerRule, departments: DepartmentTree, *, by: tuple[SortKey, ...], as_of: date
) -> str | None:
    """External id of the person's primary manager on the day `as_of`, or None.

    From the contract: the manager of the primary contract. From the department: the manager of the primary contract's
    department. Or above: the first manager found going up from there who is not the person themself.
    """
    contract = primary_contract(person, by, as_of)
    if contract is None:
        return None
    if rule is ManagerRule.CONTRACT:
        return _text(contract.values.get("manager"))
    external_id = _text(contract.values.get("department.external_id"))
    if external_id is None:
        return None
    if rule is ManagerRule.DEPARTMENT:
        return _manager_of(departments, external_id)
    managers = (_manager_of(departments, one) for one in (external_id, *departments.parents(external_id)))
    return next((one for one in managers if one is not None and one != person.external_id), None)


def is_active(contract: Contract, as_of: date) -> bool:
    """Tell whether the contract runs on the day: start and end included, an open end is endless, no start is never."""
    start, end = contract.values.get("start_date"), contract.values.get("end_date")
    return isinstance(start, date) and start <= as_of and (not isinstance(end, date) or as_of <= end)


def _sorted_by(contracts: Sequence[Contract], key: SortKey, as_of: date) -> list[Contract]:
    if key.field is None:
        return sorted(contracts, key=lambda contract: not is_active(contract, as_of))
    field = key.field
    read = [(_value(one, field), one) for one in contracts]
    with_value = [(value, one) for value, one in read if value is not None]
    without = [one for value, one in read if value is None]
    descending = key.direction in _DESCENDING
    with_value.sort(key=lambda pair: pair[0], reverse=descending)
    present = [one for _, one in with_value]
    open_is_latest = field.path == "end_date" and descending
    return [*without, *present] if open_is_latest else [*present, *without]


def _value(contract: Contract, field: Field) -> Value | None:
    """Value of the field when it has the declared type; another type cannot be put in order and counts as missing."""
    value = contract.values.get(field.key)
    return value if field_type(value) is _ordered_as(field.type) else None


def field_type(value: Value | None) -> FieldType | None:
    """Type of a value as it stands in a snapshot; None for an absent one."""
    match value:
        case None:
            return None
        case bool():
            return FieldType.FLAG
        case str():
            return FieldType.TEXT
        case date():
            return FieldType.DATE
        case _:
            return FieldType.NUMBER


def _ordered_as(declared: FieldType) -> FieldType:
    return FieldType.TEXT if declared in {FieldType.DEPARTMENT, FieldType.PERSON} else declared


def _manager_of(departments: DepartmentTree, external_id: str) -> str | None:
    unit = departments.get(external_id)
    return unit.manager or None if unit is not None else None


def _text(value: Value | None) -> str | None:
    return value if isinstance(value, str) and value else None
