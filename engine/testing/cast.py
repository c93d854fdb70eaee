"""Who takes part in a test: its own persons and departments beside those of the vault files it names."""

from __future__ import annotations

from collections.abc import Mapping

from policy.people import Department, Person
from policy.snapshot import Snapshot
from policy.testing import PolicyTest


def cast_of(test: PolicyTest, snapshots: Mapping[str, Snapshot]) -> Snapshot:
    """Everybody and every department of `test`; `snapshots` by path as the test names them, each of them given.

    A person of the test stands in for one of the same external id in a snapshot, a later snapshot for an earlier one.
    A department of the test does so when it says where it lies; one that is only named (it exists as soon as it is)
    leaves the snapshot's own as it is.
    """
    persons: dict[str, Person] = {}
    departments: dict[str, Department] = {}
    for path, _ in test.snapshots:
        persons |= {one.external_id: one for one in snapshots[path].persons}
        departments |= {one.external_id: one for one in snapshots[path].departments}
    persons |= {one.person.external_id: one.person for one in test.persons}
    for one in test.departments:
        if one.external_id not in departments or one != Department(one.external_id):
            departments[one.external_id] = one
    return Snapshot.of(persons.values(), departments.values())
