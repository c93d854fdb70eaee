"""What everybody holds as the days go by: the managed state, taken apart by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState

_Entries = dict[EntitlementKey, ManagedEntitlement]


@dataclass(slots=True)
class Holdings:
    """Entries by person, and how many of each kind are managed in each target (disabled accounts do not count)."""

    lineage: str
    counts: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    _entries: dict[str, _Entries] = field(default_factory=dict)

    @classmethod
    def of(cls, managed: ManagedState) -> Holdings:
        """Take a managed state apart."""
        holdings = cls(managed.lineage)
        for key, entry in managed.entries.items():
            holdings._entries.setdefault(key.person, {})[key] = entry
        for entries in holdings._entries.values():
            holdings._count(entries.values(), 1)
        return holdings

    @property
    def persons(self) -> Collection[str]:
        """Everybody who holds something."""
        return self._entries.keys()

    def part(self, persons: Iterable[str]) -> ManagedState:
        """Give what these persons hold, in key order."""
        entries = [one for person in sorted(persons) for one in self._entries.get(person, {}).items()]
        return ManagedState(self.lineage, 0, dict(entries))

    def put(self, persons: Iterable[str], managed: ManagedState) -> None:
        """Replace what these persons hold by `managed`, which speaks of them alone and is in key order."""
        for person in persons:
            self._count(self._entries.pop(person, {}).values(), -1)
        for key, entry in managed.entries.items():
            self._entries.setdefault(key.person, {})[key] = entry
        self._count(managed.entries.values(), 1)

    def _count(self, entries: Iterable[ManagedEntitlement], step: int) -> None:
        for entry in entries:
            if entry.disabled_on is None:
                self.counts[entry.key.target, entry.key.kind] += step
