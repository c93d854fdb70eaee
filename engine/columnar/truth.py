"""Truth of a comparison for every distinct value of its field: a table to look rows up in."""

from __future__ import annotations

import operator
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.columnar.typed import NEVER, TypedColumn
from engine.evaluate.context import Context
from policy.expressions import Comparison, MomentOperand
from policy.moments import Moment, Unit, move
from policy.operators.equality import IN, IS
from policy.operators.registry import OPERATORS
from policy.types import Field

Truth = NDArray[np.bool_]
"""One flag per row, or per code of a column."""
Days = NDArray[np.int64]

_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}
_LAST_DAY = date.max.toordinal()
_ORDERS = frozenset({operator.lt, operator.gt, operator.le, operator.ge})


def rests_on(comparison: Comparison) -> Field | None:
    """Date field that the right side is counted from; None when it is the same for everybody."""
    operand = comparison.operand
    base = operand.moment.base if isinstance(operand, MomentOperand) else None
    return base if isinstance(base, Field) else None


def truth_of(comparison: Comparison, column: TypedColumn, context: Context) -> Truth:
    """Truth for every code of `column`, where the right side is the same for everybody."""
    meaning = OPERATORS[comparison.operator]
    right: Any = context.operands[id(comparison.operand)]
    if isinstance(comparison.operand, MomentOperand):
        moved = moment_days(comparison.operand.moment, None, context)
        return order_days(comparison, column.days, moved)
    if meaning in {IS, IN}:
        return _among(right if isinstance(right, frozenset) else {right}, column, negated=comparison.negated)
    told = (
        False if left is None and not meaning.sees_absence else bool(meaning.meaning(left, right))
        for left in column.values
    )
    return np.fromiter(told, np.bool_, count=len(column.values)) != comparison.negated


def order_days(comparison: Comparison, left: Days, right: Days) -> Truth:
    """Truth of an order of days, one for one (or all against one); with an absent one it is that of the negation."""
    meaning = OPERATORS[comparison.operator].meaning
    assert meaning in _ORDERS, "a moment is compared by order alone"
    known = (left != NEVER) & (right != NEVER)
    ordered = np.asarray(meaning(left, right))
    return np.where(known, ordered != comparison.negated, comparison.negated)


def begun(days: Days, today: int) -> Truth:
    """Tell of first days whether what begins on them has begun; what has none never does."""
    return (days != NEVER) & (days <= today)


def not_over(days: Days, today: int) -> Truth:
    """Tell of last days whether what ends with them still lasts; what has none lasts for ever."""
    return (days == NEVER) | (days >= today)


def moment_days(moment: Moment, column: TypedColumn | None, context: Context) -> Days:
    """Days that `moment` stands for, one per code of the column of its field; a single one without a field."""
    match moment.base:
        case Field():
            assert column is not None, "who asks brings the column of the field"
            return _move_all(column, moment)
        case date():
            base = moment.base
        case "today":
            base = context.as_of
    return np.array([_moved(base, moment)], np.int64)


def _move_all(column: TypedColumn, moment: Moment) -> Days:
    if moment.offset is None:
        return column.days
    size = _DAYS.get(moment.offset.unit)
    if size is None:  # months are not all of one length
        return np.fromiter((_moved(value, moment) for value in column.values), np.int64, count=len(column.values))
    count = min(moment.offset.count * size, _LAST_DAY)
    moved = column.days + (count if moment.direction == "after" else -count)
    return np.where(column.days == NEVER, NEVER, np.clip(moved, 1, _LAST_DAY))


def _moved(value: object, moment: Moment) -> int:
    return move(value, moment.offset, moment.direction).toordinal() if isinstance(value, date) else int(NEVER)


def _among(wanted: Any, column: TypedColumn, *, negated: bool) -> Truth:  # noqa: ANN401  # values of one type
    found = np.full(len(column.values), negated)
    for one in wanted:
        found[column.places.get(one, [])] = not negated
    return found
