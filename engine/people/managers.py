"""Managers by external id: of contracts and departments, also where a source names them by user name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from policy.canonical import Value
from policy.catalogue import sources as kinds
from policy.diagnostics import Diagnostic
from policy.people import Contract, Department, Person


@dataclass(slots=True)
class _Names:
    """Who can be meant by a name, and who used a name that is not an external id."""

    persons: frozenset[str]
    by_user_name: Mapping[str, tuple[str, ...]]
    used: dict[str, list[str]] = field(default_factory=dict)

    def knows(self, manager: Value | None) -> bool:
        """Tell whether there is nothing to look for."""
        return not isinstance(manager, str) or manager in self.persons

    def resolve(self, name: str, where: str) -> str:
        """External id that is meant; the name itself when nobody, or more than one, is."""
        if name in self.persons:
            return name
        self.used.setdefault(name, []).append(where)
        found = self.by_user_name.get(name, ())
        return found[0] if len(found) == 1 else name


def resolve_managers(
    persons: Iterable[Person], departments: Iterable[Department]
) -> tuple[list[Person], list[Department], list[Diagnostic]]:
    """Persons and departments with their managers as external ids, and what is to say about it.

    A user name that exactly one person has is replaced and noted. A manager who is nobody, or several, stays as
    written and is named in a warning: a notification may miss its reader, but nobody's access hangs on it, so nobody
    is frozen.
    """
    people = list(persons)
    by_user_name: dict[str, tuple[str, ...]] = {}
    for person in people:
        user_name = person.values.get("user_name")
        if isinstance(user_name, str):
            by_user_name[user_name] = (*by_user_name.get(user_name, ()), person.external_id)
    names = _Names(frozenset(one.external_id for one in people), by_user_name)
    units = [_of_department(unit, names) for unit in departments]
    people = [_of_person(person, names) for person in people]
    return people, units, [_told(names, name, names.used[name]) for name in sorted(names.used)]


def _of_department(unit: Department, names: _Names) -> Department:
    if not unit.manager:
        return replace(unit, manager=None)
    return replace(unit, manager=names.resolve(unit.manager, f"department “{unit.external_id}”"))


def _of_person(person: Person, names: _Names) -> Person:
    if all(names.knows(one.values.get("manager")) for one in person.contracts):  # the usual case
        return person
    return replace(person, contracts=tuple(_of_contract(person, one, names) for one in person.contracts))


def _of_contract(person: Person, contract: Contract, names: _Names) -> Contract:
    manager = contract.values.get("manager")
    if not isinstance(manager, str):
        return contract
    found = names.resolve(manager, f"contract “{contract.external_id}” of person “{person.external_id}”")
    return contract if found == manager else replace(contract, values={**contract.values, "manager": found})


def _told(names: _Names, name: str, where: list[str]) -> Diagnostic:
    found = names.by_user_name.get(name, ())
    places = where[0] if len(where) == 1 else f"{where[0]} and {len(where) - 1} more"
    if len(found) == 1:
        detail = f"“{name}” is the user name of person “{found[0]}”, who is taken as the manager of {places}."
        return Diagnostic(kinds.MANAGER_BY_USER_NAME, detail, subject=name)
    if found:
        detail = f"“{name}” is the manager of {places}, but the user name of {len(found)} persons."
    else:
        detail = f"“{name}” is the manager of {places}, but no person has this external id or user name."
    hint = f"Name the manager by external id, or add “{name}” to the persons of the source."
    return Diagnostic(kinds.UNKNOWN_MANAGER, detail, hint=hint, subject=name)
