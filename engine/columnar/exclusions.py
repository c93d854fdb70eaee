"""Who is left alone, over columns (see `engine.evaluate.exclusions`, which says what is right)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.columnar.masks import Masks
from engine.columnar.truth import Truth
from engine.evaluate.exclusions import asks_contract
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ContractStatus,
    HasContract,
    Holds,
    Named,
    NoneOf,
    Not,
    StatusIs,
)
from policy.rules import Exclusion


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Verdict without any contract, of every person: `yes`, `no`, or neither where it hangs on a contract."""

    yes: Truth
    no: Truth

    def __invert__(self) -> _Verdict:
        return _Verdict(self.no, self.yes)


def excluded_people(masks: Masks) -> Mapping[str, tuple[Exclusion, ...]]:
    """Exclusions that speak of people of the population, by external id, in order of ids, whether ended or not."""
    columns = masks.population.columns
    by_row: dict[int, list[Exclusion]] = {}
    for _, one in sorted(masks.population.context.policy.exclusions.items()):
        if one.person is not None:
            row = columns.find(one.person)
            rows = [] if row is None else [row]
        else:
            assert one.condition is not None, "an exclusion is by number or by condition"
            rows = np.flatnonzero(_speaks_of(one.condition, masks)).tolist()
        for row in rows:
            by_row.setdefault(row, []).append(one)
    return {columns.person_ids[row].as_py(): tuple(found) for row, found in sorted(by_row.items())}


def _speaks_of(condition: Condition, masks: Masks) -> Truth:
    running = masks.status(ContractStatus.ACTIVE)
    return _certain(condition, masks).yes | masks.some_contract(running & masks.truth(condition, "contract"))


def _certain(condition: Condition, masks: Masks) -> _Verdict:
    match condition:
        case Comparison() | StatusIs():
            if asks_contract(condition):
                nobody = np.zeros(masks.population.columns.person_count, np.bool_)
                return _Verdict(nobody, nobody)
            return _sure(masks.truth(condition, "person"))
        case Holds() | HasContract():
            return _sure(masks.truth(condition, "person"))
        case Named():
            return _certain(condition.condition, masks)
        case Not():
            return ~_certain(condition.condition, masks)
        case AllOf():
            return ~_any((~_certain(one, masks) for one in condition.conditions), masks)
        case AnyOf():
            return _any((_certain(one, masks) for one in condition.conditions), masks)
        case NoneOf():
            return ~_any((_certain(one, masks) for one in condition.conditions), masks)


def _sure(truth: Truth) -> _Verdict:
    return _Verdict(truth, ~truth)


def _any(verdicts: Iterable[_Verdict], masks: Masks) -> _Verdict:
    count = masks.population.columns.person_count
    yes, no = np.zeros(count, np.bool_), np.ones(count, np.bool_)
    for one in verdicts:
        yes, no = yes | one.yes, no & one.no
    return _Verdict(yes, no)
