"""What is written about an action: each function is one transaction that leaves the books true (DIFFS.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from api.runners.payloads import recorded_adoption
from api.runners.requests import Request, hide_secrets, request_json, without_secrets
from api.runners.worker import Worker
from api.store.actions import ActionChanges
from api.store.records import StoredAction
from api.store.store import Transaction
from engine.enforce.action_ids import action_id
from engine.enforce.apply import Effect, entry_after
from engine.mapping.accounts import kept_account_data
from policy.audit import AuditEvent
from policy.canonical import JsonValue, digest_of
from policy.diff import Op
from policy.enforcement import ActionResult, ActionState
from policy.entitlements import Kind
from policy.ledger import ManagedEntitlement
from policy.targets import AccountPayload

# An update may bring back a value that was there before: it is another action all the same.
_NEW_IDENTITY = {Op.GRANT, Op.ADOPT, Op.UPDATE}


def record_intent(worker: Worker, action: StoredAction, request: Request) -> StoredAction | None:
    """Commit what is about to be asked; the action as it stands then, or None when it has become pointless."""
    key = action.key
    with worker.store.write() as tx:
        entry, account = tx.ledger.get(key), tx.ledger.get(key.account)
        pointless = _pointless(action.op, entry)
        if pointless is not None:
            _end(worker, tx, action, ActionState.SKIPPED, text=pointless)
            return None
        fresh = action.op in _NEW_IDENTITY
        generation = tx.ledger.next_generation(key) if fresh else (entry.generation if entry else 1)
        changes = _intent(worker, action, request, generation=generation, account=account)
        _move(worker, tx, action, ActionState.READY, changes=changes)
        _move(worker, tx, replace(action, state=ActionState.READY), ActionState.INTENT)
        return tx.actions.get(action.run_id, action.line)


def record_silent_intents(worker: Worker, asked: Sequence[tuple[StoredAction, Request]]) -> list[StoredAction]:
    """Commit at once what is adopted or let go of without a call; the actions as they stand then.

    None of these is ever pointless: see `_pointless`.
    """
    keys = {action.key for action, _ in asked}
    with worker.store.write() as tx:
        known = tx.ledger.of_keys(keys | {key.account for key in keys})
        fresh = tx.ledger.take_generations([action.key for action, _ in asked if action.op in _NEW_IDENTITY])
        at = worker.tools.now()
        changes: dict[int, ActionChanges] = {}
        for action, request in asked:
            entry, account = known.get(action.key), known.get(action.key.account)
            generation = fresh.get(action.key) or (entry.generation if entry else 1)
            changes[action.line] = _intent(worker, action, request, generation=generation, account=account)
        _move_all(worker, tx, changes, (ActionState.PLANNED, ActionState.INTENT), at=at)
    return [replace(one, state=ActionState.INTENT, updated_at=at, **changes[one.line]) for one, _ in asked]


def _intent(
    worker: Worker, action: StoredAction, request: Request, *, generation: int, account: ManagedEntitlement | None
) -> ActionChanges:
    # INVARIANT: no secret can be guessed from an id, which goes into the audit log.
    shown = request_json(without_secrets(request, worker.secrets_of(action.key.target)))
    identity = action_id(
        worker.tools.workspace.name, action.key, action.op, generation=generation, payload_digest=digest_of(shown)
    )
    known = account.anchor if account is not None else ""
    return {
        "action_id": identity,
        "generation": generation,
        "payload": request_json(request),
        "anchor": worker.lines[action.line].anchor or known,
        "attempts": 1,
    }


def record_state(worker: Worker, action: StoredAction, state: ActionState, text: str | None = None) -> StoredAction:
    """Commit a state that is not final; the action as it stands then. An intent after the first is one attempt more."""
    changes: ActionChanges = {} if text is None else {"text": text}
    if state is ActionState.INTENT:
        changes["attempts"] = action.attempts + 1
    with worker.store.write() as tx:
        _move(worker, tx, action, state, changes=changes)
        return tx.actions.get(action.run_id, action.line)


def record_end(worker: Worker, action: StoredAction, state: ActionState, text: str) -> None:
    """Commit that an action was not done: failed or skipped."""
    with worker.store.write() as tx:
        _end(worker, tx, action, state, text=text)


def record_done(worker: Worker, action: StoredAction, request: Request, result: ActionResult) -> None:
    """Commit that an action was done: what is managed now, what counts for budgets, and the audit entry, at once."""
    kept = _kept(worker, action, request, result)
    effect = Effect(worker.today, action.generation, result, kept, request.staged)
    with worker.store.write() as tx:
        changes: ActionChanges = {"result": {"anchor": result.anchor}, "text": "", "payload": None}
        _move(worker, tx, action, ActionState.DONE, changes=changes)
        after = entry_after(worker.lines[action.line], tx.ledger.get(action.key), effect)
        if after is None:
            tx.ledger.remove(action.key)
        else:
            tx.ledger.put(after)
        if kept is not None and action.key.kind is Kind.ACCESS:
            _add_account_data(tx, action, kept)
        tx.ledger.record_executed(
            target=action.key.target,
            kind=action.key.kind,
            op=action.op,
            on=worker.today,
            action_id=action.action_id or "",
            run_id=action.run_id,
        )
        _audit(worker, tx, action, ActionState.DONE, text="")


def record_silent_ends(worker: Worker, done: Sequence[tuple[StoredAction, Request, ActionResult]]) -> None:
    """Commit at once that actions of `record_silent_intents` were done, each as `record_done` does."""
    changes: dict[int, ActionChanges] = {}
    entries: list[ManagedEntitlement] = []
    with worker.store.write() as tx:
        known = tx.ledger.of_keys({action.key for action, _, _ in done})
        for action, request, result in done:
            changes[action.line] = {"result": {"anchor": result.anchor}, "text": "", "payload": None}
            kept = _kept(worker, action, request, result)
            effect = Effect(worker.today, action.generation, result, kept, request.staged)
            after = entry_after(worker.lines[action.line], known.get(action.key), effect)
            if after is not None:
                entries.append(after)
        _move_all(worker, tx, changes, (ActionState.INTENT, ActionState.DONE), at=worker.tools.now())
        actions = [action for action, _, _ in done]
        tx.ledger.remove_all({action.key for action in actions} - {entry.key for entry in entries})
        tx.ledger.put_all(entries)
        tx.ledger.record_all_executed(actions, worker.today)
        tx.audit.append_all([_ended(worker, action, ActionState.DONE, text="") for action in actions])


def _kept(worker: Worker, action: StoredAction, request: Request, result: ActionResult) -> AccountPayload | None:
    """Work out what the ledger keeps of an account: as sent, with what the target told, secrets as digests."""
    payload = request.payload
    if action.op is Op.ADOPT and action.key.kind is Kind.ACCOUNT:
        payload = recorded_adoption(request, result.attributes)
    elif payload is not None:
        payload = replace(payload, account_data=kept_account_data(payload, result))
    return hide_secrets(payload, worker.secrets_of(action.key.target))


def _add_account_data(tx: Transaction, action: StoredAction, kept: AccountPayload) -> None:
    """Account data that come to be when an account is let in belong to the account."""
    account = tx.ledger.get(action.key.account)
    if account is not None and kept.account_data:
        tx.ledger.put(replace(account, account_data={**account.account_data, **kept.account_data}))


def _pointless(op: Op, entry: ManagedEntitlement | None) -> str | None:
    """Why an action makes no sense by now, although it did when its run began; None when it does."""
    match op:
        case Op.UPDATE | Op.REVOKE | Op.DELETE if entry is None:
            return "it is not managed any more"
        case Op.UPDATE | Op.REVOKE | Op.DELETE if entry is not None and entry.unmanage:
            return "a person has released it since"
        case Op.GRANT if entry is not None:
            return "it is managed already"
        case _:
            return None


def _end(worker: Worker, tx: Transaction, action: StoredAction, state: ActionState, *, text: str) -> None:
    _move(worker, tx, action, state, changes={"text": text, "payload": None})
    _audit(worker, tx, action, state, text=text)


def _move(
    worker: Worker,
    tx: Transaction,
    action: StoredAction,
    state: ActionState,
    *,
    changes: ActionChanges | None = None,
) -> None:
    tx.actions.move(
        action.run_id,
        action.line,
        from_states={action.state},
        to_state=state,
        epoch=worker.lease.epoch,
        at=worker.tools.now(),
        **(changes or {}),
    )


def _move_all(
    worker: Worker,
    tx: Transaction,
    changes: Mapping[int, ActionChanges],
    states: tuple[ActionState, ActionState],
    *,
    at: datetime,
) -> None:
    before, after = states
    epoch = worker.lease.epoch
    tx.actions.move_all(worker.run.id, changes, from_state=before, to_state=after, epoch=epoch, at=at)


def _audit(worker: Worker, tx: Transaction, action: StoredAction, state: ActionState, *, text: str) -> None:
    row = tx.actions.get(action.run_id, action.line)
    tx.audit.append(_ended(worker, row, state, text=text))


def _ended(worker: Worker, action: StoredAction, state: ActionState, *, text: str) -> AuditEvent:
    details: Mapping[str, JsonValue] = {
        "action": action.action_id,
        "attempts": action.attempts,
        "line": action.line,
        "op": action.op.value,
        "run": action.run_id,
        "state": state.value,
        "text": text,
    }
    return AuditEvent(worker.tools.now(), "action.ended", worker.tools.actor, str(action.key), details)
