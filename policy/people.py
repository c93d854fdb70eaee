"""Persons, contracts and departments, as the standard model names their fields (LANGUAGE.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policy.canonical import JsonValue, Value, plain


@dataclass(frozen=True, slots=True)
class DataProblem:
    """Why a person is frozen.

    `field` (full path, `person.x` or `contract.x`), `contract` (external id or None) and a text.

    `code` is the code of the diagnostic kind it came from.
    """

    code: str
    field: str
    text: str
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """One employment or assignment.

    `values` by dotted path below `contract` (`cost_center.code`); absent values have no key.

    A department is present as `department.external_id` (with `.code`, `.display_name`), a manager as `manager`
    (external id).
    """

    external_id: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the snapshot. `values` by dotted path below `person`; absent values have no key.

    `contracts` are sorted by external id. `problems` were found by mapping and import and freeze the person. The
    primary manager depends on the day and the policy: it is worked out at evaluation, never stored.
    """

    external_id: str
    values: Mapping[str, Value] = field(default_factory=dict)
    contracts: tuple[Contract, ...] = ()
    problems: tuple[DataProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Department:
    """A department; `parent_external_id` is empty for a root. `manager` is the external id of a person."""

    external_id: str
    code: str | None = None
    display_name: str | None = None
    parent_external_id: str | None = None
    manager: str | None = None


def contract_json(contract: Contract) -> dict[str, JsonValue]:
    """Canonical JSON object of a contract: `external_id` and typed `values`."""
    return {"external_id": contract.external_id, "values": _values_json(contract.values)}


def person_json(person: Person) -> dict[str, JsonValue]:
    """Canonical JSON object of a person, with contracts and problems."""
    return {
        "external_id": person.external_id,
        "values": _values_json(person.values),
        "contracts": [contract_json(contract) for contract in person.contracts],
        "problems": [problem_json(one) for one in person.problems],
    }


def problem_json(problem: DataProblem) -> dict[str, JsonValue]:
    """Canonical JSON object of a problem."""
    return {"code": problem.code, "contract": problem.contract, "field": problem.field, "text": problem.text}


def department_json(department: Department) -> dict[str, JsonValue]:
    """Canonical JSON object of a department."""
    return {
        "external_id": department.external_id,
        "code": department.code,
        "display_name": department.display_name,
        "parent_external_id": department.parent_external_id,
        "manager": department.manager,
    }


def _values_json(values: Mapping[str, Value]) -> dict[str, JsonValue]:
    return {path: tagged_json(value) for path, value in values.items()}


def tagged_json(value: Value) -> list[JsonValue]:
    """Canonical JSON form of a value behind a one-letter type tag: the text "36" and the number 36 never meet.

    t(ext) n(umber) d(ate) f(lag).
    """
    return [_tag(value), plain(value)]


def _tag(value: Value) -> str:
    match value:
        case bool():
            return "f"
        case str():
            return "t"
        case _ if hasattr(value, "isoformat"):
            return "d"
        case _:
            return "n"
