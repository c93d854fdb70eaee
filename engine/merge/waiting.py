"""Which lines wait for which, over columns: the same words for all who lack the same (`engine.reconcile.status`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.merge.drafts import IS_ADDITION, IS_REMOVAL, DraftTable
from engine.merge.lines import OPS, STATUSES
from engine.merge.numbering import Numbering, Numbers, Places
from engine.reconcile.status import LEAVES, is_held_up, lacks, nobody_grants, stays
from policy.diff import Status, Why
from policy.entitlements import EntitlementKey, Kind

PLANNED, FROZEN = STATUSES.index(Status.PLANNED), STATUSES.index(Status.FROZEN)
_THERE, _NOBODY_GRANTS, _LEAVES, _HELD_UP = range(4)
_STATES = _HELD_UP + len(OPS) * len(STATUSES)


@dataclass(frozen=True, slots=True)
class WhyPlaces:
    """Gathers different tuples of reasons; the first is `()`."""

    places: dict[tuple[Why, ...], int] = field(default_factory=lambda: {(): 0})

    def place(self, whys: tuple[Why, ...]) -> int:
        """Place of these reasons, which are added when they are new."""
        return self.places.setdefault(whys, len(self.places))


@dataclass(frozen=True, eq=False)
class Waiting:
    """Looks at what lines need, and at what goes before them. `statuses` (uint8) fills as lines settle.

    `gone` are the places, ascending, of managed accounts that a staged deletion disabled. Answers are places in `whys`,
    one for each line that was asked for: 0 where it does not wait.
    """

    numbering: Numbering
    drafts: DraftTable
    statuses: NDArray[np.uint8]
    gone: Places
    as_of: date
    whys: WhyPlaces
    _removals: dict[tuple[int, int, int], Why] = field(default_factory=dict)

    def additions(self, lines: Places, needed: Sequence[str]) -> Numbers:
        """Which of these additions of one bucket wait for accounts in the targets `needed`."""
        persons, entitlements = self.drafts.persons[lines], self.drafts.entitlements[lines]
        states = [self._states(persons, self._account(target)) for target in needed]
        found = np.zeros(len(lines), np.int32)
        waits = np.flatnonzero(np.any([state != _THERE for state in states], axis=0)) if states else ()
        if not len(waits):
            return found
        kinds = entitlements[waits].astype(np.int64)
        for state in states:
            kinds = intern(kinds * _STATES + state[waits])[1]
        examples, kinds = intern(kinds)
        places = []
        for at in waits[examples].tolist():
            key = EntitlementKey.of("", self.numbering.entitlements[entitlements[at]])
            lacking = [(target, int(state[at])) for target, state in zip(needed, states, strict=True) if state[at]]
            places.append(self.whys.place(tuple(self._lacks(key, target, state) for target, state in lacking)))
        found[waits] = np.array(places, np.int32)[kinds]
        return found

    def removals(self, lines: Places, hanging: Places, dependents: Sequence[str]) -> Numbers:
        """Which of these removals of accounts of one bucket wait for others.

        Those are the removals `hanging` in the same target, and accounts in the targets `dependents`.
        """
        found = np.zeros(len(lines), np.int32)
        persons = self.drafts.persons[lines]
        earlier: dict[int, list[int]] = {}
        stuck = hanging[self.statuses[hanging] != PLANNED]
        if len(stuck) and len(lines):
            at = np.searchsorted(persons, self.drafts.persons[stuck])
            is_theirs = np.append(persons, -1)[at] == self.drafts.persons[stuck]
            for row, line in zip(at[is_theirs].tolist(), stuck[is_theirs].tolist(), strict=True):
                earlier.setdefault(row, []).append(line)
        for target in dependents:
            theirs = self.drafts.find(persons, np.full(len(lines), self._account(target), np.int32))
            is_stuck = (theirs >= 0) & IS_REMOVAL[self.drafts.ops[theirs]] & (self.statuses[theirs] != PLANNED)
            for row in np.flatnonzero(is_stuck).tolist():
                earlier.setdefault(row, []).append(int(theirs[row]))
        for row, others in earlier.items():
            account = int(self.drafts.entitlements[lines[row]])
            found[row] = self.whys.place(tuple(self._stays(account, other) for other in others))
        return found

    def _account(self, target: str) -> int:
        return self.numbering.numbers.get((target, Kind.ACCOUNT, ""), -1)

    def _states(self, persons: Numbers, account: int) -> NDArray[np.int64]:
        """How the account stands for each person who has a line.

        It is there when it is managed and stays, or when its grant or adoption is planned. One on its way out gets
        nothing new, even while a limit still keeps it; a frozen one stays as it is.
        """
        wanted = np.full(len(persons), account, np.int32)
        lines, places = self.drafts.find(persons, wanted), self.numbering.managed.find(persons, wanted)
        has_line = lines >= 0
        ops, statuses = self.drafts.ops[lines].astype(np.int64), self.statuses[lines].astype(np.int64)
        comes = has_line & IS_ADDITION[ops]
        is_held = (places >= 0) & ~np.isin(places, self.gone)
        stays_there = is_held & (~(has_line & IS_REMOVAL[ops]) | (statuses == FROZEN))
        is_there = np.where(comes, statuses == PLANNED, stays_there)
        held_up = _HELD_UP + ops * len(STATUSES) + statuses
        state = np.where(comes, held_up, np.where(has_line, _LEAVES, _NOBODY_GRANTS))
        return np.where(is_there, _THERE, state)

    def _lacks(self, key: EntitlementKey, target: str, state: int) -> Why:
        need = EntitlementKey("", target, Kind.ACCOUNT)
        if state == _NOBODY_GRANTS:
            return lacks(key, need, nobody_grants(self.as_of))
        if state == _LEAVES:
            return lacks(key, need, LEAVES)
        op, status = divmod(state - _HELD_UP, len(STATUSES))
        return lacks(key, need, is_held_up(OPS[op], STATUSES[status]))

    def _stays(self, account: int, earlier: int) -> Why:
        """Why an account (number) stays as long as an earlier line does."""
        kind = account, int(self.drafts.entitlements[earlier]), int(self.statuses[earlier])
        if kind not in self._removals:
            key, other = (EntitlementKey.of("", self.numbering.entitlements[one]) for one in kind[:2])
            self._removals[kind] = stays(key, other, STATUSES[kind[2]])
        return self._removals[kind]


def intern(kinds: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give every value a number: where each first occurs, and the number at every place."""
    numbers = pa.array(kinds).dictionary_encode().indices.to_numpy().astype(np.int64)
    first = np.empty(int(numbers.max()) + 1, np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return first, numbers
