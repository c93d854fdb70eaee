"""What differs between what is desired and what is managed: lines to be, unless something speaks against it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.columnar.runs import side_by_side
from engine.merge.kernels.pairs import list_differences
from engine.merge.numbering import ACCOUNT, Numbering, Numbers

GIVEN, HELD = 1, 2
_EXPECTED_SHARE = 16


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of person and entitlement (common numbers) in order.

    `sides` (uint8) says whether they are given, held, or both, and then what hangs on an account that is not given.
    """

    persons: Numbers
    entitlements: Numbers
    sides: NDArray[np.uint8]


def find_candidates(numbering: Numbering, *, parts: int = 1) -> Candidates:
    """Walk both sides once, person by person, in `parts` parts at a time."""
    found = side_by_side(len(numbering.person_ids), parts, lambda low, high: _find_between(numbering, low, high))
    if len(found) <= 1:
        return found[0] if found else _find_between(numbering, 0, 0)
    return Candidates(
        np.concatenate([one.persons for one in found]),
        np.concatenate([one.entitlements for one in found]),
        np.concatenate([one.sides for one in found]),
    )


def _find_between(numbering: Numbering, low: int, high: int) -> Candidates:
    """Candidates of persons from `low` to before `high`."""
    desired, managed = numbering.desired, numbering.managed
    first_given, first_held = desired.first[low : high + 1], managed.first[low : high + 1]
    slots = len(numbering.targets)
    account_slot = np.where(numbering.kind == ACCOUNT, numbering.target, slots).astype(np.int32)
    # Mostly little differs; where that guess is too low the walk is done once more.
    given, held = (int(first[-1] - first[0]) for first in (first_given, first_held))
    room = max(given, held) // _EXPECTED_SHARE + abs(given - held) + 1
    while True:
        persons, entitlements = np.empty(room, np.int32), np.empty(room, np.int32)
        sides = np.empty(room, np.uint8)
        used = list_differences(
            first_given, desired.items, desired.common, first_held, managed.items, managed.common,
            account_slot, numbering.target, np.full(slots + 1, -1, np.int32), persons, entitlements, sides,
        )  # fmt: skip
        if used <= room:
            return Candidates(persons[:used] + np.int32(low), entitlements[:used], sides[:used])
        room = used
