"""The ledger: what we manage, how often each thing was granted, and what was executed when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, func, insert, select, update

from api.store import bulk
from api.store.copy_seals import CopySeal, read_seals, save_seal
from api.store.entry_keys import key_columns, key_parameters, matches
from api.store.ledger_batches import is_changed, note_changes, put_entries, remove_entries, take_generations
from api.store.managed_copies import ManagedCopies
from api.store.managed_rows import entry_columns, entry_of, read_entries
from api.store.records import StoredAction
from api.store.schema import executed, generations, managed, store_state
from policy.diff import Op
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ExecutedChange, ManagedEntitlement, ManagedState

# Built once: an enforcement runs them thousands of times, and building costs more than running.
_FIND = select(managed).where(matches(managed))
_ADD = insert(managed)
_CHANGE = update(managed).where(matches(managed))
_REMOVE = delete(managed).where(matches(managed))
_FIND_GENERATION = select(generations.c.generation).where(matches(generations))
_ADD_GENERATION = insert(generations)
_CHANGE_GENERATION = update(generations).where(matches(generations))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Managed state of one transaction. INVARIANT: the serial grows by one with every entry that changes."""

    connection: Connection
    copies: ManagedCopies | None = None

    def state(self) -> ManagedState:
        """All we manage, as columns. Raises OrdainError when rows were changed past us."""
        # Imported late: most transactions never look at everything, and need no columns.
        from api.store.managed_state import read_state  # noqa: PLC0415

        return read_state(self.connection, self.copies, lineage=self.lineage(), serial=self.serial())

    def heading(self) -> tuple[str, int, str]:
        """Lineage, serial and digest of what is managed; no entry is read when the digest is known."""
        lineage, serial = self.lineage(), self.serial()
        known = next((seal.digest for seal in self.seals() if seal.serial == serial), None)
        return lineage, serial, self.state().digest if known is None else known

    def lineage(self) -> str:
        """Name of this ledger for ever."""
        return str(self.connection.execute(select(store_state.c.lineage)).scalar_one())

    def serial(self) -> int:
        """Count the changes so far."""
        return int(self.connection.execute(select(store_state.c.serial)).scalar_one())

    def get(self, key: EntitlementKey) -> ManagedEntitlement | None:
        """Entry, or None when it is not managed."""
        row = self.connection.execute(_FIND, key_parameters(key)).one_or_none()
        return None if row is None else entry_of(row)

    def of_persons(self, persons: Iterable[str]) -> Mapping[EntitlementKey, ManagedEntitlement]:
        """Everything managed of some persons."""
        return read_entries(self.connection, persons)

    def of_keys(self, keys: Collection[EntitlementKey]) -> Mapping[EntitlementKey, ManagedEntitlement]:
        """Entries of those of these keys that are managed."""
        return read_entries(self.connection, {key.person for key in keys}, keys)

    def put(self, entry: ManagedEntitlement) -> None:
        """Set an entry. The serial stays when nothing differs."""
        known = self.get(entry.key)
        if known is not None and not is_changed(known, entry):
            return
        if known is None:
            self.connection.execute(_ADD, entry_columns(entry))
        else:
            self.connection.execute(_CHANGE, {**entry_columns(entry), **key_parameters(entry.key)})
        self._reach_generation(entry.key, entry.generation)
        note_changes(self.connection, [entry.key])

    def put_all(self, entries: Iterable[ManagedEntitlement]) -> None:
        """Set any number of entries, each as `put` does."""
        put_entries(self.connection, entries)

    def remove(self, key: EntitlementKey) -> None:
        """Forget an entry. Nothing happens when it is not managed."""
        if self.connection.execute(_REMOVE, key_parameters(key)).rowcount:
            note_changes(self.connection, [key])

    def remove_all(self, keys: Iterable[EntitlementKey]) -> None:
        """Forget any number of entries, each as `remove` does."""
        remove_entries(self.connection, keys)

    def seals(self) -> list[CopySeal]:
        """Seals of the copies that the store remembers, newest first."""
        return read_seals(self.connection)

    def has_copy(self, serial: int) -> bool:
        """Tell whether there is an unbroken copy of the state of this serial."""
        seals = [seal for seal in self.seals() if seal.serial == serial]
        return self.copies is not None and self.copies.read(self.lineage(), seals) is not None

    def seal(self, state: ManagedState, content: str) -> None:
        """Remember that a copy was made of a state: `content` is the SHA-256 (hex) of its bytes."""
        save_seal(self.connection, CopySeal(state.serial, state.digest, content))

    def next_generation(self, key: EntitlementKey) -> int:
        """Take the next generation of a key: one more than any before, removed entries included."""
        following = self._generation(key) + 1
        self._reach_generation(key, following)
        return following

    def take_generations(self, keys: Collection[EntitlementKey]) -> Mapping[EntitlementKey, int]:
        """Take the next generation of every key, as `next_generation` does."""
        return take_generations(self.connection, keys)

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

    def record_all_executed(self, done: Sequence[StoredAction], on: date) -> None:
        """Note that actions were done, each as `record_executed` does."""
        known = set()
        for part in bulk.in_parts(sorted({one.action_id or "" for one in done}), bulk.PARAMETERS):
            query = select(executed.c.action_id, executed.c.run_id).where(executed.c.action_id.in_(part))
            known |= {(row.action_id, row.run_id) for row in self.connection.execute(query)}
        fresh = {(one.action_id or "", one.run_id): one for one in done}
        rows = [
            {
                "target": one.key.target,
                "kind": one.key.kind,
                "op": one.op,
                "executed_on": on,
                "action_id": action_id,
                "run_id": run_id,
            }
            for (action_id, run_id), one in fresh.items()
            if (action_id, run_id) not in known
        ]
        if rows:
            self.connection.execute(insert(executed), rows)

    def executed_since(self, day: date) -> tuple[ExecutedChange, ...]:
        """Count what was done on `day` or later, by target, kind, operation and day, oldest first."""
        what = (executed.c.executed_on, executed.c.target, executed.c.kind, executed.c.op)
        query = select(*what, func.count().label("times")).where(executed.c.executed_on >= day)
        return tuple(
            ExecutedChange(row.target, Kind(row.kind), Op(row.op), row.executed_on, row.times)
            for row in self.connection.execute(query.group_by(*what).order_by(*what))
        )

    def _generation(self, key: EntitlementKey) -> int:
        return self.connection.execute(_FIND_GENERATION, key_parameters(key)).scalar_one_or_none() or 0

    def _reach_generation(self, key: EntitlementKey, generation: int) -> None:
        """Remember that this generation of the key was used."""
        known = self._generation(key)
        if known == 0 and generation > 0:
            self.connection.execute(_ADD_GENERATION, {**key_columns(key), "generation": generation})
        elif generation > known:
            self.connection.execute(_CHANGE_GENERATION, {"generation": generation, **key_parameters(key)})
