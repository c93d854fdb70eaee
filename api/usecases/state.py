"""What the store holds at one moment, as an evaluation or a forecast starts from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.tools import Tools
from api.usecases.snapshot_columns import columns_in_force
from engine.columnar.columns import Columns
from engine.columnar.persons import snapshot_of
from engine.merge.managed import ManagedColumns
from policy.events import EmploymentDay
from policy.ledger import ExecutedChange, ManagedState
from policy.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class State:
    """What the store holds at one moment."""

    columns: Columns
    snapshot: Snapshot
    managed: ManagedState
    executed: tuple[ExecutedChange, ...]
    previous_as_of: date | None
    salt: bytes
    fired: frozenset[EmploymentDay]

    @property
    def entries(self) -> ManagedColumns:
        """What is managed, as columns."""
        assert isinstance(self.managed.entries, ManagedColumns), "the store reads what is managed as columns"
        return self.managed.entries


def read_state(tools: Tools) -> State:
    """Give what the store holds. Raises DataError when there is no snapshot."""
    with tools.store.read() as tx:
        previous = tx.facts.get("enforced_as_of")
        columns = columns_in_force(tools, tx)
        return State(
            columns=columns,
            snapshot=snapshot_of(columns),
            managed=tx.ledger.state(),
            executed=tx.ledger.executed_since(date.min),
            previous_as_of=date.fromisoformat(previous) if isinstance(previous, str) else None,
            salt=tx.facts.secret_salt(),
            fired=tx.fired_events.all(),
        )
