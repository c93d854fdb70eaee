"""Lines to be, as columns, without a status yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.columnar.runs import offsets_of
from engine.merge.candidates import GIVEN, HELD, Candidates
from engine.merge.kernels.pairs import find_places
from engine.merge.lines import OPS
from engine.merge.numbering import Numbering, Numbers, Places
from engine.reconcile.drafts import Draft
from engine.reconcile.order import ADDITIONS, REMOVALS
from policy.diff import Op

_NO_LINE = 255
IS_ADDITION = np.array([op in ADDITIONS for op in OPS])
IS_REMOVAL = np.array([op in REMOVALS for op in OPS])


@dataclass(frozen=True, eq=False)
class DraftTable:
    """Lines to be, in order: persons and entitlements (common numbers), ops (places in `OPS`) and sides.

    `sides` has the bit `GIVEN` where the key is desired, `HELD` where it is managed. `special` gives by line what was
    found for those that needed a look of their own.
    """

    persons: Numbers
    entitlements: Numbers
    ops: NDArray[np.uint8]
    sides: NDArray[np.uint8]
    special: Mapping[int, Draft]
    person_count: int

    def __len__(self) -> int:
        return len(self.persons)

    @cached_property
    def first(self) -> Places:
        """Line with which the run of every person begins, and one more."""
        return offsets_of(np.bincount(self.persons, minlength=self.person_count))

    def find(self, persons: Numbers, entitlements: Numbers) -> Places:
        """Line of each of these pairs, -1 for none."""
        places = np.empty(len(persons), np.int64)
        asked = np.ascontiguousarray(persons), np.ascontiguousarray(entitlements)
        find_places(self.first, self.entitlements, *asked, places)
        return places


def draft_lines(
    candidates: Candidates, intricate: Mapping[tuple[int, int], Draft | None], numbering: Numbering
) -> DraftTable:
    """Lines of candidates, save that single pairs got a look of their own and may be another line, or none."""
    persons, entitlements, sides = candidates.persons, candidates.entitlements, candidates.sides
    ops = np.where(sides == GIVEN, OPS.index(Op.GRANT), OPS.index(Op.REVOKE)).astype(np.uint8)
    person_count = len(numbering.person_ids)
    if not intricate:
        return DraftTable(persons, entitlements, ops, sides, {}, person_count)
    theirs = np.ascontiguousarray(np.array(list(intricate), np.int32).T)
    persons, entitlements = np.concatenate((theirs[0], persons)), np.concatenate((theirs[1], entitlements))
    their_ops = [_NO_LINE if one is None else OPS.index(one.op) for one in intricate.values()]
    ops = np.concatenate((np.array(their_ops, np.uint8), ops))
    sides = np.concatenate((_sides(theirs[0], theirs[1], numbering), sides))
    # Of two of one pair the first stays: the one that got a look.
    _, order = np.unique(persons * np.int64(len(numbering.entitlements)) + entitlements, return_index=True)
    order = order[ops[order] != _NO_LINE]
    looked_at = list(intricate.values())
    special = {line: looked_at[order[line]] for line in np.flatnonzero(order < len(looked_at)).tolist()}
    found = {line: draft for line, draft in special.items() if draft is not None}
    return DraftTable(persons[order], entitlements[order], ops[order], sides[order], found, person_count)


def _sides(persons: Numbers, entitlements: Numbers, numbering: Numbering) -> NDArray[np.uint8]:
    is_given = numbering.desired.find(persons, entitlements) >= 0
    is_held = numbering.managed.find(persons, entitlements) >= 0
    return (GIVEN * is_given + HELD * is_held).astype(np.uint8)
