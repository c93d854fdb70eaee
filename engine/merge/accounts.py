"""Who is to have an account in a target, and who has one already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.merge.numbering import Numbering, Numbers
from policy.entitlements import Kind


@dataclass(frozen=True, slots=True, eq=False)
class DesiredAccounts:
    """Persons (common numbers, ascending) who are entitled to an account in a target; `held`: it is managed already.

    `rows` are their rows among the persons of the evaluation.
    """

    persons: Numbers
    rows: Numbers
    held: NDArray[np.bool_]


def desired_accounts(numbering: Numbering, target: str) -> DesiredAccounts:
    """Find who is to have an account in `target`."""
    number = numbering.numbers.get((target, Kind.ACCOUNT, ""), -1)
    own = numbering.desired.own[number] if number >= 0 else -1
    if own < 0:
        return DesiredAccounts(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.bool_))
    persons, numbers = numbering.desired.pairs_at(np.flatnonzero(numbering.desired.items == own))
    return DesiredAccounts(persons, numbering.desired.rows[persons], numbering.managed.find(persons, numbers) >= 0)
