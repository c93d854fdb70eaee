"""From rules and people to the bytes of a diff, by the reference and by columns in one, two and seven parts.

A case is one person of a crowd under one generated policy on one day, managed as on another day; `ORDAIN_CROWDS` says
how many policies meet a crowd of a hundred (CI: 500, so 50,000 cases).
"""

from __future__ import annotations

import os
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columnar.columns import columns_of
from engine.columnar.decide import decide
from engine.columnar.native import kernels_in_python
from engine.evaluate.evaluate import evaluate
from engine.merge.managed import managed_columns
from engine.merge.reconcile import reconcile_columns
from engine.reconcile.inputs import ReconcileInputs
from engine.reconcile.reconcile import reconcile
from policy.decisions import Decisions
from policy.diff import EntitlementDiff, line_bytes
from policy.ledger import ManagedEntitlement, ManagedState
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.crowds import crowd
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import days, snapshots

CROWDS = int(os.environ.get("ORDAIN_CROWDS", "500"))
CROWD = 100


def managed_since(policy: CheckedPolicy, town: Snapshot, day: date, seed: int) -> ManagedState:
    """What was enforced on `day`, but for some that were lost."""
    chance = Random(seed)
    entries = {key: ManagedEntitlement(key, 1) for key in evaluate(policy, town, day).desired if chance.random() < 0.9}
    return ManagedState("L", len(entries), entries)


def told(diff: EntitlementDiff) -> tuple[object, ...]:
    lines = b"".join(line_bytes(line) + b"\n" for line in diff.lines)
    return lines, len(diff.unchanged), diff.limits, diff.violations, diff.warnings, diff.enforceable


def by_columns(decisions: Decisions, policy: CheckedPolicy, managed: ManagedState) -> tuple[object, ...]:
    columns = ManagedState(managed.lineage, managed.serial, managed_columns(managed.entries))
    return told(reconcile_columns(ReconcileInputs(decisions, policy, columns)))


def compare(policy: CheckedPolicy, town: Snapshot, day: date, managed: ManagedState) -> None:
    wanted = told(reconcile(ReconcileInputs(evaluate(policy, town, day), policy, managed)))
    columns = columns_of(town)
    for parts in (1, 2, 7):
        assert by_columns(decide(policy, columns, day, parts=parts), policy, managed) == wanted


@given(policy=policies(), seed=st.integers(0, 2**32 - 1), day=days, before=days)
@settings(deadline=None, max_examples=CROWDS)
def test_crowds_get_the_diff_of_the_reference(policy: CheckedPolicy, seed: int, day: date, before: date) -> None:
    town = crowd(CROWD, seed)

    compare(policy, town, day, managed_since(policy, town, before, seed))


@given(policy=policies(), town=snapshots(most=4), seed=st.integers(0, 2**32 - 1), day=days)
@settings(deadline=None, max_examples=60)
def test_kernels_in_python_say_the_same(policy: CheckedPolicy, town: Snapshot, seed: int, day: date) -> None:
    with kernels_in_python():
        compare(policy, town, day, managed_since(policy, town, day, seed))


@given(policy=policies(), day=days)
@settings(deadline=None, max_examples=30)
def test_nobody_at_all(policy: CheckedPolicy, day: date) -> None:
    compare(policy, Snapshot.of([], []), day, ManagedState("L", 0))
