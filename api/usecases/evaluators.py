"""Who decides who is entitled to what: the columnar evaluator, or the reference that it is held against."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum

from engine.columnar.columns import Columns
from engine.columnar.decide import decide
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


EVALUATORS: Mapping[Engine, Evaluator] = {
    Engine.COLUMNAR: evaluate_columns,
    Engine.REFERENCE: evaluate_by_reference,
}


def work_of(decisions: Decisions) -> Work:
    """Tell how decisions came about."""
    assert isinstance(decisions.desired, DesiredColumns), "an evaluator gives columns"
    return decisions.desired.work
