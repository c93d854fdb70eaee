"""A workspace whose store is full: the snapshot of the workload is in force, the state before stands in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import insert

from api.compose import open_tools
from api.store.column_files import ColumnFiles
from api.store.packing import pack
from api.store.schema import snapshots
from api.tools import Tools
from bench.workload.managed import ManagedPairs
from bench.workload.stored import Stored
from engine.columnar.columns import Columns
from policy.entitlements import EntitlementKey, Kind
from policy.ledger import ManagedEntitlement

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
            tx.ledger.put_all(_entries(managed, columns))
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


def _entries(managed: ManagedPairs, columns: Columns) -> Iterator[ManagedEntitlement]:
    persons, entitlements = columns.person_ids.to_pylist(), managed.entitlements
    for low in range(0, len(managed.pairs), _AT_ONCE):
        part = ManagedPairs(entitlements, managed.pairs[low : low + _AT_ONCE])
        for row, place in zip(part.person.tolist(), part.entitlement.tolist(), strict=True):
            one = entitlements[place]
            key = EntitlementKey.of(persons[row], one)
            yield ManagedEntitlement(key, 1, f"{one.target}:{key.person}" if one.kind is Kind.ACCOUNT else "")
