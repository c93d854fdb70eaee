"""Separation of duties over columns: only who has both sides of a pair is looked at (`engine.reconcile.never`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engine.merge.drafts import IS_ADDITION, IS_REMOVAL, DraftTable
from engine.merge.lines import STATUSES
from engine.merge.numbering import Numbering, Numbers, Places
from engine.reconcile.never import Standing, denial, is_excepted, revoke_first, violation
from policy.diff import Status, Violation, Why
from policy.entitlements import EntitlementKey
from policy.rules import Never

_PLANNED = STATUSES.index(Status.PLANNED)
_STANDINGS = tuple(Standing)
_ABSENT, _HELD, _LEAVING, _NEW = range(4)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the nevers say, by line: denied, waiting for a removal of this same diff; and pairs held already."""

    denied: Mapping[int, tuple[Why, ...]] = field(default_factory=dict)
    waiting: Mapping[int, tuple[Why, ...]] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, eq=False)
class Holdings:
    """What everybody holds and would get. `statuses` has the settled status of every removal.

    `gone` are the places, ascending, of managed accounts that a staged deletion disabled.
    """

    numbering: Numbering
    drafts: DraftTable
    statuses: NDArray[np.uint8]
    gone: Places

    def holders(self, entitlements: Numbers) -> dict[int, Numbers]:
        """Persons who hold or would get each of these, ascending."""
        managed, drafts = self.numbering.managed, self.drafts
        is_wanted = np.zeros(len(self.numbering.entitlements), np.bool_)
        is_wanted[entitlements] = True
        lines = np.flatnonzero(is_wanted[drafts.entitlements])
        held = managed.holders(is_wanted)
        persons = np.concatenate((held[0], drafts.persons[lines]))
        numbers = np.concatenate((held[1], drafts.entitlements[lines]))
        return {one: np.unique(persons[numbers == one]) for one in entitlements.tolist()}

    def standings(self, persons: Numbers, entitlement: int) -> NDArray[np.int64]:
        """Where an entitlement stands for each person: places in `tuple(Standing)`."""
        wanted = np.full(len(persons), entitlement, np.int32)
        lines = self.drafts.find(persons, wanted)
        places = self.numbering.managed.find(persons, wanted)
        is_held = (places >= 0) & ~np.isin(places, self.gone)
        found = np.where(is_held, _HELD, _ABSENT)
        if len(self.drafts):
            has_line, ops = lines >= 0, self.drafts.ops[lines]
            leaves = IS_REMOVAL[ops] & (self.statuses[lines] == _PLANNED)
            found[is_held & has_line & leaves] = _LEAVING
            found[has_line & IS_ADDITION[ops]] = _NEW
        return found


def judge_nevers(nevers: Mapping[str, Never], holdings: Holdings, as_of: date) -> Verdicts:
    """Judge every never for everybody who has something of both sides."""
    numbering = holdings.numbering
    pairs = {id_: numbering.numbers_of((one.first, one.second)) for id_, one in nevers.items()}
    possible = [id_ for id_ in sorted(nevers) if pairs[id_].min() >= 0]
    if not possible:
        return Verdicts()
    holders = holdings.holders(np.unique(np.concatenate([pairs[id_] for id_ in possible])))
    judging = _Judging(holdings, as_of)
    for id_ in possible:
        judging.judge(nevers[id_], holders[int(pairs[id_][0])], holders[int(pairs[id_][1])])
    return Verdicts(
        {line: tuple(whys) for line, whys in judging.denied.items()},
        {line: tuple(whys) for line, whys in judging.waiting.items()},
        tuple(sorted(judging.violations, key=lambda one: (one.person, one.never))),
    )


@dataclass(slots=True)
class _Judging:
    holdings: Holdings
    as_of: date
    denied: dict[int, list[Why]] = field(default_factory=dict)
    waiting: dict[int, list[Why]] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def judge(self, never: Never, of_first: Numbers, of_second: Numbers) -> None:
        """Judge one never for those who hold or would get both sides."""
        numbering, drafts = self.holdings.numbering, self.holdings.drafts
        persons = np.intersect1d(of_first, of_second)
        sides = numbering.numbers_of((never.first, never.second)).tolist()
        first, second = (self.holdings.standings(persons, side) for side in sides)
        speaks = (first == _NEW) & (second != _ABSENT) | (second == _NEW) & (first != _ABSENT)
        at = np.flatnonzero(speaks | (first == _HELD) & (second == _HELD))
        persons = persons[at]
        lines = [drafts.find(persons, np.full(len(persons), side, np.int32)).tolist() for side in sides]
        standings = zip(first[at].tolist(), second[at].tolist(), strict=True)
        for person, both, pair in zip(
            numbering.name_persons(persons), standings, zip(*lines, strict=True), strict=True
        ):
            if is_excepted(never, person, self.as_of):
                continue
            if both == (_HELD, _HELD):
                self.violations.append(violation(never, person))
            keys = EntitlementKey.of(person, never.first), EntitlementKey.of(person, never.second)
            self._speak(never, pair[0], keys[1], both)
            self._speak(never, pair[1], keys[0], both[::-1])

    def _speak(self, never: Never, line: int, other: EntitlementKey, standings: tuple[int, int]) -> None:
        own, theirs = standings
        if own != _NEW or theirs == _ABSENT:
            return
        if theirs == _LEAVING:
            self.waiting.setdefault(line, []).append(revoke_first(never, other))
        else:
            self.denied.setdefault(line, []).append(denial(never, other, _STANDINGS[theirs]))
