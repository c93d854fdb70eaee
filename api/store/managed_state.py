"""The managed state as a value: from a copy beside the store and what changed since, or from every row."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from api.store.managed_copies import CopySeal, ManagedCopies
from api.store.managed_rows import count_changes, read_changes, read_columns
from api.store.schema import managed_changes, managed_copies
from engine.merge.arranging import changed
from engine.merge.managed import ManagedColumns
from policy.catalogue import service
from policy.diagnostics import Diagnostic, OrdainError
from policy.ledger import ManagedState

_SEALS_KEPT = 4  # machines that share a database make copies at different times
_MOST_CHANGES = 200_000  # past so many it is quicker to read every row


def read_state(
    connection: Connection, copies: ManagedCopies | None, *, lineage: str, serial: int
) -> ManagedState:  # fmt: skip
    """All we manage. Raises OrdainError when the rows are not what they were when a copy was made of them."""
    seals = [] if copies is None else read_seals(connection)
    found = None if copies is None else copies.read(lineage, seals)
    columns = None
    if found is not None:
        seal, columns = found
        columns = _brought_up(connection, columns, since=seal.serial, upto=serial)
    if columns is None:
        columns = read_columns(connection)
        _verify(ManagedState(lineage, serial, columns), seals)
    return ManagedState(lineage, serial, columns)


def read_seals(connection: Connection) -> list[CopySeal]:
    """Seals of all copies, newest first."""
    of = managed_copies.c
    rows = connection.execute(select(of.serial, of.digest, of.content).order_by(of.serial.desc(), of.content))
    return [CopySeal(row.serial, row.digest, row.content) for row in rows]


def save_seal(connection: Connection, seal: CopySeal) -> None:
    """Remember a copy, and forget the oldest with all changes that only they need to be brought up to date."""
    known = read_seals(connection)
    if seal not in known:
        row = {"serial": seal.serial, "digest": seal.digest, "content": seal.content}
        connection.execute(insert(managed_copies).values(row))
    serials = sorted({seal.serial, *(one.serial for one in known)})
    oldest = serials[-_SEALS_KEPT:][0]
    connection.execute(delete(managed_copies).where(managed_copies.c.serial < oldest))
    connection.execute(delete(managed_changes).where(managed_changes.c.serial <= oldest))


def has_copies(connection: Connection) -> bool:
    """Tell whether any copy was ever made, so that changes are worth remembering."""
    return connection.execute(select(managed_copies.c.serial).limit(1)).first() is not None


def _brought_up(connection: Connection, columns: ManagedColumns, *, since: int, upto: int) -> ManagedColumns | None:
    """Columns with what changed since; None when not every change is remembered, or too many are."""
    if since == upto:
        return columns
    # INVARIANT: every change has one serial, so the changes are all there when there are as many as serials.
    if upto - since > _MOST_CHANGES or count_changes(connection, since) != upto - since:
        return None
    return changed(columns, read_changes(connection, since))


def _verify(state: ManagedState, seals: list[CopySeal]) -> None:
    """Hold rows against the digest that is known of this very serial."""
    known = {seal.digest for seal in seals if seal.serial == state.serial}
    if known and state.digest not in known:
        raise OrdainError(
            Diagnostic(
                service.STORE_DAMAGED,
                f"What is managed at serial {state.serial} is not what it was: rows were changed past Ordain",
                hint="put back a backup of the store, and find out who can write to it",
                subject=state.lineage,
            )
        )
