"""One run carried out by one worker: waves of actions whose predecessors have ended, until nothing is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.runners.targets import Mapper, OpenTarget
from api.settings.schema import EnforcementSection
from api.store.records import StoredAction, StoredRun
from api.store.store import Store
from api.tools import Tools
from policy.diff import Line
from policy.enforcement import ActionState

FINAL = frozenset({ActionState.DONE, ActionState.FAILED, ActionState.SKIPPED})


@dataclass(frozen=True, slots=True)
class Worker:
    """What carrying out a run needs.

    `lines` are the signed lines by number. `mapper` is None when the inputs have changed since the run began: then what
    was begun is brought to an end, and nothing new is sent. `epoch` is that of the lease this worker holds. `today` is
    the day the run counts for.
    """

    tools: Tools
    run: StoredRun
    epoch: int
    lines: Mapping[int, Line]
    targets: Mapping[str, OpenTarget]
    mapper: Mapper | None
    today: date
    sleep: Callable[[float], None] = time.sleep

    @property
    def store(self) -> Store:
        """The store."""
        return self.tools.store

    @property
    def settings(self) -> EnforcementSection:
        """Time-outs, attempts and lease."""
        return self.tools.workspace.settings.enforcement

    def actions(self) -> tuple[StoredAction, ...]:
        """Read the run's actions as they stand."""
        with self.store.read() as tx:
            return tx.actions.of_run(self.run.id)

    def renew_lease(self) -> None:
        """Hold on to the lease. Raises RefusedError when another worker has taken over."""
        with self.store.write() as tx:
            lease, seconds = self.run.lease, self.settings.lease_seconds
            if not tx.leases.renew(lease, self.epoch, now=self.tools.now(), ttl_seconds=seconds):
                tx.leases.demand(lease, self.epoch)


def next_wave(actions: Sequence[StoredAction]) -> list[StoredAction]:
    """Actions that are not at their end and whose predecessors all are, by line."""
    ended = {action.line for action in actions if action.state in FINAL}
    known = {action.line for action in actions}
    return [
        action
        for action in actions
        if action.line not in ended and all(line in ended or line not in known for line in action.after)
    ]
