"""Managed keys without a line: counted at once, built when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np

from engine.merge.candidates import HELD
from engine.merge.drafts import DraftTable
from engine.merge.numbering import Numbering
from policy.entitlements import EntitlementKey


@dataclass(frozen=True, eq=False)
class UnchangedKeys(Sequence[EntitlementKey]):
    """Keys, in order, that are managed and have no line. Whatever is not managed and wanted has one."""

    numbering: Numbering
    drafts: DraftTable

    def __len__(self) -> int:
        return len(self.numbering.managed.items) - int(np.count_nonzero(self.drafts.sides & HELD))

    @overload
    def __getitem__(self, at: int) -> EntitlementKey: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[EntitlementKey, ...]: ...
    def __getitem__(self, at: int | slice) -> EntitlementKey | tuple[EntitlementKey, ...]:
        return self._keys[at]

    @cached_property
    def _keys(self) -> tuple[EntitlementKey, ...]:
        managed = self.numbering.managed
        is_unchanged = np.ones(len(managed.items), np.bool_)
        places = managed.find(self.drafts.persons, self.drafts.entitlements)
        is_unchanged[places[places >= 0]] = False
        return tuple(self.numbering.keys_of(*managed.pairs_at(np.flatnonzero(is_unchanged))))
