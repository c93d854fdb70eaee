"""The ledger: what we manage, how often each thing was granted, and what was executed when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, bindparam, delete, insert, select, update

from api.store.schema import executed, generations, managed, store_state
from policy.canonical import digest_of
from policy.diff import Op
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ExecutedChange, ManagedEntitlement, ManagedState, managed_json


def _matches(table: Table) -> ColumnElement[bool]:
    """Condition on a whole key, whose parts come as parameters `key_person` … (see `_key_of`)."""
    return and_(*(table.c[name] == bindparam(f"key_{name}") for name in ("person", "target", "kind", "name")))


# Built once: an enforcement runs them thousands of times, and building costs more than running.
_FIND = select(managed).where(_matches(managed))
_ADD = insert(managed)
_CHANGE = update(managed).where(_matches(managed))
_REMOVE = delete(managed).where(_matches(managed))
_FIND_GENERATION = select(generations.c.generation).where(_matches(generations))
_ADD_GENERATION = insert(generations)
_CHANGE_GENERATION = update(generations).where(_matches(generations))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Managed state of one transaction. INVARIANT: the serial grows by one with every entry that changes."""

    connection: Connection

    def state(self) -> ManagedState:
        """All we manage, in key order."""
        entries = [_entry(row) for row in self.connection.execute(select(managed))]
        entries.sort(key=lambda entry: entry.key)
        return ManagedState(self.lineage(), self.serial(), {entry.key: entry for entry in entries})

    def lineage(self) -> str:
        """Name of this ledger for ever."""
        return str(self.connection.execute(select(store_state.c.lineage)).scalar_one())

    def serial(self) -> int:
        """Count the changes so far."""
        return int(self.connection.execute(select(store_state.c.serial)).scalar_one())

    def get(self, key: EntitlementKey) -> ManagedEntitlement | None:
        """Entry, or None when it is not managed."""
        row = self.connection.execute(_FIND, _key_of(key)).one_or_none()
        return None if row is None else _entry(row)

    def put(self, entry: ManagedEntitlement) -> None:
        """Set an entry. The serial stays when nothing differs."""
        known = self.get(entry.key)
        if known is not None and digest_of(managed_json(known)) == digest_of(managed_json(entry)):
            return
        if known is None:
            self.connection.execute(_ADD, _row(entry))
        else:
            self.connection.execute(_CHANGE, {**_row(entry), **_key_of(entry.key)})
        self._reach_generation(entry.key, entry.generation)
        self._grow(1)

    def put_all(self, entries: Iterable[ManagedEntitlement]) -> None:
        """Set several entries, each as `put` does."""
        for entry in entries:
            self.put(entry)

    def remove(self, key: EntitlementKey) -> None:
        """Forget an entry. Nothing happens when it is not managed."""
        self._grow(self.connection.execute(_REMOVE, _key_of(key)).rowcount)

    def next_generation(self, key: EntitlementKey) -> int:
        """Take the next generation of a key: one more than any before, removed entries included."""
        following = self._generation(key) + 1
        self._reach_generation(key, following)
        return following

    def record_executed(
        self, *, target: str, kind: Kind, op: Op, on: date, action_id: str, run_id: str = ""
    ) -> None:  # fmt: skip
        """Note that something was done, for the budgets `in N days`. One action of a run counts once."""
        known = select(executed.c.number).where(executed.c.action_id == action_id, executed.c.run_id == run_id)
        if self.connection.execute(known).first() is not None:
            return
        row = {
            "target": target,
            "kind": kind,
            "op": op,
            "executed_on": on,
            "action_id": action_id,
            "run_id": run_id,
        }
        self.connection.execute(insert(executed).values(row))

    def executed_since(self, day: date) -> tuple[ExecutedChange, ...]:
        """List what was done on `day` or later, oldest first."""
        query = (
            select(executed).where(executed.c.executed_on >= day).order_by(executed.c.executed_on, executed.c.number)
        )
        return tuple(
            ExecutedChange(row.target, Kind(row.kind), Op(row.op), row.executed_on)
            for row in self.connection.execute(query)
        )

    def _grow(self, changes: int) -> None:
        if changes:
            self.connection.execute(update(store_state).values(serial=store_state.c.serial + changes))

    def _generation(self, key: EntitlementKey) -> int:
        return self.connection.execute(_FIND_GENERATION, _key_of(key)).scalar_one_or_none() or 0

    def _reach_generation(self, key: EntitlementKey, generation: int) -> None:
        """Remember that this generation of the key was used."""
        known = self._generation(key)
        if known == 0 and generation > 0:
            self.connection.execute(_ADD_GENERATION, {**_key_row(key), "generation": generation})
        elif generation > known:
            self.connection.execute(_CHANGE_GENERATION, {"generation": generation, **_key_of(key)})


def _key_row(key: EntitlementKey) -> dict[str, str]:
    return {"person": key.person, "target": key.target, "kind": key.kind.value, "name": key.name}


def _key_of(key: EntitlementKey) -> dict[str, str]:
    return {f"key_{name}": part for name, part in _key_row(key).items()}


def _row(entry: ManagedEntitlement) -> dict[str, Any]:
    return {
        **_key_row(entry.key),
        "generation": entry.generation,
        "anchor": entry.anchor,
        "attributes": entry.attributes,
        "account_data": entry.account_data,
        "iteration": entry.iteration,
        "disabled_on": entry.disabled_on,
        "unmanage": int(entry.unmanage),
    }


def _entry(row: Row[Any]) -> ManagedEntitlement:
    return ManagedEntitlement(
        key=EntitlementKey(row.person, row.target, Kind(row.kind), row.name),
        generation=row.generation,
        anchor=row.anchor,
        attributes=row.attributes,
        account_data=row.account_data,
        iteration=row.iteration,
        disabled_on=row.disabled_on,
        unmanage=bool(row.unmanage),
    )
