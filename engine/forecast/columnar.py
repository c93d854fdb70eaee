"""The port to evaluation over the columnar evaluator: everybody in a blink, and few persons by the reference."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from engine.columnar.boundaries import boundaries_of
from engine.columnar.columns import Columns
from engine.columnar.decide import decide
from engine.columnar.desired import DesiredColumns
from engine.columnar.persons import snapshot_of
from engine.forecast.evaluations import ReferenceEvaluations
from engine.merge.managed import managed_columns
from engine.merge.reconcile import reconcile_columns
from engine.reconcile.inputs import ReconcileInputs
from policy.decisions import Decisions, Reason
from policy.diff import EntitlementDiff
from policy.entitlements import EntitlementKey
from policy.rules import CheckedPolicy

FEW = 16
"""Up to so many persons are decided sooner one by one than by tables, which are compiled anew for each day."""


@dataclass(frozen=True, slots=True)
class ColumnarEvaluations:
    """The port over `engine.columnar` and `engine.merge`, equal to the one over the reference."""

    policy: CheckedPolicy
    columns: Columns
    include_drafts: bool = False
    few: int = FEW

    @property
    def person_count(self) -> int:
        """How many persons there are."""
        return self.columns.person_count

    def turning_days(self, after: date, until: date) -> Mapping[date, AbstractSet[str]]:
        """Persons by day, see the port."""
        found = boundaries_of(self.policy, self.columns, after, until)
        rows = np.repeat(np.arange(self.person_count), np.diff(found.first))
        persons = self.columns.person_ids.take(rows).to_pylist()
        days: dict[date, set[str]] = {}
        for day, person in zip(found.days.tolist(), persons, strict=True):
            days.setdefault(date.fromordinal(day), set()).add(person)
        return days

    def decide_all(self, day: date) -> Decisions:
        """Decide about everybody."""
        return decide(self.policy, self.columns, day, include_drafts=self.include_drafts)

    def reconcile_all(self, inputs: ReconcileInputs) -> EntitlementDiff:
        """Reconcile what was decided about everybody."""
        managed = replace(inputs.managed, entries=managed_columns(inputs.managed.entries))
        return reconcile_columns(replace(inputs, managed=managed))

    def decide(self, persons: Collection[str], day: date) -> Decisions:
        """Decide about these persons, see the port."""
        if len(persons) <= self.few:
            people = snapshot_of(self.columns)
            return ReferenceEvaluations(self.policy, people, self.include_drafts).decide(persons, day)
        rows = [row for row in map(self.columns.find, persons) if row is not None]
        part = self.columns.take(np.array(sorted(rows), np.int64)).narrowed()
        decisions = decide(self.policy, part, day, include_drafts=self.include_drafts)
        assert isinstance(decisions.desired, DesiredColumns), "the columnar evaluator gives columns"
        return replace(decisions, desired=_KeyedDesired.of(decisions.desired))


@dataclass(frozen=True, slots=True, eq=False)
class _KeyedDesired(Mapping[EntitlementKey, tuple[Reason, ...]]):
    """What few people are entitled to: keys as a dictionary, reasons told when they are asked for."""

    columns: DesiredColumns
    places: Mapping[EntitlementKey, int]
    """Place of every key among all that is given."""

    @classmethod
    def of(cls, desired: DesiredColumns) -> _KeyedDesired:
        return cls(desired, {key: place for place, key in enumerate(desired)})

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[EntitlementKey]:
        return iter(self.places)

    def __contains__(self, key: object) -> bool:
        return key in self.places

    def __getitem__(self, key: EntitlementKey) -> tuple[Reason, ...]:
        place = self.places[key]
        row = int(np.searchsorted(self.columns.first, place, side="right")) - 1
        return self.columns.reasons_at(row, int(self.columns.given[place]))
