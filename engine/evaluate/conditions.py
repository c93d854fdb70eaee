"""Conditions (LANGUAGE.md section 5): one function from a condition and a case to its truth."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.evaluate.values import Case, date_of
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ContractStatus,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoneOf,
    Not,
    StatusIs,
)
from policy.operators.operator import OperandShape
from policy.operators.registry import OPERATORS
from policy.people import Contract


def is_true(condition: Condition, case: Case) -> bool:
    """Tell whether `condition` holds in `case`.

    Every condition has a truth in every case, and looking has no effect: so parts behind the deciding one need no look.
    """
    match condition:
        case Comparison():
            return _compare(condition, case)
        case AllOf():
            return not _some(condition.conditions, case, wanted=False)
        case AnyOf():
            return _some(condition.conditions, case, wanted=True)
        case NoneOf():
            return not _some(condition.conditions, case, wanted=True)
        case Named():
            return is_true(condition.condition, case)
        case Not():
            return not is_true(condition.condition, case)
        case Holds():
            return condition.entitlement in case.granted
        case StatusIs():
            return (condition.status is status_of(case.contract, case.context.as_of)) != condition.negated
        case HasContract():
            found = any(is_true(condition.condition, case.through(one)) for one in case.person.contracts)
            return found == (condition.quantifier == "any")


def _some(conditions: tuple[Condition, ...], case: Case, *, wanted: bool) -> bool:
    for one in conditions:  # noqa: SIM110  # twice as fast as `any`, where evaluation spends its time
        if is_true(one, case) is wanted:
            return True
    return False


def status_of(contract: Contract | None, as_of: date) -> ContractStatus | None:
    """Where `contract` lies with respect to the day; None without a contract or a start date.

    A contract that has ended is ended even when its start is not known.
    """
    if contract is None:
        return None
    start, end = contract.values.get("start_date"), contract.values.get("end_date")
    if isinstance(end, date) and end < as_of:
        return ContractStatus.ENDED
    if not isinstance(start, date):
        return None
    return ContractStatus.FUTURE if start > as_of else ContractStatus.ACTIVE


def _compare(condition: Comparison, case: Case) -> bool:
    """Compare: with an absent value that is false and its negation true; a moment may rest on an absent one too."""
    operator = OPERATORS[condition.operator]
    left: Any = case.value_of(condition.field)
    if operator.shape is OperandShape.CHANGE:
        left = case.change_of(condition.field)
    right = case.context.operands[id(condition.operand)]
    if isinstance(condition.operand, MomentOperand):
        right = date_of(condition.operand.moment, case.person, case.contract, case.context.as_of)
    if (left is None or right is None) and not operator.sees_absence:
        return condition.negated
    return bool(operator.meaning(left, right)) != condition.negated
