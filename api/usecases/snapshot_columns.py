"""The snapshot in force as columns: read where they lie beside the store, or made again from what it holds."""

from __future__ import annotations

import contextlib

from api.store.column_files import ColumnFiles
from api.store.records import ColumnSeal
from api.store.store import Transaction
from api.tools import Tools
from engine.columnar.columns import Columns, columns_of
from policy.audit import AuditEvent
from policy.catalogue.service import NO_SNAPSHOT
from policy.diagnostics import DataError, Diagnostic, OrdainError


def load_columns(tools: Tools) -> Columns:
    """Columns of the snapshot in force. Raises DataError when there is none, OrdainError when it was tampered with."""
    with tools.store.read() as tx:
        return columns_in_force(tools, tx)


def find_columns(tools: Tools) -> Columns | None:
    """Give the same, or None before the first import."""
    with tools.store.read() as tx:
        return columns_in_force(tools, tx) if tx.snapshots.latest() is not None else None


def columns_in_force(tools: Tools, tx: Transaction) -> Columns:
    """Columns of the snapshot that is in force in this reading transaction; see `load_columns`.

    Files that are missing, changed or of another version are made again from the stored snapshot, whose digest is
    verified. That somebody changed them is noted in the audit log.
    """
    current = tx.snapshots.latest()
    if current is None:
        hint = "run `ordain import`; when it is blocked, it can be released by name"
        raise DataError(Diagnostic(NO_SNAPSHOT, "No import has brought any persons yet.", hint=hint))
    files, seals = ColumnFiles(tools.workspace.columns_folder), tx.snapshots.seals(current.digest)
    columns = files.read(current.digest, seals)
    if columns is not None:
        return columns
    changed = bool(seals) and files.are_there(current.digest)
    tools.progress("making the columns of the snapshot", 0, current.counts.get("persons", 0))
    columns = columns_of(tx.snapshots.load(current.digest))
    _keep(tools, columns, changed=changed)
    return columns


def keep_columns(tools: Tools, columns: Columns) -> None:
    """Write the columns of a snapshot that was just stored, so that who evaluates it need not make them."""
    _keep(tools, columns, changed=False)


def _keep(tools: Tools, columns: Columns, *, changed: bool) -> None:
    """Write and seal columns. They can be made again at any time, so that this fails is no reason to stop."""
    with contextlib.suppress(OSError, OrdainError):
        _seal(tools, columns.digest, ColumnFiles(tools.workspace.columns_folder).write(columns), changed=changed)


def _seal(tools: Tools, digest: str, seal: ColumnSeal, *, changed: bool) -> None:
    with tools.store.write() as tx:
        tx.snapshots.seal(digest, seal)
        if changed:
            tx.audit.append(AuditEvent(tools.now(), "columns.replaced", tools.actor, digest, {}))
