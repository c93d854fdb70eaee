"""Carry out a run: end what is in doubt, and begin whatever may begin, until nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.runners.payloads import Prepared, Unprepared, prepare_wave
from api.runners.records import record_end
from api.runners.requests import Request
from api.runners.steps import INPUTS_CHANGED, ask_again, begin, look, pause_seconds, recall, settle_silently
from api.runners.targets import Managed
from api.runners.unique import make_unique
from api.runners.worker import FINAL, Worker, ready_actions
from api.store.records import StoredAction
from policy.diagnostics import OrdainError, RefusedError, TransientError
from policy.diff import Op
from policy.enforcement import ActionState, Call, Outcome

_SILENT_AT_ONCE = 500  # what is committed at once is looked up again when the process dies before


def carry_out(worker: Worker) -> tuple[Outcome, ...]:
    """Bring every action of the run to its end; what stays in doubt because its target cannot be read is left so.

    Safe to call again after a crash at any moment: nothing is sent twice without looking in the target first. Raises
    RefusedError when another worker has taken over.
    """
    agenda = _Agenda(worker)
    agenda.recall_begun()
    while True:
        actions = worker.actions()
        busy = agenda.visit_due(actions) + agenda.begin_wave(actions)
        if busy:
            continue
        if not agenda.due:
            return tuple(outcome_of(action) for action in worker.actions())
        worker.pause((min(agenda.due.values()) - worker.tools.now()).total_seconds())


def is_finished(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether every action has come to its end."""
    return all(outcome.state in FINAL for outcome in outcomes)


def outcome_of(action: StoredAction) -> Outcome:
    """Outcome of an action by its ledger row: the same when the run is signed and for ever after."""
    return Outcome(
        action_id=action.action_id or "",
        line=action.line,
        key=action.key,
        op=action.op,
        state=action.state,
        attempts=action.attempts,
        text=action.text,
    )


@dataclass(slots=True)
class _Agenda:
    """When to come back to which action. Nobody waits for somebody else's action (L7).

    `tries` counts how often a target could not tell; after as many as a call has attempts the action is `left` for a
    later worker.
    """

    worker: Worker
    due: dict[int, datetime] = field(default_factory=dict)
    tries: dict[int, int] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    def recall_begun(self) -> None:
        """Take over what a former worker left behind."""
        for action in self.worker.actions():
            if action.state in FINAL or action.state is ActionState.PLANNED:
                continue
            if self._is_open(action):
                self._come_back(action, recall(self.worker, action))
            else:
                self.left.add(action.line)

    def visit_due(self, actions: Sequence[StoredAction]) -> int:
        """Go on with the actions whose time has come; how many."""
        begun = [one for one in actions if one.state is not ActionState.PLANNED and self._is_due(one)]
        for action in begun:
            self.due.pop(action.line)
            try:
                again = ask_again if action.state is ActionState.RETRY else look
                self._come_back(action, again(self.worker, action))
            except RefusedError:
                raise
            except Exception:  # the target cannot tell, whatever its connector raises  # noqa: BLE001
                self._come_back_or_leave(action)
        return len(begun)

    def begin_wave(self, actions: Sequence[StoredAction]) -> int:
        """Begin everything whose predecessors have ended; how many."""
        states = {action.line: action.state for action in actions}
        wave = [one for one in ready_actions(actions) if one.line not in self.left and self._is_due(one, new=True)]
        ready = [action for action in wave if not self._end_early(action, states)]
        if not ready:
            return len(wave)
        with self.worker.store.read() as tx:
            managed = tx.ledger.of_persons(action.key.person for action in ready)
        prepared = prepare_wave(self.worker, ready, managed)
        ended = sum(1 for state in states.values() if state in FINAL)
        silent: list[tuple[StoredAction, Request]] = []
        for number, action in enumerate(ready):
            self.worker.tools.progress("enforcing", ended + number - len(silent), len(actions))
            self.due.pop(action.line, None)
            request = self._make_unique(action, prepared[action.line], managed)
            if request is not None and request.call is Call.NOTHING:
                silent.append((action, request))
            elif request is not None:
                self._come_back(action, begin(self.worker, action, request))
        self._settle(silent, ended + len(ready) - len(silent), len(actions))
        return len(wave)

    def _settle(self, silent: Sequence[tuple[StoredAction, Request]], ended: int, total: int) -> None:
        """Carry out what nothing is sent for, many at once."""
        for start in range(0, len(silent), _SILENT_AT_ONCE):
            self.worker.tools.progress("enforcing", ended + start, total)
            part = silent[start : start + _SILENT_AT_ONCE]
            again = settle_silently(self.worker, part)
            for action, _ in part:
                self._come_back(action, again.get(action.line))

    def _make_unique(self, action: StoredAction, prepared: Prepared, managed: Managed) -> Request | None:
        """Request with values that are free now; None when there is none, or its target cannot tell yet."""
        try:
            if isinstance(prepared, Request):
                prepared = make_unique(self.worker, action, prepared, managed)
        except Exception as error:  # whatever a connector raises  # noqa: BLE001
            if not isinstance(error, OrdainError) or isinstance(error, TransientError):
                self._come_back_or_leave(action)
                return None
            prepared = Unprepared(error.diagnostic.detail)
        if isinstance(prepared, Unprepared):
            record_end(self.worker, action, ActionState.FAILED, prepared.text)
            return None
        return prepared

    def _end_early(self, action: StoredAction, states: dict[int, ActionState]) -> bool:
        missing = [line for line in action.after if states.get(line) is not ActionState.DONE]
        if self.worker.mapper is None:
            record_end(self.worker, action, ActionState.SKIPPED, INPUTS_CHANGED)
        elif missing:
            text = f"line {missing[0]}, which comes before it, was not done"
            record_end(self.worker, action, ActionState.SKIPPED, text)
        elif not self._is_open(action):
            self.left.add(action.line)
        else:
            return False
        return True

    def _is_open(self, action: StoredAction) -> bool:
        return action.op is Op.UNMANAGE or action.key.target in self.worker.targets

    def _is_due(self, action: StoredAction, *, new: bool = False) -> bool:
        if action.line not in self.due:
            return new
        return self.due[action.line] <= self.worker.tools.now()

    def _come_back(self, action: StoredAction, seconds: float | None) -> None:
        if seconds is not None:
            self.due[action.line] = self.worker.tools.now() + timedelta(seconds=seconds)

    def _come_back_or_leave(self, action: StoredAction) -> None:
        tries = self.tries[action.line] = self.tries.get(action.line, 0) + 1
        if tries < self.worker.settings.attempts:
            self._come_back(action, pause_seconds(self.worker, tries))
        elif action.state is ActionState.PLANNED:
            text = "its target could not tell whether its values are free"
            record_end(self.worker, action, ActionState.FAILED, text)
        else:
            self.left.add(action.line)
