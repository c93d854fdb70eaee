"""Employments: contracts of a person that follow one another without a gap (LANGUAGE.md section 3, `event`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from policy.people import Contract

_LONGEST_GAP = timedelta(days=3)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Employment:
    """An unbroken employment: its first and last day (None: open-ended) and its contracts by start and external id."""

    first: date
    last: date | None
    contracts: tuple[Contract, ...]


def employments_of(contracts: Iterable[Contract]) -> tuple[Employment, ...]:
    """Employments in order; four whole days or more without any contract begin a new one.

    A contract without a start, or that ends before it starts, is none.
    """
    found: list[Employment] = []
    for first, last, contract in sorted(_periods(contracts), key=lambda one: (one[0], one[2].external_id)):
        before = found[-1] if found else None
        if before is not None and _goes_on(before.last, first):
            ends = None if last is None or before.last is None else max(last, before.last)
            found[-1] = Employment(before.first, ends, (*before.contracts, contract))
        else:
            found.append(Employment(first, last, (contract,)))
    return tuple(found)


def _periods(contracts: Iterable[Contract]) -> Iterable[tuple[date, date | None, Contract]]:
    for contract in contracts:
        first, last = contract.values.get("start_date"), contract.values.get("end_date")
        if not isinstance(first, date):
            continue
        if not isinstance(last, date):
            yield first, None, contract
        elif first <= last:
            yield first, last, contract


def _goes_on(last: date | None, first: date) -> bool:
    """Tell whether a contract that begins on `first` goes on with what ran to `last`."""
    return last is None or first - last - _DAY <= _LONGEST_GAP
