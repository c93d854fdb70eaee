"""What everybody holds as the days go by: a managed state, and whoever something changed for beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.merge.lines import STATUSES, LineTable
from engine.merge.managed import ManagedColumns, details_of
from policy.diff import Line, Status
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement, ManagedState

Entries = Mapping[EntitlementKey, ManagedEntitlement]


@dataclass(slots=True)
class Holdings:
    """Entries of each person, and how many of each kind are managed in each target (disabled accounts do not count).

    Build one with `Holdings.of`.
    """

    begun: ManagedState
    counts: Counter[tuple[str, Kind]]
    _grouped: Mapping[str, Entries]
    _changed: dict[str, dict[EntitlementKey, ManagedEntitlement]] = field(default_factory=dict)

    @classmethod
    def of(cls, managed: ManagedState) -> Holdings:
        """Begin with a managed state."""
        grouped: dict[str, dict[EntitlementKey, ManagedEntitlement]] = {}
        if not isinstance(managed.entries, ManagedColumns):
            for key, entry in managed.entries.items():
                grouped.setdefault(key.person, {})[key] = entry
        return cls(managed, Counter(managed.counts()), grouped)

    def disabled(self) -> Iterator[str]:
        """Persons who begin with an account that a staged deletion disabled; some more than once."""
        entries = self.begun.entries
        if isinstance(entries, ManagedColumns):
            is_disabled = entries.details.column("disabled_on").is_valid().to_numpy(zero_copy_only=False)
            for place in entries.detailed[is_disabled].tolist():
                row = int(np.searchsorted(entries.first, place, side="right")) - 1
                yield entries.person_ids[row].as_py()
        else:
            yield from (key.person for key, entry in entries.items() if entry.disabled_on is not None)

    def part(self, persons: Iterable[str]) -> ManagedState:
        """Give what these persons hold, in key order."""
        entries = [one for person in sorted(persons) for one in self._of(person).items()]
        return ManagedState(self.begun.lineage, self.begun.serial, dict(entries))

    def put(self, persons: Iterable[str], managed: ManagedState) -> None:
        """Replace what these persons hold by `managed`, which speaks of them alone and is in key order."""
        for person in persons:
            self._count(self._of(person).values(), -1)
            self._changed[person] = {}
        for key, entry in managed.entries.items():
            self._changed[key.person][key] = entry
        self._count(managed.entries.values(), 1)

    def _of(self, person: str) -> Entries:
        known = self._changed.get(person)
        if known is not None:
            return known
        entries = self.begun.entries
        if not isinstance(entries, ManagedColumns):
            return self._grouped.get(person, {})
        row = entries.find_person(person)
        if row is None:
            return {}
        held = entries.held[entries.first[row] : entries.first[row + 1]].tolist()
        keys = [EntitlementKey.of(person, entries.entitlements[one]) for one in held]
        return {key: entries[key] for key in keys}

    def _count(self, entries: Iterable[ManagedEntitlement], step: int) -> None:
        for entry in entries:
            if entry.disabled_on is None:
                self.counts[entry.key.target, entry.key.kind] += step


def granted(lines: Iterable[Line], begun: ManagedState) -> ManagedState:
    """Give what is managed once the planned lines of the first diff of all were carried out: every one is a grant."""
    if not isinstance(lines, LineTable):
        keys = (line.key for line in lines if line.status is Status.PLANNED)
        return ManagedState(begun.lineage, begun.serial, {key: ManagedEntitlement(key, 1) for key in keys})
    rows = np.flatnonzero(lines.status == STATUSES.index(Status.PLANNED))
    persons, owners = np.unique(lines.person[rows], return_inverse=True)
    columns = ManagedColumns(
        person_ids=lines.person_ids.take(persons),
        first=np.searchsorted(owners, np.arange(len(persons) + 1)),
        entitlements=lines.entitlements,
        held=lines.entitlement[rows],
        generations=np.ones(len(rows), np.int32),
        detailed=np.zeros(0, np.int64),
        details=details_of(()),
    )
    return ManagedState(begun.lineage, begun.serial, columns)


def held_back(lines: Iterable[Line]) -> list[Line]:
    """Lines that are not planned; no other is built."""
    if isinstance(lines, LineTable):
        return lines.lines_at(np.flatnonzero(lines.status != STATUSES.index(Status.PLANNED)))
    return [line for line in lines if line.status is not Status.PLANNED]
