"""What carrying out one run needs, and which of its actions may begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from api.runners.lease import HeldLease
from api.runners.targets import Mapper, OpenTarget
from api.settings.schema import EnforcementSection
from api.store.records import StoredAction, StoredRun
from api.store.store import Store
from api.tools import Tools
from engine.reconcile.attributes import Secrets
from policy.diff import Line
from policy.enforcement import ActionState

FINAL = frozenset({ActionState.DONE, ActionState.FAILED, ActionState.SKIPPED})


@dataclass(frozen=True, slots=True)
class Worker:
    """What carrying out a run needs.

    `lines` are the signed lines by number. `mapper` is None when the inputs have changed since the run began: then what
    was begun is brought to an end, and nothing new is sent. `targets` are those that could be opened; actions in any
    other one are left for later. `today` is the day the run counts for, `salt` that of the digests of secrets.
    """

    tools: Tools
    run: StoredRun
    lease: HeldLease
    lines: Mapping[int, Line]
    targets: Mapping[str, OpenTarget]
    mapper: Mapper | None
    today: date
    salt: bytes = field(default=b"", repr=False)

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

    def secrets_of(self, target: str) -> Secrets:
        """Fields of a target that nobody may read, with the salt of their digests."""
        opened = self.targets.get(target)
        return Secrets(target, opened.secret_fields if opened else frozenset(), self.salt)

    def pause(self, seconds: float) -> None:
        """Wait, and hold on to the lease meanwhile."""
        step = self.settings.lease_seconds / 4
        while seconds > 0:
            self.tools.sleep(min(seconds, step))
            seconds -= step
            self.lease.hold(0)


def ready_actions(actions: Sequence[StoredAction]) -> list[StoredAction]:
    """Actions that are not begun and whose predecessors have all come to their end, by line."""
    ended = {action.line for action in actions if action.state in FINAL}
    known = {action.line for action in actions}
    return [
        action
        for action in actions
        if action.state is ActionState.PLANNED and all(line in ended or line not in known for line in action.after)
    ]
