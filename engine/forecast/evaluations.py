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
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.decisions import Decisions
from policy.diff import EntitlementDiff
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot


class Evaluations(Protocol):
    """One policy over the persons of one snapshot, on any day."""

    @property
    def person_count(self) -> int:
        """How many persons there are."""

    def turning_days(self, after: date, until: date) -> Mapping[date, AbstractSet[str]]:
        """Persons by day behind `after` and up to `until` on which rules may decide something else of them.

        The ends of exclusions are left out. Some of the days may change nothing.
        """

    def decide_all(self, day: date) -> Decisions:
        """Decide about everybody."""

    def reconcile_all(self, inputs: ReconcileInputs) -> EntitlementDiff:
        """Reconcile what was decided about everybody."""

    def decide(self, persons: Collection[str], day: date) -> Decisions:
        """Decide about these persons; whoever is not in the snapshot is entitled to nothing."""


@dataclass(frozen=True, slots=True)
class ReferenceEvaluations:
    """The port over the reference: `engine.evaluate` and `engine.reconcile`."""

    policy: CheckedPolicy
    snapshot: Snapshot
    include_drafts: bool = False

    @property
    def person_count(self) -> int:
        """How many persons there are."""
        return len(self.snapshot.persons)

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

    def decide_all(self, day: date) -> Decisions:
        """Decide about everybody."""
        return evaluate(self.policy, self.snapshot, day, include_drafts=self.include_drafts)

    def reconcile_all(self, inputs: ReconcileInputs) -> EntitlementDiff:
        """Reconcile what was decided about everybody."""
        return reconcile(inputs)

    def decide(self, persons: Collection[str], day: date) -> Decisions:
        """Decide about these persons, see the port."""
        found = (self.snapshot.find_person(one) for one in sorted(persons))
        few = tuple(one for one in found if one is not None)
        part = Snapshot(few, self.snapshot.departments, self.snapshot.digest)
        return evaluate(self.policy, part, day, include_drafts=self.include_drafts)
