"""The life of one action: intent committed before the call, result after it, doubt probed (DIFFS.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from api.runners.payloads import (
    Mapped,
    call_of,
    correlation_of,
    make_unique,
    payload_json,
    read_payload,
    without_secrets,
)
from api.runners.targets import Managed
from api.runners.worker import Worker
from api.store.actions import ActionChanges
from api.store.records import StoredAction
from api.store.store import Transaction
from engine.enforce.action_ids import action_id
from engine.enforce.apply import Effect, entry_after
from engine.mapping.accounts import AccountProblem, kept_account_data
from policy.audit import AuditEvent
from policy.canonical import JsonValue, digest_of
from policy.diagnostics import OrdainError, TransientError
from policy.diff import Op
from policy.enforcement import Action, ActionResult, ActionState, Call
from policy.targets import AccountPayload

_LONGEST_PAUSE_SECONDS = 60.0
# An update may bring back a value that was there before: it is another action all the same.
_NEW_IDENTITY = {Op.GRANT, Op.ADOPT, Op.UPDATE}


def skip(worker: Worker, action: StoredAction, text: str) -> None:
    """End an action that is not begun: what it comes after did not happen, or the inputs have changed."""
    _end(worker, action, ActionState.SKIPPED, text)


def begin(worker: Worker, action: StoredAction, mapped: Mapped, managed: Managed) -> StoredAction | None:
    """Map, and commit the intent; the action as it stands then, or None when it has failed before any call."""
    call = call_of(worker, action)
    try:
        if call is Call.CREATE and isinstance(mapped, AccountPayload):
            mapped = make_unique(worker, action, mapped, managed)
    except OrdainError as error:
        _end(worker, action, ActionState.FAILED, error.diagnostic.detail)
        return None
    if isinstance(mapped, AccountProblem):
        _end(worker, action, ActionState.FAILED, mapped.diagnostic.detail)
        return None
    kept = payload_json(mapped)
    entry, account = managed.get(action.key), managed.get(action.key.account)
    line = worker.lines[action.line]
    anchor = line.anchor or (account.anchor if account is not None and call is not Call.CREATE else "")
    with worker.store.write() as tx:
        fresh = action.op in _NEW_IDENTITY
        generation = tx.ledger.next_generation(action.key) if fresh else (entry.generation if entry else 1)
        identity = action_id(
            worker.tools.workspace.name, action.key, action.op, generation=generation, payload_digest=digest_of(kept)
        )
        changes: ActionChanges = {
            "action_id": identity,
            "generation": generation,
            "payload": kept,
            "anchor": anchor,
            "attempts": 1,
        }
        _move(worker, tx, action, ActionState.READY, changes=changes)
        _move(worker, tx, _as(action, ActionState.READY), ActionState.INTENT)
        return tx.actions.get(action.run_id, action.line)


def send(worker: Worker, action: StoredAction) -> None:
    """Call the target for an action whose intent is committed, again while that is sensible, and record the end."""
    while True:
        call = _call(worker, action)
        payload = read_payload(action.payload)
        try:
            result = (
                ActionResult(action.anchor)
                if call.call is Call.NOTHING
                else worker.targets[action.key.target].connector.apply(
                    call, payload, timeout_seconds=worker.settings.timeout_seconds
                )
            )
        except TransientError as error:
            if action.attempts >= worker.settings.attempts:
                _give_up(worker, action, error.diagnostic.detail)
                return
            action = _try_again(worker, action, error)
        except OrdainError as error:
            _give_up(worker, action, error.diagnostic.detail)
            return
        except Exception as error:  # whatever a connector raises, nobody knows what happened  # noqa: BLE001
            doubt(worker, action, str(error) or type(error).__name__)
            action = settle(worker, action)
            if action.state is not ActionState.INTENT:
                return
        else:
            _done(worker, action, payload, result)
            return


def doubt(worker: Worker, action: StoredAction, text: str) -> None:
    """Note that nobody knows whether the effect happened."""
    with worker.store.write() as tx:
        _move(worker, tx, action, ActionState.IN_DOUBT, changes={"text": text})


def settle(worker: Worker, action: StoredAction) -> StoredAction:
    """Look in the target whether an action in doubt has happened: done, or an intent again, or failed for good.

    While the target cannot be read the action stays in doubt: nothing is sent, and it is not called failed.
    """
    with worker.store.read() as tx:
        action = tx.actions.get(action.run_id, action.line)
    payload = read_payload(action.payload)
    try:
        found = worker.targets[action.key.target].connector.probe(_call(worker, action), payload)
    except (OrdainError, TimeoutError):
        return action
    if found.effective:
        _done(worker, action, payload, found.result)
    elif worker.mapper is None:
        _end(worker, action, ActionState.SKIPPED, "the inputs changed while the run was interrupted")
    elif action.attempts >= worker.settings.attempts:
        _end(worker, action, ActionState.FAILED, action.text or "it did not happen")
    else:
        with worker.store.write() as tx:
            _move(worker, tx, action, ActionState.RETRY)
            _move(
                worker,
                tx,
                _as(action, ActionState.RETRY),
                ActionState.INTENT,
                changes={"attempts": action.attempts + 1},
            )
    with worker.store.read() as tx:
        return tx.actions.get(action.run_id, action.line)


def _try_again(worker: Worker, action: StoredAction, error: TransientError) -> StoredAction:
    text = error.diagnostic.detail
    with worker.store.write() as tx:
        _move(worker, tx, action, ActionState.RETRY, changes={"text": text})
    worker.sleep(_pause_seconds(worker, action.attempts, error.retry_after_seconds))
    worker.renew_lease()
    with worker.store.write() as tx:
        again = _as(action, ActionState.RETRY)
        _move(worker, tx, again, ActionState.INTENT, changes={"attempts": action.attempts + 1})
        return tx.actions.get(action.run_id, action.line)


def _pause_seconds(worker: Worker, attempt: int, asked: float | None) -> float:
    """Pause before the next attempt: what the target asked for, else doubling, with jitter of up to half."""
    if asked is not None:
        return min(asked, _LONGEST_PAUSE_SECONDS)
    jitter = int.from_bytes(worker.tools.random_bytes(2), "big") / 2**17
    pause: float = worker.settings.backoff_seconds * 2 ** (attempt - 1) * (1 + jitter)
    return min(pause, _LONGEST_PAUSE_SECONDS)


def _give_up(worker: Worker, action: StoredAction, text: str) -> None:
    """End an action that the target would not do; looked up first, because failed means it is not there (L4)."""
    doubt(worker, action, text)
    with worker.store.read() as tx:
        action = tx.actions.get(action.run_id, action.line)
    payload = read_payload(action.payload)
    try:
        found = worker.targets[action.key.target].connector.probe(_call(worker, action), payload)
    except (OrdainError, TimeoutError):
        return
    if found.effective:
        _done(worker, action, payload, found.result)
    else:
        _end(worker, action, ActionState.FAILED, text)


def _done(worker: Worker, action: StoredAction, payload: AccountPayload | None, result: ActionResult) -> None:
    """Record the result, what is managed now, what counts for budgets, and the audit entry, in one transaction."""
    target = worker.targets[action.key.target]
    with worker.store.write() as tx:
        changes: ActionChanges = {"result": {"anchor": result.anchor}, "text": "", "payload": None}
        _move(worker, tx, action, ActionState.DONE, changes=changes)
        kept = None
        if payload is not None:
            data = AccountPayload(
                payload.attributes, kept_account_data(payload, result), payload.iteration, returned=payload.returned
            )
            kept = without_secrets(data, target, tx.ledger.lineage().encode())
        effect = Effect(worker.today, action.generation, result, kept, target.staged)
        after = entry_after(worker.lines[action.line], tx.ledger.get(action.key), effect)
        if after is None:
            tx.ledger.remove(action.key)
        else:
            tx.ledger.put(after)
        tx.ledger.record_executed(
            target=action.key.target,
            kind=action.key.kind,
            op=action.op,
            on=worker.today,
            action_id=action.action_id or "",
            run_id=action.run_id,
        )
        _audit(worker, tx, action, ActionState.DONE, text="")


def _end(worker: Worker, action: StoredAction, state: ActionState, text: str) -> None:
    with worker.store.write() as tx:
        _move(worker, tx, action, state, changes={"text": text, "payload": None})
        _audit(worker, tx, action, state, text=text)


def _move(
    worker: Worker,
    tx: Transaction,
    action: StoredAction,
    to_state: ActionState,
    *,
    changes: ActionChanges | None = None,
) -> None:
    tx.actions.move(
        action.run_id,
        action.line,
        from_states={action.state},
        to_state=to_state,
        epoch=worker.epoch,
        at=worker.tools.now(),
        **(changes or {}),
    )


def _audit(worker: Worker, tx: Transaction, action: StoredAction, state: ActionState, *, text: str) -> None:
    details: Mapping[str, JsonValue] = {
        "action": action.action_id,
        "attempts": action.attempts,
        "line": action.line,
        "op": action.op.value,
        "run": action.run_id,
        "state": state.value,
        "text": text,
    }
    tx.audit.append(AuditEvent(worker.tools.now(), "action.ended", worker.tools.actor, str(action.key), details))


def _call(worker: Worker, action: StoredAction) -> Action:
    target = worker.targets[action.key.target]
    payload = read_payload(action.payload)
    return Action(
        action_id=action.action_id or "",
        line=action.line,
        key=action.key,
        op=action.op,
        call=call_of(worker, action),
        generation=action.generation,
        anchor=action.anchor,
        correlation=correlation_of(target, payload),
    )


def _as(action: StoredAction, state: ActionState) -> StoredAction:
    return replace(action, state=state)
