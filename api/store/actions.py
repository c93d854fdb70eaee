"""Ledger rows of actions: an intent is committed before the call, the result after it (DIFFS.md section 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from api.store import bulk
from api.store.failures import nothing_stored
from api.store.leases import Leases
from api.store.records import StoredAction
from api.store.schema import actions, runs
from policy.canonical import JsonValue
from policy.catalogue import service
from policy.diagnostics import Diagnostic, RefusedError
from policy.diff import Op
from policy.enforcement import ActionState
from policy.entitlements import EntitlementKey, Kind

# Built once: an enforcement runs them thousands of times, and building costs more than running.
_HERE = and_(actions.c.run_id == bindparam("run"), actions.c.line == bindparam("at_line"))
_FIND = select(actions).where(_HERE)
_FIND_LEASE = select(runs.c.lease).where(runs.c.id == bindparam("run"))
_SET = update(actions).where(_HERE)
_SWAP = update(actions).where(_HERE, actions.c.state.in_(bindparam("from_states", expanding=True)))


class ActionChanges(TypedDict, total=False):
    """What may change of an action along with its state."""

    action_id: str
    generation: int
    payload: JsonValue
    anchor: str
    attempts: int
    result: JsonValue
    text: str


@dataclass(frozen=True, slots=True)
class Actions:
    """Actions of one transaction."""

    connection: Connection

    def add(self, run_id: str, rows: Sequence[StoredAction]) -> None:
        """Keep the actions of a run, which is created already."""
        assert all(row.run_id == run_id for row in rows), "actions are added to their own run"
        if rows:
            self.connection.execute(insert(actions), [_row(one) for one in rows])

    def get(self, run_id: str, line: int) -> StoredAction:
        """Find the action of a line. Raises UsageError when there is none."""
        row = self.connection.execute(_FIND, {"run": run_id, "at_line": line}).one_or_none()
        if row is None:
            raise nothing_stored("action", f"{run_id}/{line}")
        return _action(row)

    def of_run(self, run_id: str) -> tuple[StoredAction, ...]:
        """Actions of a run, by line."""
        query = select(actions).where(actions.c.run_id == run_id).order_by(actions.c.line)
        return tuple(_action(row) for row in self.connection.execute(query))

    def of_state(self, *states: ActionState, run_id: str | None = None) -> tuple[StoredAction, ...]:
        """Actions in one of these states, of every run or of one."""
        query = select(actions).where(actions.c.state.in_(states))
        if run_id is not None:
            query = query.where(actions.c.run_id == run_id)
        rows = self.connection.execute(query.order_by(actions.c.run_id, actions.c.line))
        return tuple(_action(row) for row in rows)

    def move(  # the whole of a compare-and-swap
        self,
        run_id: str,
        line: int,
        *,
        from_states: Collection[ActionState],
        to_state: ActionState,
        epoch: int,
        at: datetime,
        **changes: Unpack[ActionChanges],
    ) -> None:
        """Move an action on, by compare-and-swap on its state and on the epoch of its run's lease.

        Raises RefusedError, and writes nothing, when the epoch is old or the action is in none of `from_states`.
        """
        self._demand_lease(run_id, epoch)
        place = {"run": run_id, "at_line": line, "from_states": list(from_states)}
        if self.connection.execute(_SWAP, {"state": to_state, "updated_at": at, **changes, **place}).rowcount != 1:
            raise _moved_on(self.get(run_id, line), from_states)

    def move_all(
        self,
        run_id: str,
        changes: Mapping[int, ActionChanges],
        *,
        from_state: ActionState,
        to_state: ActionState,
        epoch: int,
        at: datetime,
    ) -> None:
        """Move the actions of several lines on with their changes, each as `move` does. All change the same fields."""
        self._demand_lease(run_id, epoch)
        for part in bulk.in_parts(changes, bulk.PARAMETERS):
            query = select(actions.c.line, actions.c.state).where(actions.c.run_id == run_id, actions.c.line.in_(part))
            states = {row.line: row.state for row in self.connection.execute(query)}
            for line in part:
                if states.get(line) != from_state:
                    raise _moved_on(self.get(run_id, line), [from_state])
        moved = {"state": to_state, "updated_at": at, "run": run_id}
        self.connection.execute(_SET, [{**moved, **more, "at_line": line} for line, more in changes.items()])

    def _demand_lease(self, run_id: str, epoch: int) -> None:
        lease = self.connection.execute(_FIND_LEASE, {"run": run_id}).scalar_one_or_none()
        if lease is None:
            raise nothing_stored("run", run_id)
        Leases(self.connection).demand(lease, epoch)


def _moved_on(found: StoredAction, wanted: Collection[ActionState]) -> RefusedError:
    states = " or ".join(f"`{one}`" for one in wanted)
    return RefusedError(
        Diagnostic(
            service.WRONG_STATE,
            f"Line {found.line} of run `{found.run_id}` is `{found.state}`, not {states}",
            hint="read the run again: somebody else moved it on",
            subject=found.run_id,
        )
    )


def _row(action: StoredAction) -> dict[str, Any]:
    return {
        "run_id": action.run_id,
        "line": action.line,
        "person": action.key.person,
        "target": action.key.target,
        "kind": action.key.kind,
        "name": action.key.name,
        "op": action.op,
        "state": action.state,
        "updated_at": action.updated_at,
        "after": list(action.after),
        "action_id": action.action_id,
        "generation": action.generation,
        "payload": action.payload,
        "anchor": action.anchor,
        "attempts": action.attempts,
        "result": action.result,
        "text": action.text,
    }


def _action(row: Row[Any]) -> StoredAction:
    return StoredAction(
        run_id=row.run_id,
        line=row.line,
        key=EntitlementKey(row.person, row.target, Kind(row.kind), row.name),
        op=Op(row.op),
        state=ActionState(row.state),
        updated_at=row.updated_at,
        after=tuple(row.after),
        action_id=row.action_id,
        generation=row.generation,
        payload=row.payload,
        anchor=row.anchor,
        attempts=row.attempts,
        result=row.result,
        text=row.text,
    )
