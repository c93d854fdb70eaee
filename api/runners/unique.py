"""Values that nobody else has: creations raise their iteration, everything else is refused (L1)."""

from __future__ import annotations

from dataclasses import replace

from api.runners.payloads import Prepared, Unprepared, account_job, correlation_of
from api.runners.requests import Request, read_request
from api.runners.targets import Managed, OpenTarget
from api.runners.worker import Worker
from api.store.records import StoredAction
from connectors.effects import spelled
from engine.mapping.accounts import AccountJob, AccountProblem
from engine.mapping.unique import first_unique
from policy.canonical import JsonValue
from policy.enforcement import ActionState, Call
from policy.targets import AccountPayload

_UNSETTLED = (ActionState.READY, ActionState.INTENT, ActionState.RETRY, ActionState.IN_DOUBT)


def make_unique(worker: Worker, action: StoredAction, request: Request, managed: Managed) -> Prepared:
    """Request whose unique fields are free in the target now. Raises OrdainError when the target cannot tell."""
    if request.payload is None or request.call not in {Call.CREATE, Call.UPDATE}:
        return request
    target = worker.targets[action.key.target]
    if request.call is Call.CREATE:
        return _make_creation_unique(worker, action, request, managed)
    entry = managed.get(action.key)
    anchor = worker.lines[action.line].anchor or (entry.anchor if entry else None)
    for field in target.mapping.unique:
        value = request.payload.attributes.get(field)
        if value not in (None, "", []) and not target.connector.is_unique(field, value, but_anchor=anchor):
            return Unprepared(f"Another account in {target.name} has the {field} that person {action.key.person} gets.")
    return request


def _make_creation_unique(worker: Worker, action: StoredAction, request: Request, managed: Managed) -> Prepared:
    target, first = worker.targets[action.key.target], request.payload
    assert first is not None, "a creation is mapped"
    correlation = correlation_of(target, first)
    if correlation is not None and not target.connector.is_unique(*correlation, but_anchor=None):
        # INVARIANT: at most one account per person and target (L1), whoever made the other one.
        text = f"An account with this {correlation[0]} is in {target.name} by now: evaluate again to adopt it."
        return Unprepared(text)
    job, mapper = account_job(worker, action, managed), worker.mapper
    assert job is not None, "a creation is mapped"
    assert mapper is not None, "nothing is created when the inputs have changed"
    claimed = _claimed(worker, target)

    def make(iteration: int) -> AccountPayload | AccountProblem:
        again = AccountJob(job.person, job.action, iteration, job.accounts)
        return first if iteration == first.iteration else mapper.map(target, [again])[0]

    def is_unique(field: str, value: JsonValue) -> bool:
        return (field, spelled(value)) not in claimed and target.connector.is_unique(field, value, but_anchor=None)

    made = first_unique(target.mapping, make, is_unique, person=action.key.person)
    if isinstance(made, AccountProblem):
        return Unprepared(made.diagnostic.detail)
    return replace(request, payload=made, correlation=correlation_of(target, made))


def _claimed(worker: Worker, target: OpenTarget) -> frozenset[tuple[str, str]]:
    """Find unique values of accounts that are perhaps there and perhaps not: nobody else gets them meanwhile."""
    if not target.mapping.unique:
        return frozenset()
    with worker.store.read() as tx:
        unsettled = tx.actions.of_state(*_UNSETTLED)
    payloads = [read_request(one.payload).payload for one in unsettled if one.key.target == target.name]
    return frozenset(
        (field, spelled(payload.attributes[field]))
        for payload in payloads
        if payload is not None
        for field in target.mapping.unique
        if field in payload.attributes
    )
