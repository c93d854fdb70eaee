"""Many entries of the ledger written at once: what one by one would write, in a handful of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, delete, select, update

from api.store import bulk
from api.store.copy_seals import has_copies
from api.store.entry_keys import PARTS, key_parameters, key_values, matches
from api.store.managed_rows import bulk_row, entry_columns, read_entries
from api.store.schema import generations, managed, managed_changes, store_state
from policy.canonical import canonical_json
from policy.entitlements import EntitlementKey
from policy.ledger import ManagedEntitlement, managed_json

_ENTRIES_AT_ONCE = 20_000
_CHANGE = update(managed).where(matches(managed))
_REMOVE = delete(managed).where(matches(managed))
_CHANGE_GENERATION = update(generations).where(matches(generations))


def put_entries(connection: Connection, entries: Iterable[ManagedEntitlement]) -> None:
    """Set entries in their order; the serial grows by one for each that differs from what was there before it."""
    for batch in _batches(entries):
        keys = {entry.key for entry in batch}
        known = read_entries(connection, {key.person for key in keys}, keys)
        changed = [entry for entry in batch if entry.key not in known or is_changed(known[entry.key], entry)]
        bulk.insert_rows(connection, managed, (bulk_row(entry) for entry in changed if entry.key not in known))
        again = [{**entry_columns(one), **key_parameters(one.key)} for one in changed if one.key in known]
        if again:
            connection.execute(_CHANGE, again)
        _reach_generations(connection, {entry.key: entry.generation for entry in changed})
        note_changes(connection, [entry.key for entry in changed])


def remove_entries(connection: Connection, keys: Iterable[EntitlementKey]) -> None:
    """Forget entries; the serial grows by one for each that was there."""
    for part in bulk.in_parts(dict.fromkeys(keys), _ENTRIES_AT_ONCE):
        known = read_entries(connection, {key.person for key in part}, part)
        gone = [key for key in part if key in known]
        if gone:
            connection.execute(_REMOVE, [key_parameters(key) for key in gone])
            note_changes(connection, gone)


def note_changes(connection: Connection, keys: Sequence[EntitlementKey]) -> None:
    """Let the serial grow by one for each changed entry, and remember which for the copies that there are."""
    if not keys:
        return
    connection.execute(update(store_state).values(serial=store_state.c.serial + len(keys)))
    if has_copies(connection):
        first = connection.execute(select(store_state.c.serial)).scalar_one() - len(keys) + 1
        rows = ((number, *key_values(key)) for number, key in enumerate(keys, first))
        bulk.insert_rows(connection, managed_changes, rows)


def is_changed(known: ManagedEntitlement, entry: ManagedEntitlement) -> bool:
    """Tell whether an entry differs from the one of the same key."""
    return canonical_json(managed_json(known)) != canonical_json(managed_json(entry))


def _batches(entries: Iterable[ManagedEntitlement]) -> Iterator[Sequence[ManagedEntitlement]]:
    """Cut entries into runs in which no key comes twice."""
    batch: dict[EntitlementKey, ManagedEntitlement] = {}
    for entry in entries:
        if entry.key in batch or len(batch) == _ENTRIES_AT_ONCE:
            yield tuple(batch.values())
            batch = {}
        batch[entry.key] = entry
    if batch:
        yield tuple(batch.values())


def take_generations(connection: Connection, keys: Collection[EntitlementKey]) -> dict[EntitlementKey, int]:
    """Take the next generation of every key: one more than any before."""
    known = _generations(connection, keys)
    taken = {key: known.get(key, 0) + 1 for key in keys}
    _reach_generations(connection, taken)
    return taken


def _reach_generations(connection: Connection, used: Mapping[EntitlementKey, int]) -> None:
    """Remember that these generations of the keys were used."""
    known = _generations(connection, used)
    fresh = ((*key_values(key), number) for key, number in used.items() if number > 0 and key not in known)
    bulk.insert_rows(connection, generations, fresh)
    higher = [{"generation": n, **key_parameters(key)} for key, n in used.items() if n > known.get(key, n)]
    if higher:
        connection.execute(_CHANGE_GENERATION, higher)


def _generations(connection: Connection, keys: Collection[EntitlementKey]) -> dict[EntitlementKey, int]:
    """Find the generations that were used of these keys."""
    wanted = {key_values(key): key for key in keys}
    columns = [generations.c[part] for part in PARTS]
    known: dict[EntitlementKey, int] = {}
    for part in bulk.in_parts(sorted({key.person for key in keys}), bulk.PARAMETERS):
        query = select(*columns, generations.c.generation).where(generations.c.person.in_(part))
        for rows in bulk.rows_of(connection, query):
            known |= {wanted[values]: number for *parts, number in rows if (values := tuple(parts)) in wanted}
    return known
