"""The snapshot: everybody and every department at one moment, immutable and content-addressed."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from policy.canonical import Value, canonical_json
from policy.people import Contract, DataProblem, Department, Person, department_json
from policy.person_text import person_line


class Persons(Sequence[Person]):
    """Persons in order that are not objects yet: each is built when it is asked for."""

    __slots__ = ()

    @abstractmethod
    def find(self, external_id: str) -> Person | None:
        """Person with this external id, or None."""

    @abstractmethod
    def find_all(self, external_ids: Sequence[str]) -> Iterator[Person | None]:
        """Give the person of each external id in turn, or None; built many at a time."""

    @abstractmethod
    def external_ids(self) -> Sequence[str]:
        """External ids of all in order; nobody is built for it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Persons and departments, each sorted by external id and unique. Build one with `Snapshot.of`.

    `persons` is a tuple, or `Persons` that builds each of them when it is asked for.
    `digest` is the SHA-256 (hex) over the canonical lines of `snapshot_lines`.
    """

    persons: Sequence[Person]
    departments: tuple[Department, ...]
    digest: str

    @classmethod
    def of(cls, persons: Iterable[Person], departments: Iterable[Department]) -> Snapshot:
        """Sort, seal and address a snapshot. Two persons or departments with one external id are our own bug here."""
        people, units = in_order(persons, departments)
        digest = hashlib.sha256()
        for line in snapshot_lines(people, units):
            digest.update(line)
        return cls(people, units, digest.hexdigest())

    def find_people(self, external_ids: Sequence[str]) -> Iterator[Person | None]:
        """Give the person of each external id in turn, or None: sooner than one by one."""
        if isinstance(self.persons, Persons):
            return self.persons.find_all(external_ids)
        return (self.find_person(one) for one in external_ids)

    def find_person(self, external_id: str) -> Person | None:
        """Person with this external id, or None."""
        if isinstance(self.persons, Persons):
            return self.persons.find(external_id)
        low, high = 0, len(self.persons)
        while low < high:
            middle = (low + high) // 2
            if self.persons[middle].external_id < external_id:
                low = middle + 1
            else:
                high = middle
        found = self.persons[low] if low < len(self.persons) else None
        return found if found is not None and found.external_id == external_id else None

    def external_ids(self) -> Sequence[str]:
        """External ids of all persons in order."""
        if isinstance(self.persons, Persons):
            return self.persons.external_ids()
        return [person.external_id for person in self.persons]


def in_order(
    persons: Iterable[Person], departments: Iterable[Department]
) -> tuple[tuple[Person, ...], tuple[Department, ...]]:
    """Persons and departments as a snapshot has them. Two with one external id are our own bug here."""
    people = tuple(sorted(persons, key=lambda person: person.external_id))
    units = tuple(sorted(departments, key=lambda unit: unit.external_id))
    assert len({person.external_id for person in people}) == len(people), "external ids of persons are unique"
    assert len({unit.external_id for unit in units}) == len(units), "external ids of departments are unique"
    return people, units


def snapshot_lines(persons: Iterable[Person], departments: Iterable[Department]) -> Iterable[bytes]:
    """Canonical storage form: one JSON object per line, a head line, then persons, then departments."""
    yield canonical_json({"ordain": "snapshot", "version": 1}) + b"\n"
    for person in persons:
        yield person_line(person)
    for department in departments:
        yield canonical_json({"department": department_json(department)}) + b"\n"


def read_person(stored: Mapping[str, Any]) -> Person:
    """Person from the JSON object that `person_json` wrote."""
    return Person(
        stored["external_id"],
        _read_values(stored["values"]),
        tuple(Contract(one["external_id"], _read_values(one["values"])) for one in stored["contracts"]),
        tuple(read_problem(one) for one in stored["problems"]),
    )


def read_problem(stored: Mapping[str, Any]) -> DataProblem:
    """Problem from the JSON object that `problem_json` wrote."""
    return DataProblem(stored["code"], stored["field"], stored["text"], stored["contract"])


def read_department(stored: Mapping[str, Any]) -> Department:
    """Department from the JSON object that `department_json` wrote."""
    return Department(**stored)


def _read_values(stored: Mapping[str, tuple[str, Any]]) -> dict[str, Value]:
    return {path: value if tag == "t" else _read_value(tag, value) for path, (tag, value) in stored.items()}


def _read_value(tag: str, value: Any) -> Value:  # noqa: ANN401  # JSON
    match tag:
        case "n":
            return Decimal(value)
        case "d":
            return date.fromisoformat(value)
        case _:
            return value  # type: ignore[no-any-return]  # text or flag, as written
