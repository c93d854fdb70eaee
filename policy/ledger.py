"""Managed state: what we granted or adopted, with its lineage and serial (M of DIFFS.md section 1)."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from policy.canonical import JsonValue, canonical_json, canonical_text
from policy.diff import Op
from policy.entitlements import EntitlementKey, Kind


@dataclass(frozen=True, slots=True)
class ManagedEntitlement:
    """An entitlement we manage.

    For an account: `anchor` is the target's unchanging reference, `attributes` the mapped attributes last applied,
    `account_data` what dependent targets and notifications may use (snake case names), `iteration` the one that made
    unique fields unique. `generation` grows by one each time this
    key is granted anew, so an action id is never reused. `disabled_on` is the day a staged deletion disabled the
    account: it is no longer desired, and is deleted later. `unmanage` marks an entitlement released by hand: the next
    diff forgets it and leaves it in the target.
    """

    key: EntitlementKey
    generation: int
    anchor: str = ""
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    account_data: Mapping[str, JsonValue] = field(default_factory=dict)
    iteration: int = 0
    disabled_on: date | None = None
    unmanage: bool = False


def managed_json(entry: ManagedEntitlement) -> dict[str, JsonValue]:
    """Canonical JSON object of an entry."""
    return {
        "account_data": entry.account_data,
        "anchor": entry.anchor,
        "attributes": entry.attributes,
        "disabled_on": entry.disabled_on.isoformat() if entry.disabled_on else None,
        "generation": entry.generation,
        "iteration": entry.iteration,
        "kind": entry.key.kind.value,
        "name": entry.key.name,
        "person": entry.key.person,
        "target": entry.key.target,
        "unmanage": entry.unmanage,
    }


class ManagedEntries(Mapping[EntitlementKey, ManagedEntitlement]):
    """Entries kept in another form than a dictionary: they count and digest themselves without building any."""

    @abstractmethod
    def digest_at(self, lineage: str, serial: int) -> str:
        """Digest of the state of these entries (see `ManagedState.digest`)."""

    @abstractmethod
    def counts(self) -> Mapping[tuple[str, Kind], int]:
        """Count entries by target and kind, without accounts that a staged deletion disabled."""


def managed_digest(entries: Iterable[bytes | memoryview], *, lineage: str, serial: int) -> str:
    """SHA-256 (hex) of a state whose entries come as canonical JSON in key order, commas between, in any parts."""
    digest = hashlib.sha256(b'{"entries":[')
    for part in entries:
        digest.update(part)
    rest = canonical_json({"lineage": lineage, "serial": serial})
    digest.update(b"]," + rest.removeprefix(b"{"))
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class ManagedState:
    """All we manage.

    `lineage` names this ledger for ever; `serial` grows by one with every change. `entries` in key order.
    """

    lineage: str
    serial: int
    entries: Mapping[EntitlementKey, ManagedEntitlement] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over lineage, serial and every entry: of the canonical JSON of all three."""
        if isinstance(self.entries, ManagedEntries):
            return self.entries.digest_at(self.lineage, self.serial)
        return managed_digest(_canonical_parts(self.entries), lineage=self.lineage, serial=self.serial)

    def counts(self) -> Mapping[tuple[str, Kind], int]:
        """Count entitlements managed now by target and kind: the bases of percentages.

        Accounts that a staged deletion disabled are taken away already and do not count.
        """
        if isinstance(self.entries, ManagedEntries):
            return self.entries.counts()
        return Counter((key.target, key.kind) for key, entry in self.entries.items() if entry.disabled_on is None)

    def count(self, target: str, kind: Kind) -> int:
        """Count entitlements of `kind` managed in `target` now (see `counts`)."""
        return self.counts().get((target, kind), 0)


def _canonical_parts(entries: Mapping[EntitlementKey, ManagedEntitlement]) -> Iterator[bytes]:
    for number, key in enumerate(sorted(entries)):
        if number:
            yield b","
        yield _canonical_entry(entries[key])


def _canonical_entry(entry: ManagedEntitlement) -> bytes:
    if entry.attributes or entry.account_data:
        return canonical_json(managed_json(entry))
    # Most entries are small and alike: written out here, several times faster.
    disabled_on = f'"{entry.disabled_on.isoformat()}"' if entry.disabled_on else "null"
    return (
        f'{{"account_data":{{}},"anchor":{canonical_text(entry.anchor)},"attributes":{{}},"disabled_on":{disabled_on},'
        f'"generation":{entry.generation},"iteration":{entry.iteration},"kind":"{entry.key.kind}",'
        f'"name":{canonical_text(entry.key.name)},"person":{canonical_text(entry.key.person)},'
        f'"target":{canonical_text(entry.key.target)},"unmanage":{"true" if entry.unmanage else "false"}}}'
    ).encode()


@dataclass(frozen=True, slots=True)
class ExecutedChange:
    """Something that was done so many `times` on one day, for the budgets `in N days`."""

    target: str
    kind: Kind
    op: Op
    executed_on: date
    times: int = 1
