"""Whom another day touches: those with a value of which a rule that asks for the day says something else now."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engine.columnar.population import Population
from engine.columnar.truth import Days, Truth, begun, moment_days, not_over, truth_of
from engine.evaluate.context import Context
from policy.expressions import Comparison, MomentOperand, walk
from policy.rules import WindowBound
from policy.types import Field

_Tests = Iterator[tuple[Field | None, Truth]]


def turned_persons(before: Context, after: Context, population: Population) -> Truth | None:
    """Tell whom the day of `after` may decide otherwise about than that of `before`, one flag per person.

    None stands for everybody: a window that begins or ends on a date of its own does so for all. Both contexts are of
    one policy. Every test that a rule makes of the day is held against the test of the other day, value by value; so
    each way is as good as the other, from yesterday to today and back.
    """
    columns = population.columns
    found = np.zeros(columns.person_count, np.bool_)
    for (asked, old), (_, new) in zip(_tests(before, population), _tests(after, population), strict=True):
        turned = old != new
        if not turned.any():
            continue
        if asked is None:
            return None
        rows = turned[population.column_of(asked).codes]
        if asked.root == "contract":
            rows = columns.persons_with(rows)
        found |= rows
    return found


def _tests(context: Context, population: Population) -> _Tests:
    """Every test of the day: the field it is made of (None: it is the same for all) and its truth for every value."""
    today = context.as_of.toordinal()
    schema = context.policy.schema
    start, end = schema.find("contract.start_date"), schema.find("contract.end_date")
    assert start is not None, "the standard model has the dates of a contract"
    assert end is not None, "the standard model has the dates of a contract"
    yield start, begun(population.column_of(start).days, today)
    yield end, not_over(population.column_of(end).days, today)
    yield end, not_over(population.column_of(end).days, context.horizon.toordinal())
    for window in context.windows:
        yield from _bound_test(window.starting, population, context, begun)
        yield from _bound_test(window.ending, population, context, not_over)
    for comparison in _comparisons_with_today(context):
        yield comparison.field, truth_of(comparison, population.column_of(comparison.field), context)


def _comparisons_with_today(context: Context) -> Iterator[Comparison]:
    """Comparisons of rules and exclusions with a moment that moves along with today."""
    policy = context.policy
    conditions = [rule.condition for rule in policy.rules.values()]
    conditions += [exclusion.condition for exclusion in policy.exclusions.values()]
    for condition in conditions:
        for one in () if condition is None else walk(condition):
            operand = one.operand if isinstance(one, Comparison) else None
            if isinstance(one, Comparison) and isinstance(operand, MomentOperand) and operand.moment.base == "today":
                yield one


def _bound_test(
    bound: WindowBound | None, population: Population, context: Context, test: Callable[[Days, int], Truth]
) -> _Tests:
    if bound is None or bound.moment is None:
        return
    base = bound.moment.base
    asked = base if isinstance(base, Field) else None
    column = None if asked is None else population.column_of(asked)
    yield asked, test(moment_days(bound.moment, column, context), context.as_of.toordinal())
