"""The port to whatever evaluates: some persons on some day, and the days on which that may give something else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from engine.evaluate.boundaries import comparisons_with_today, person_boundaries
from engine.evaluate.context import prepare
from engine.evaluate.evaluate import evaluate
from policy.decisions import Decisions
from policy.people import Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot


class Evaluations(Protocol):
    """One policy over the persons of one snapshot, on any day."""

    def persons(self) -> Collection[str]:
        """External ids of everybody in the snapshot."""

    def turning_days(self, after: date, until: date) -> Mapping[date, AbstractSet[str]]:
        """Persons by day behind `after` and up to `until` on which rules may decide something else of them.

        The ends of exclusions are left out. Some of the days may change nothing.
        """

    def decide(self, persons: Collection[str] | None, day: date) -> Decisions:
        """Decide about these persons (None: everybody); whoever is in no snapshot is entitled to nothing."""


@dataclass(frozen=True, slots=True)
class ReferenceEvaluations:
    """The port over the reference evaluator: `engine.evaluate`."""

    policy: CheckedPolicy
    snapshot: Snapshot
    include_drafts: bool = False

    def persons(self) -> Collection[str]:
        """External ids of everybody in the snapshot."""
        return [person.external_id for person in self.snapshot.persons]

    def turning_days(self, after: date, until: date) -> Mapping[date, AbstractSet[str]]:
        """Persons by day, see the port."""
        context = prepare(self.policy, self.snapshot, date.min, include_drafts=True)
        moments = comparisons_with_today(self.policy)
        found: dict[date, set[str]] = {}
        for person in self.snapshot.persons:
            for day in person_boundaries(person, context, moments):
                if after < day <= until:
                    found.setdefault(day, set()).add(person.external_id)
        return found

    def decide(self, persons: Collection[str] | None, day: date) -> Decisions:
        """Decide about these persons, see the port."""
        snapshot = self.snapshot if persons is None else self._part(persons)
        return evaluate(self.policy, snapshot, day, include_drafts=self.include_drafts)

    def _part(self, persons: Collection[str]) -> Snapshot:
        found: list[Person] = []
        for one in sorted(persons):
            person = self.snapshot.find_person(one)
            if person is not None:
                found.append(person)
        return Snapshot(tuple(found), self.snapshot.departments, self.snapshot.digest)
