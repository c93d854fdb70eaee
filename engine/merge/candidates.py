"""What differs between what is desired and what is managed: lines to be, unless something speaks against it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


def find_candidates(numbering: Numbering) -> Candidates:
    """Walk both sides once, person by person."""
    desired, managed = numbering.desired, numbering.managed
    slots = len(numbering.targets)
    account_slot = np.where(numbering.kind == ACCOUNT, numbering.target, slots).astype(np.int32)
    # Mostly little differs; where that guess is too low the walk is done once more.
    room = max(len(desired.items), len(managed.items)) // _EXPECTED_SHARE + 1
    room += abs(len(desired.items) - len(managed.items))
    while True:
        persons, entitlements = np.empty(room, np.int32), np.empty(room, np.int32)
        sides = np.empty(room, np.uint8)
        used = list_differences(
            desired.first, desired.items, desired.common, managed.first, managed.items, managed.common,
            account_slot, numbering.target, np.full(slots + 1, -1, np.int32), persons, entitlements, sides,
        )  # fmt: skip
        if used <= room:
            return Candidates(persons[:used], entitlements[:used], sides[:used])
        room = used
