"""What changed of each person between two snapshots, field by field, for their history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy.canonical import Value, plain
from policy.imports import PersonChange, PersonMove
from policy.people import Person
from policy.snapshot import Snapshot


def changes(before: Snapshot | None, after: Snapshot) -> tuple[PersonChange, ...]:
    """Every field that differs, sorted by person, contract and field; a new or gone person differs in all fields."""
    return tuple(one for found in differences(before, after) for one in spread(found))


def differences(before: Snapshot | None, after: Snapshot) -> Iterator[PersonChange | PersonMove]:
    """Give the same, with a new or gone person as one difference."""
    old = {one.external_id: one for one in before.persons} if before is not None else {}
    new = {one.external_id: one for one in after.persons}
    for person in sorted(old.keys() | new.keys()):
        yield from person_differences(old.get(person), new.get(person))


def person_differences(old: Person | None, new: Person | None) -> Iterator[PersonChange | PersonMove]:
    """Differences of one person, who is in either snapshot."""
    if old == new:
        return
    if old is None or new is None:
        known = new or old
        assert known is not None, "a person of either snapshot"
        yield PersonMove(known, came=old is None)
        return
    yield from _of_values(new.external_id, "", old.values, new.values)
    old_contracts = {one.external_id: one.values for one in old.contracts}
    new_contracts = {one.external_id: one.values for one in new.contracts}
    for contract in sorted(old_contracts.keys() | new_contracts.keys()):
        yield from _of_values(
            new.external_id, contract, old_contracts.get(contract, {}), new_contracts.get(contract, {})
        )


def spread(found: PersonChange | PersonMove) -> Iterator[PersonChange]:
    """Give a difference field by field."""
    if isinstance(found, PersonChange):
        yield found
        return
    person = found.person
    for contract, values in (("", person.values), *((one.external_id, one.values) for one in person.contracts)):
        yield from _of_values(person.external_id, contract, {} if found.came else values, values if found.came else {})


def _of_values(
    person: str, contract: str, old: Mapping[str, Value], new: Mapping[str, Value]
) -> Iterator[PersonChange]:
    root = "contract" if contract else "person"
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        if before != after or type(before) is not type(after):
            yield PersonChange(person, contract, f"{root}.{path}", plain(before), plain(after))
