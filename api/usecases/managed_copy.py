"""The copy of the managed state beside the store, so that who reads the same state next reads no row."""

from __future__ import annotations

from contextlib import suppress

from api.tools import Tools
from policy.diagnostics import OrdainError
from policy.ledger import ManagedState


def keep_managed(tools: Tools, state: ManagedState) -> None:
    """Write a copy of a committed state that was just read, where there is none yet and it is worth one.

    It can be made again at any time, so that this fails is no reason to stop.
    """
    with suppress(OSError, OrdainError):
        with tools.store.read() as tx:
            copies = tx.ledger.copies
            if copies is None or not copies.is_worth(state) or tx.ledger.has_copy(state.serial):
                return
        tools.progress("keeping what is managed as columns", 0, len(state.entries))
        content = copies.write(state)
        with tools.store.write() as tx:
            tx.ledger.seal(state, content)
