"""Windows and states of contracts as sentences about the contract in hand (`BOUND`) and today."""

from __future__ import annotations

from engine.prove.atoms import day_order, moment_term
from engine.prove.formula import BOUND, FALSE, DayTerm, Formula, Var, conj, neg
from policy.expressions import ContractStatus
from policy.rules import Window

_START = Var(BOUND, "start_date")
_END = Var(BOUND, "end_date")
_TODAY = DayTerm("today")


def inside(window: Window) -> Formula:
    """Today lies in the window: it begins on a known day, and an end that is not known is open."""
    starting, ending = window.starting, window.ending
    if starting is not None and starting.moment is None:
        return FALSE
    first = DayTerm(_START) if starting is None or starting.moment is None else moment_term(starting.moment, BOUND)
    begun = day_order(first, _TODAY, strict=False)
    if ending is not None and ending.moment is None:
        return begun
    last = DayTerm(_END) if ending is None or ending.moment is None else moment_term(ending.moment, BOUND)
    return conj((begun, neg(day_order(last, _TODAY, strict=True))))


def has_status(status: ContractStatus) -> Formula:
    """Tell where the contract lies with respect to today; one that has ended is ended even when its start is absent."""
    ended = day_order(DayTerm(_END), _TODAY, strict=True)
    match status:
        case ContractStatus.ENDED:
            return ended
        case ContractStatus.FUTURE:
            return conj((neg(ended), day_order(_TODAY, DayTerm(_START), strict=True)))
        case ContractStatus.ACTIVE:
            return conj((neg(ended), day_order(DayTerm(_START), _TODAY, strict=False)))
