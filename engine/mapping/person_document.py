"""A person as mapping scripts see one: the standard model in the names HR provisioning tools export.

Every standard field is there, null where absent, so that a script may reach `Person.PrimaryContract.Title.Name` of
somebody without contracts. Dates are text (`2026-03-01T00:00:00Z`), numbers are numbers. Names of custom fields and of
account data are known in snake case alone, so they stand in three spellings: `first_start`, `firstStart`, `FirstStart`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.people.departments import DepartmentTree
from engine.people.primary import primary_contract, primary_manager
from policy.canonical import JsonValue, Value
from policy.field_mapping import FieldMapping, pascal_name, snake_name
from policy.people import Contract, Person
from policy.records import RawValue
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.types import STANDARD_SCHEMA, Root

Document = dict[str, RawValue]
_CUSTOM = "custom."
_SEPARATE = frozenset({"department", "manager", "primary_manager"})
_MANAGER = {"DisplayName": "display_name", "UserName": "user_name", "Email": "contact.business.email"}


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """What a document hangs on besides the person: the policy's order, the others, the departments, the day."""

    policy: CheckedPolicy
    snapshot: Snapshot
    as_of: date
    departments: DepartmentTree = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "departments", DepartmentTree.of(self.snapshot.departments)[0])


def person_document(
    person: Person, context: DocumentContext, accounts: Mapping[str, Mapping[str, JsonValue]]
) -> Document:
    """Build `Person` for scripts, with `Contracts`, `PrimaryContract`, `PrimaryManager` and `Accounts.<target>.<name>`.

    `accounts` are the stored account data of the person by target, in snake case or (see `named_account_data`) also by
    the target's own names.
    """
    policy, as_of = context.policy, context.as_of
    by = policy.primary_contract_by
    primary = primary_contract(person, by, as_of)
    manager = primary_manager(person, policy.primary_manager, context.departments, by=by, as_of=as_of)
    document = _from_values("person", person.external_id, person.values)
    contracts = {one.external_id: _contract(one, context) for one in person.contracts}
    document["Contracts"] = list(contracts.values())
    document["PrimaryContract"] = contracts[primary.external_id] if primary else _contract(Contract(""), context)
    document["PrimaryManager"] = _manager(manager, context)
    document["Accounts"] = {target: _spelled(data) for target, data in sorted(accounts.items())}
    return document


def find_value(document: Mapping[str, RawValue], path: str) -> RawValue:
    """Value at a dotted path such as `Person.Name.GivenName`; None where there is nothing."""
    at: RawValue = {"Person": document}
    for part in path.split("."):
        if not isinstance(at, Mapping) or part not in at:
            return None
        at = at[part]
    return at


def is_known_path(path: str) -> bool:
    """Tell whether a field mapping may name `path`: any standard field, custom field or account datum of a person."""
    return path in known_paths() or path.startswith(
        ("Person.Custom.", "Person.PrimaryContract.Custom.", "Person.Accounts.")
    )


def known_paths() -> tuple[str, ...]:
    """Every path of the standard model as scripts write it, sorted."""
    return _KNOWN


def named_account_data(data: Mapping[str, JsonValue], mapping: FieldMapping) -> dict[str, JsonValue]:
    """Account data by snake case name, and by the names their own target's mapping has (`sAMAccountName`)."""
    names = {snake_name(one.name): one.name for one in mapping.fields}
    return {**data, **{names[name]: value for name, value in data.items() if name in names}}


def _from_values(root: Root, external_id: str, values: Mapping[str, Value]) -> Document:
    document: Document = {}
    for one in STANDARD_SCHEMA.fields.values():
        if one.root == root and one.path.partition(".")[0] not in _SEPARATE:
            _put(document, pascal_name(one.path), _raw(values.get(one.path)))
    document["ExternalId"] = external_id or None
    custom = {path.removeprefix(_CUSTOM): one for path, one in values.items() if path.startswith(_CUSTOM)}
    document["Custom"] = _spelled({name: _raw(one) for name, one in custom.items()})
    return document


def _contract(contract: Contract, context: DocumentContext) -> Document:
    document = _from_values("contract", contract.external_id, contract.values)
    department = contract.values.get("department.external_id")
    unit = context.departments.get(department) if isinstance(department, str) else None
    document["Department"] = {
        "ExternalId": _raw(department),
        "Code": _raw(contract.values.get("department.code")),
        "DisplayName": _raw(contract.values.get("department.display_name")),
        "ParentExternalId": unit.parent_external_id if unit else None,
        "Manager": _manager(unit.manager if unit else None, context),
    }
    manager = contract.values.get("manager")
    document["Manager"] = _manager(manager if isinstance(manager, str) else None, context)
    return document


def _manager(external_id: str | None, context: DocumentContext) -> Document:
    found = context.snapshot.find_person(external_id) if external_id else None
    known: Mapping[str, Value] = found.values if found else {}
    return {"ExternalId": external_id, **{name: _raw(known.get(path)) for name, path in _MANAGER.items()}}


def _put(document: Document, path: str, value: RawValue) -> None:
    *above, last = path.split(".")
    at: Document = document
    for part in above:
        inner = at.setdefault(part, {})
        assert isinstance(inner, dict), "a standard field never lies below another one's value"
        at = inner
    at[last] = value


def _raw(value: Value | None) -> RawValue:
    return f"{value.isoformat()}T00:00:00Z" if isinstance(value, date) else value


def _spelled(values: Mapping[str, RawValue]) -> Document:
    spelled: Document = {}
    for name, value in values.items():
        pascal = pascal_name(name)
        spelled |= {pascal[:1].lower() + pascal[1:]: value, pascal: value}
    return {**spelled, **values}


def _paths(document: Mapping[str, RawValue], above: str) -> list[str]:
    found = []
    for name, value in document.items():
        path = f"{above}.{name}"
        found += _paths(value, path) if isinstance(value, Mapping) else [path]
    return found


def _known_paths() -> tuple[str, ...]:
    manager = ["ExternalId", *_MANAGER]
    department = ["ExternalId", "Code", "DisplayName", "ParentExternalId", *(f"Manager.{one}" for one in manager)]
    found = _paths(_from_values("person", "", {}), "Person")
    found += _paths(_from_values("contract", "", {}), "Person.PrimaryContract")
    found += [f"Person.PrimaryContract.Department.{one}" for one in department]
    found += [f"Person.PrimaryContract.Manager.{one}" for one in manager]
    found += [f"Person.PrimaryManager.{one}" for one in manager]
    return tuple(sorted(found))


_KNOWN = _known_paths()
