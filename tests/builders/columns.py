"""Reconciliation worlds as columns, for tests that hold them against the reference."""

from __future__ import annotations

from dataclasses import replace

from engine.columnar.columns import columns_of
from engine.columnar.desired import desired_of
from engine.merge.managed import managed_columns
from engine.reconcile.inputs import ReconcileInputs
from policy.people import Contract, Person
from policy.snapshot import Snapshot


def in_columns(inputs: ReconcileInputs) -> ReconcileInputs:
    """Give the same inputs with what is desired and managed as columns; people have the contracts reasons speak of."""
    decisions, managed = inputs.decisions, inputs.managed
    contracts: dict[str, set[str]] = {person: set() for person in decisions.present}
    for key, reasons in decisions.desired.items():
        contracts.setdefault(key.person, set()).update(one.contract for one in reasons)
    people = [
        Person(person, {}, tuple(Contract(one, {}) for one in sorted(theirs - {""})), ())
        for person, theirs in contracts.items()
    ]
    columns = columns_of(Snapshot.of(people, ()))
    return replace(
        inputs,
        decisions=replace(decisions, desired=desired_of(decisions.desired, columns)),
        managed=replace(managed, entries=managed_columns(managed.entries)),
    )
