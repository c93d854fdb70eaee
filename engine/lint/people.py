"""What lint asks of a snapshot, counted once."""

from __future__ import annotations

from collections import Counter

from policy.canonical import plain
from policy.lint import PeopleFacts
from policy.people import Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.types import Field


def people_facts(policy: CheckedPolicy, snapshot: Snapshot) -> PeopleFacts:
    """Count people by the values of every field that the policy closes with `one of`, over all their contracts."""
    closed = [one.field for one in policy.fields.values() if one.field.one_of is not None]
    counts: dict[str, Counter[str]] = {field.name: Counter() for field in closed}
    for person in snapshot.persons:
        for field in closed:
            counts[field.name].update(_values(person, field))
    departments = frozenset(one.external_id for one in snapshot.departments)
    return PeopleFacts(len(snapshot.persons), {name: dict(one) for name, one in counts.items()}, departments)


def _values(person: Person, field: Field) -> set[str]:
    holders = (person,) if field.root == "person" else person.contracts
    return {str(plain(one.values[field.key])) for one in holders if field.key in one.values}
