"""A workspace whose store is full: the snapshot of the workload is in force, the state before stands in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
from sqlalchemy import insert, update

from api.compose import open_tools
from api.store.bulk import insert_rows
from api.store.column_files import ColumnFiles
from api.store.packing import pack
from api.store.schema import generations, snapshots, store_state
from api.store.schema import managed as managed_entries
from api.tools import Tools
from bench.workload.managed import ManagedPairs
from bench.workload.stored import Stored
from engine.columnar.columns import Columns
from policy.entitlements import Kind

_NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
_AT_ONCE = 100_000


def fill_store(stored: Stored) -> None:
    """Put snapshot and state before into the store of a workspace, once.

    The lines of the snapshot are left out: an evaluation reads its columns, and a million persons are 2 GB of lines.
    """
    mark = stored.workspace / "filled"
    if mark.is_file():
        return
    stored.generate()
    with open_tools(stored.workspace, actor="bench") as tools:
        columns = stored.read_columns()
        _put_snapshot(tools, columns)
        managed = stored.read_managed(stored.read_rules(columns))
        with tools.store.write() as tx:
            connection = tx.ledger.connection
            insert_rows(connection, generations, ((*key, 1) for key in _keys(managed, columns)))
            insert_rows(connection, managed_entries, (_row(key) for key in _keys(managed, columns)))
            connection.execute(update(store_state).values(serial=len(managed.pairs)))
    mark.touch()


def _put_snapshot(tools: Tools, columns: Columns) -> None:
    counts = {
        "contracts": columns.contract_count,
        "departments": len(columns.departments),
        "persons": len(columns.person_ids),
    }
    row = {"digest": columns.digest, "at": _NOW, "by": "bench", "counts": counts, "content": pack(b"")}
    seal = ColumnFiles(tools.workspace.columns_folder).write(columns)
    with tools.store.write() as tx:
        tx.snapshots.connection.execute(insert(snapshots).values(row))
        tx.snapshots.make_current(columns.digest)
        tx.snapshots.seal(columns.digest, seal)


def _keys(managed: ManagedPairs, columns: Columns) -> Iterator[tuple[str, str, str, str]]:
    """Person, target, kind and name of every entry."""
    parts = [(one.target, one.kind.value, one.name) for one in managed.entitlements]
    for low in range(0, len(managed.pairs), _AT_ONCE):
        part = ManagedPairs(managed.entitlements, managed.pairs[low : low + _AT_ONCE])
        persons = columns.person_ids.take(pa.array(part.person)).to_pylist()
        for person, place in zip(persons, part.entitlement.tolist(), strict=True):
            yield person, *parts[place]


def _row(key: tuple[str, str, str, str]) -> tuple[object, ...]:
    """Entry of the first generation; an account has an anchor."""
    person, target, kind, _ = key
    return *key, 1, f"{target}:{person}" if kind == Kind.ACCOUNT else "", "{}", "{}", 0, None, 0
