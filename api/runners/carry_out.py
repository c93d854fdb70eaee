"""Carry out a run: end what is in doubt, then wave after wave until nothing is left."""

from __future__ import annotations

from api.runners.payloads import map_wave
from api.runners.steps import begin, doubt, send, settle, skip
from api.runners.worker import FINAL, Worker, next_wave
from api.store.records import StoredAction
from policy.enforcement import ActionState, Outcome

_BEGUN = frozenset({ActionState.INTENT, ActionState.RETRY, ActionState.READY, ActionState.IN_DOUBT})


def carry_out(worker: Worker) -> tuple[Outcome, ...]:
    """Bring every action of the run to its end; what stays in doubt because its target cannot be read is left so.

    Safe to call again after a crash at any moment: nothing is sent twice without looking in the target first.
    """
    _end_what_was_begun(worker)
    while True:
        actions = worker.actions()
        states = {action.line: action.state for action in actions}
        wave = [action for action in next_wave(actions) if action.state is ActionState.PLANNED]
        if not wave:
            return tuple(_outcome(action) for action in actions)
        ready = []
        for action in wave:
            missing = [line for line in action.after if states.get(line) is not ActionState.DONE]
            if worker.mapper is None:
                skip(worker, action, "the inputs changed while the run was interrupted")
            elif missing:
                skip(worker, action, f"line {missing[0]}, which comes before it, was not done")
            else:
                ready.append(action)
        _carry_out_wave(worker, ready, len(actions))


def _carry_out_wave(worker: Worker, wave: list[StoredAction], total: int) -> None:
    with worker.store.read() as tx:
        managed = tx.ledger.state().entries
    payloads = map_wave(worker, wave, managed)
    for number, action in enumerate(wave):
        worker.tools.progress("enforcing", number, total)
        worker.renew_lease()
        begun = begin(worker, action, payloads[action.line], managed)
        if begun is not None:
            send(worker, begun)


def _end_what_was_begun(worker: Worker) -> None:
    """Whatever a former worker left behind an intent may or may not have happened: look, then go on."""
    for action in worker.actions():
        if action.state not in _BEGUN:
            continue
        worker.renew_lease()
        if action.state is not ActionState.IN_DOUBT:
            doubt(worker, action, action.text or "the worker was interrupted")
        settled = settle(worker, action)
        if settled.state is ActionState.INTENT:
            send(worker, settled)


def is_finished(outcomes: tuple[Outcome, ...]) -> bool:
    """Tell whether every action has come to its end."""
    return all(outcome.state in FINAL for outcome in outcomes)


def _outcome(action: StoredAction) -> Outcome:
    return Outcome(
        action_id=action.action_id or "",
        line=action.line,
        key=action.key,
        op=action.op,
        state=action.state,
        attempts=action.attempts,
        text=action.text,
    )
