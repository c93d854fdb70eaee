"""Conditions (LANGUAGE.md section 5): one function from a condition and a case to a verdict with its trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.evaluate.traces import ConditionTrace
from engine.evaluate.values import Case, date_of, value_of
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
from policy.operators.registry import OPERATORS
from policy.people import Contract


def judge(condition: Condition, case: Case) -> ConditionTrace:
    """Verdict on `condition` for `case`; every part is judged, also where the verdict is certain before."""
    match condition:
        case Comparison():
            return _judge_comparison(condition, case)
        case StatusIs():
            verdict = (condition.status is status_of(case.contract, case.context.as_of)) != condition.negated
            return ConditionTrace(condition, verdict, _contract_id(case))
        case Holds():
            return ConditionTrace(condition, condition.entitlement in case.granted)
        case HasContract():
            parts = tuple(judge(condition.condition, replace(case, contract=one)) for one in case.person.contracts)
            found = any(part.verdict for part in parts)
            return ConditionTrace(condition, found == (condition.quantifier == "any"), parts=parts)
        case Named() | Not():
            inner = judge(condition.condition, case)
            verdict = inner.verdict if isinstance(condition, Named) else not inner.verdict
            return ConditionTrace(condition, verdict, _contract_id(case), parts=(inner,))
        case AllOf() | AnyOf() | NoneOf():
            parts = tuple(judge(one, case) for one in condition.conditions)
            return ConditionTrace(condition, _combine(condition, parts), _contract_id(case), parts=parts)


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


def _judge_comparison(condition: Comparison, case: Case) -> ConditionTrace:
    operator = OPERATORS[condition.operator]
    left = value_of(condition.field, case.person, case.contract)
    contract = _contract_id(case) if condition.field.root == "contract" else ""
    moment = None
    right = case.context.operands[id(condition.operand)]
    if isinstance(condition.operand, MomentOperand):
        right = moment = date_of(condition.operand.moment, case.person, case.contract, case.context.as_of)
    # A comparison with an absent value is false and its negation true; a moment that rests on one is absent as well.
    absent = (left is None or (moment is None and isinstance(condition.operand, MomentOperand))) and (
        not operator.sees_absence
    )
    truth = not absent and bool(operator.meaning(left, right))
    return ConditionTrace(condition, truth != condition.negated, contract, left, moment)


def _combine(condition: AllOf | AnyOf | NoneOf, parts: tuple[ConditionTrace, ...]) -> bool:
    match condition:
        case AllOf():
            return all(part.verdict for part in parts)
        case AnyOf():
            return any(part.verdict for part in parts)
        case NoneOf():
            return not any(part.verdict for part in parts)


def _contract_id(case: Case) -> str:
    return case.contract.external_id if case.contract is not None else ""
