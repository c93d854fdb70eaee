"""The managed state as a value: from a copy beside the store and what changed since, or from every row."""

from __future__ import annotations

from sqlalchemy import Connection

from api.store.copy_seals import CopySeal, read_seals
from api.store.managed_copies import ManagedCopies
from api.store.managed_reading import read_columns
from api.store.managed_rows import count_changes, read_changes
from engine.merge.arranging import changed
from engine.merge.managed import ManagedColumns
from policy.catalogue import service
from policy.diagnostics import Diagnostic, OrdainError
from policy.ledger import ManagedState

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
