"""Who is left alone (LANGUAGE.md section 7.1): exclusions that hold today, and those that have ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from engine.evaluate.conditions import is_true, status_of
from engine.evaluate.values import Case
from policy.decisions import ActiveExclusion
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
from policy.rules import Exclusion
from policy.types import Field


def exclusions_of(case: Case) -> tuple[Exclusion, ...]:
    """Exclusions by number or by `when` that speak of the person of `case`, by id, whether ended or not."""
    return tuple(
        exclusion
        for _, exclusion in sorted(case.context.policy.exclusions.items())
        if exclusion.person == case.person.external_id
        or (exclusion.condition is not None and _speaks_of(exclusion.condition, case))
    )


def part_by_day(
    exclusions: Iterable[Exclusion], as_of: date
) -> tuple[tuple[ActiveExclusion, ...], tuple[ActiveExclusion, ...]]:
    """Exclusions that hold on the day, and those that are over: `until` is the last day."""
    found = [
        (
            one.until is None or as_of <= one.until,
            ActiveExclusion(one.id, one.span.at, None if one.targets is None else frozenset(one.targets)),
        )
        for one in exclusions
    ]
    return tuple(one for holds, one in found if holds), tuple(one for holds, one in found if not holds)


def _speaks_of(condition: Condition, case: Case) -> bool:
    """Tell whether the condition holds for the person, or through some contract that is active today.

    Somebody without an active contract is excluded when the condition is true whatever a contract would say.
    """
    as_of = case.context.as_of
    running = (one for one in case.person.contracts if status_of(one, as_of) is ContractStatus.ACTIVE)
    return _certain(condition, case) is True or any(is_true(condition, case.through(one)) for one in running)


def _certain(condition: Condition, case: Case) -> bool | None:
    """Verdict without any contract: None where it hangs on one (three-valued logic of Kleene)."""
    match condition:
        case Comparison() | StatusIs():
            return None if asks_contract(condition) else is_true(condition, case)
        case Holds() | HasContract():
            return is_true(condition, case)
        case Named():
            return _certain(condition.condition, case)
        case Not():
            return _opposite(_certain(condition.condition, case))
        case AllOf():
            return _opposite(_any(_opposite(_certain(one, case)) for one in condition.conditions))
        case AnyOf():
            return _any(_certain(one, case) for one in condition.conditions)
        case NoneOf():
            return _opposite(_any(_certain(one, case) for one in condition.conditions))


def _any(verdicts: Iterable[bool | None]) -> bool | None:
    found = set(verdicts)
    return True if True in found else None if None in found else False


def _opposite(verdict: bool | None) -> bool | None:  # noqa: FBT001  # a truth value is its very subject
    return None if verdict is None else not verdict


def asks_contract(condition: Comparison | StatusIs) -> bool:
    """Tell whether the truth of the condition hangs on a contract."""
    if isinstance(condition, StatusIs) or condition.field.root == "contract":
        return True
    operand = condition.operand
    base = operand.moment.base if isinstance(operand, MomentOperand) else None
    return isinstance(base, Field) and base.root == "contract"
