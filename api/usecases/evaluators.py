"""Who decides who is entitled to what: the columnar evaluator, here or on a cluster, or the reference."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from enum import StrEnum

from api.runners.cluster import require_ray, run_on_cluster
from api.tools import Progress, no_progress
from engine.columnar.columns import Columns
from engine.columnar.decide import compile_tables, decide, decisions_of
from engine.columnar.desired import DesiredColumns, Work, desired_of
from engine.columnar.persons import snapshot_of
from engine.evaluate.evaluate import evaluate
from policy.decisions import Decisions
from policy.rules import CheckedPolicy

Evaluator = Callable[[CheckedPolicy, Columns, date, bool], Decisions]
"""Decides who is entitled to what on a day, drafts taking part or not; what is desired comes as columns."""


class Engine(StrEnum):
    """Who decides."""

    COLUMNAR = "columnar"
    REFERENCE = "reference"
    RAY = "ray"


def count_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def evaluate_columns(policy: CheckedPolicy, columns: Columns, as_of: date, include_drafts: bool) -> Decisions:  # noqa: FBT001  # the signature of Evaluator
    """Evaluate by the columnar evaluator, on every processor that this process may use."""
    return decide(policy, columns, as_of, include_drafts=include_drafts, parts=count_processors())


def evaluate_by_reference(policy: CheckedPolicy, columns: Columns, as_of: date, include_drafts: bool) -> Decisions:  # noqa: FBT001  # the signature of Evaluator
    """Evaluate person by person by the reference, which decides what is right."""
    decisions = evaluate(policy, snapshot_of(columns), as_of, include_drafts=include_drafts)
    desired = desired_of(decisions.desired, columns)
    return replace(decisions, desired=replace(desired, work=Work(by_reference=True)))


def evaluator_on_cluster(address: str | None = None, progress: Progress = no_progress) -> Evaluator:
    """Give the columnar evaluator on the cluster at an address, else on workers of this machine.

    Raises OrdainError when Ray is not installed; the evaluator does when the cluster fails.
    """
    require_ray()

    def evaluate_there(policy: CheckedPolicy, columns: Columns, as_of: date, include_drafts: bool) -> Decisions:  # noqa: FBT001  # the signature of Evaluator
        tables = compile_tables(policy, columns, as_of, include_drafts=include_drafts)
        found = run_on_cluster(tables, address=address, processors=count_processors(), progress=progress)
        return decisions_of(tables, found, include_drafts=include_drafts)

    return evaluate_there


def evaluator_of(engine: Engine, address: str | None = None, progress: Progress = no_progress) -> Evaluator:
    """Give the evaluator of an engine; `address` is that of a cluster. Raises OrdainError when it is not installed."""
    match engine:
        case Engine.COLUMNAR:
            return evaluate_columns
        case Engine.REFERENCE:
            return evaluate_by_reference
        case Engine.RAY:
            return evaluator_on_cluster(address, progress)


def work_of(decisions: Decisions) -> Work:
    """Tell how decisions came about."""
    assert isinstance(decisions.desired, DesiredColumns), "an evaluator gives columns"
    return decisions.desired.work
