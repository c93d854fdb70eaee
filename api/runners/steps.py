"""Steps in the life of one action: begun, asked, looked up. Each says when to come back, or None at its end.

An intent is committed before a call and its result after it. Whatever may or may not have happened is looked up in the
target before anything is sent again, and before it is called failed (DIFFS.md section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from api.runners.records import (
    record_done,
    record_end,
    record_intent,
    record_silent_ends,
    record_silent_intents,
    record_state,
)
from api.runners.requests import Request, read_request
from api.runners.worker import Worker
from api.store.records import StoredAction
from policy.catalogue.enforcement import ACCOUNT_GONE
from policy.diagnostics import Diagnostic, OrdainError, TransientError
from policy.diff import Op
from policy.enforcement import Action, ActionResult, ActionState, Call, Probe
from policy.entitlements import Kind

INPUTS_CHANGED = "the inputs changed while the run was interrupted"
_LONGEST_PAUSE_SECONDS = 60.0
_PRESENT = {Kind.ACCOUNT: Call.UPDATE, Kind.ACCESS: Call.ENABLE, Kind.PERMISSION: Call.ADD_PERMISSION}


def begin(worker: Worker, action: StoredAction, request: Request) -> float | None:
    """Commit the intent, and ask."""
    begun = record_intent(worker, action, request)
    return None if begun is None else _ask(worker, begun)


def settle_silently(worker: Worker, asked: Sequence[tuple[StoredAction, Request]]) -> dict[int, float | None]:
    """Carry out at once what nothing is sent for: what is adopted is looked up, what is let go of is not.

    By line, when to come back to those of which the target told something else, or nothing.
    """
    done, again = [], {}
    for action, (_, request) in zip(record_silent_intents(worker, asked), asked, strict=True):
        worker.lease.hold(worker.settings.timeout_seconds)
        try:
            done.append((action, request, _call(worker, action, request)))
        except Exception:  # asked by itself, whose answer is recorded  # noqa: BLE001
            again[action.line] = _ask(worker, action)
    if done:
        record_silent_ends(worker, done)
    return again


def ask_again(worker: Worker, action: StoredAction) -> float | None:
    """Ask once more for what did not happen."""
    if worker.mapper is None:
        record_end(worker, action, ActionState.SKIPPED, INPUTS_CHANGED)
        return None
    return _ask(worker, record_state(worker, action, ActionState.INTENT))


def recall(worker: Worker, action: StoredAction) -> float:
    """Take over an action that a former worker left behind; when to look whether it happened.

    Not before that worker's call must be over: it may still be under way, though the worker is dead.
    """
    if action.state is ActionState.RETRY:
        return 0.0
    if action.state is not ActionState.IN_DOUBT:
        record_state(worker, action, ActionState.IN_DOUBT, "the worker was interrupted")
    return _until_over(worker, action)


def look(worker: Worker, action: StoredAction, *, refused: bool = False) -> float | None:
    """Look in the target whether an action in doubt has happened: then it is done, else it is asked again or failed.

    `refused`: the target said no, so it is not asked again. Raises OrdainError while the target cannot tell: then the
    action stays in doubt.
    """
    request = read_request(action.payload)
    found = _probe(worker, action, request)
    if found.effective:
        record_done(worker, action, request, found.result)
    elif worker.mapper is None:
        record_end(worker, action, ActionState.SKIPPED, INPUTS_CHANGED)
    elif refused or action.attempts >= worker.settings.attempts:
        record_end(worker, action, ActionState.FAILED, action.text or "it did not happen")
    else:
        record_state(worker, action, ActionState.RETRY)
        return 0.0
    return None


def pause_seconds(worker: Worker, attempt: int, asked: float | None = None) -> float:
    """Pause before the next attempt: what the target asked for, else doubling, with jitter of up to half."""
    if asked is not None:
        return min(max(asked, 0.0), _LONGEST_PAUSE_SECONDS)
    jitter = int.from_bytes(worker.tools.random_bytes(2), "big") / 2**17
    pause: float = worker.settings.backoff_seconds * 2 ** max(attempt - 1, 0) * (1 + jitter)
    return min(pause, _LONGEST_PAUSE_SECONDS)


def _ask(worker: Worker, action: StoredAction) -> float | None:
    """Call the target for an action whose intent is committed."""
    # After the commit, which may have taken long: a worker that was paused meanwhile finds out here.
    worker.lease.hold(worker.settings.timeout_seconds)
    request = read_request(action.payload)
    try:
        result = _call(worker, action, request)
    except TransientError as error:
        text = error.diagnostic.detail
        if action.attempts < worker.settings.attempts:
            record_state(worker, action, ActionState.RETRY, text)
            return pause_seconds(worker, action.attempts, error.retry_after_seconds)
        return _look_at_once(worker, record_state(worker, action, ActionState.IN_DOUBT, text))
    except OrdainError as error:
        text = error.diagnostic.detail
        return _look_at_once(worker, record_state(worker, action, ActionState.IN_DOUBT, text))
    except Exception as error:  # whatever a connector raises, nobody knows what happened  # noqa: BLE001
        record_state(worker, action, ActionState.IN_DOUBT, str(error) or type(error).__name__)
        return _until_over(worker, action)
    record_done(worker, action, request, result)
    return None


def _look_at_once(worker: Worker, action: StoredAction) -> float | None:
    """Make sure that what a target refused is not there after all, because failed means absent (L4)."""
    try:
        return look(worker, action, refused=True)
    except Exception:  # it stays in doubt, whatever a connector raises  # noqa: BLE001
        return pause_seconds(worker, action.attempts)


def _call(worker: Worker, action: StoredAction, request: Request) -> ActionResult:
    if request.call is not Call.NOTHING:
        connector = worker.targets[action.key.target].connector
        timeout = worker.settings.timeout_seconds
        return connector.apply(_action_of(action, request), request.payload, timeout_seconds=timeout)
    found = _probe(worker, action, request)
    if not found.effective:
        text = f"The {action.key.entitlement} that was to be adopted is not there any more."
        raise OrdainError(Diagnostic(ACCOUNT_GONE, text, subject=str(action.key)))
    return found.result


def _probe(worker: Worker, action: StoredAction, request: Request) -> Probe:
    if action.op is Op.UNMANAGE:
        return Probe(effective=True, result=ActionResult(action.anchor))
    wanted, payload = _action_of(action, request), request.payload
    if request.call is Call.NOTHING:
        # INVARIANT: done means true in the target (L3), also where nothing was sent: what is adopted is there.
        wanted, payload = replace(wanted, call=_PRESENT[action.key.kind]), None
    return worker.targets[action.key.target].connector.probe(wanted, payload)


def _action_of(action: StoredAction, request: Request) -> Action:
    return Action(
        action_id=action.action_id or "",
        line=action.line,
        key=action.key,
        op=action.op,
        call=request.call,
        generation=action.generation,
        anchor=action.anchor,
        correlation=request.correlation,
    )


def _until_over(worker: Worker, action: StoredAction) -> float:
    """Seconds until a call that began with the action's last intent is over for certain."""
    over = action.updated_at + timedelta(seconds=worker.settings.timeout_seconds)
    left = (over - worker.tools.now()).total_seconds()
    return min(max(left, 0.0), worker.settings.timeout_seconds)
