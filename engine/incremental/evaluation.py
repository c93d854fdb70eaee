"""A whole evaluation, kept so that the next one need decide only what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from engine.columnar.columns import Columns
from engine.columnar.decide import Facts, compile_tables, facts_of, tell
from engine.columnar.desired import DesiredColumns
from engine.columnar.run import run
from engine.columnar.tables import Tables
from engine.evaluate.context import Context
from engine.incremental.index import ValueIndex
from engine.incremental.policies import Holders, holders_of
from policy.decisions import Decisions
from policy.rules import CheckedPolicy


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What was decided about everybody of the tables, `parts` parts at a time, and everything it came from."""

    tables: Tables
    desired: DesiredColumns
    facts: Facts
    include_drafts: bool
    parts: int = 1

    @property
    def columns(self) -> Columns:
        """People who were decided about."""
        return self.tables.population.columns

    @property
    def context(self) -> Context:
        """Policy and day."""
        return self.tables.population.context

    @property
    def policy(self) -> CheckedPolicy:
        """Policy that decided."""
        return self.context.policy

    @cached_property
    def decisions(self) -> Decisions:
        """Put what was decided together."""
        return tell(
            self.policy,
            self.context.as_of,
            self.desired,
            columns=self.columns,
            facts=self.facts,
            include_drafts=self.include_drafts,
        )

    @cached_property
    def holders(self) -> Holders:
        """Rules that hold something."""
        return holders_of(self.policy.rules.values())

    @cached_property
    def index(self) -> ValueIndex:
        """Rows of the people by their values."""
        return ValueIndex(self.tables.population)


def evaluate_whole(
    policy: CheckedPolicy, columns: Columns, as_of: date, *, include_drafts: bool = False, parts: int = 1
) -> Evaluation:
    """Decide about everybody of `columns`, `parts` parts at a time; equal to `engine.columnar.decide.decide`."""
    tables = compile_tables(policy, columns, as_of, include_drafts=include_drafts)
    return evaluation_of(tables, include_drafts=include_drafts, parts=parts)


def evaluation_of(tables: Tables, *, include_drafts: bool, parts: int = 1) -> Evaluation:
    """Decide about everybody of the tables."""
    desired = run(tables, parts=parts)
    return Evaluation(tables, desired, facts_of(tables, desired), include_drafts, parts)
