"""What a change touches, and why: a value to show beside what was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from engine.columnar.truth import Truth


class Cause(StrEnum):
    """Why somebody has to be decided about again."""

    DATA = "data of the person"
    DEPARTMENTS = "departments"
    DAY = "the day"
    RULES = "rules"


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """What has to be decided anew.

    `everybody` says why that is everybody, "" when it is not. `persons` has a flag for each person of the snapshot,
    `causes` how many persons each cause touches (some of them several do), `rules` the ids of rules that changed or
    hold what such a rule grants. `gone` counts persons who are no longer there. `exclusions` tells whether all
    exclusions were looked at again.
    """

    persons: Truth
    everybody: str = ""
    causes: dict[Cause, int] = field(default_factory=dict)
    rules: frozenset[str] = frozenset()
    gone: int = 0
    exclusions: bool = False

    @property
    def count(self) -> int:
        """How many persons are decided about anew."""
        return int(np.count_nonzero(self.persons))

    def add(self, cause: Cause, persons: Truth) -> None:
        """Add those whom a cause touches."""
        count = int(np.count_nonzero(persons))
        if count:
            self.causes[cause] = count
            np.logical_or(self.persons, persons, out=self.persons)
