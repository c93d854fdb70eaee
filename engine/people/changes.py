"""What changed of each person between two snapshots, field by field, for their history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy.canonical import Value, plain
from policy.imports import PersonChange
from policy.people import Person
from policy.snapshot import Snapshot


def changes(before: Snapshot | None, after: Snapshot) -> tuple[PersonChange, ...]:
    """Every field that differs, sorted by person, contract and field; a new or gone person differs in all fields."""
    old = {one.external_id: one for one in before.persons} if before is not None else {}
    new = {one.external_id: one for one in after.persons}
    return tuple(
        change for person in sorted(old.keys() | new.keys()) for change in _of_person(old.get(person), new.get(person))
    )


def _of_person(old: Person | None, new: Person | None) -> Iterator[PersonChange]:
    if old == new:
        return
    known = new or old
    assert known is not None, "a person of either snapshot"
    yield from _of_values(known.external_id, "", old.values if old else {}, new.values if new else {})
    old_contracts = {one.external_id: one.values for one in old.contracts} if old else {}
    new_contracts = {one.external_id: one.values for one in new.contracts} if new else {}
    for contract in sorted(old_contracts.keys() | new_contracts.keys()):
        before, after = old_contracts.get(contract, {}), new_contracts.get(contract, {})
        yield from _of_values(known.external_id, contract, before, after)


def _of_values(
    person: str, contract: str, old: Mapping[str, Value], new: Mapping[str, Value]
) -> Iterator[PersonChange]:
    root = "contract" if contract else "person"
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        if before != after or type(before) is not type(after):
            yield PersonChange(person, contract, f"{root}.{path}", plain(before), plain(after))
