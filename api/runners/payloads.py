"""Payloads of account actions: mapped in one batch per wave, made unique one by one, kept with the action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.runners.targets import Managed, OpenTarget
from api.runners.worker import Worker
from api.store.records import StoredAction
from engine.mapping.accounts import AccountJob, AccountProblem
from engine.mapping.unique import first_unique
from engine.reconcile.attributes import Secrets, secret_digest
from policy.canonical import JsonValue
from policy.diff import Op
from policy.enforcement import Call, call_for
from policy.field_mapping import AccountAction, snake_name
from policy.targets import AccountPayload

Mapped = AccountPayload | AccountProblem | None

_ACTIONS = {
    Call.CREATE: AccountAction.CREATE,
    Call.UPDATE: AccountAction.UPDATE,
    Call.ENABLE: AccountAction.ENABLE,
    Call.DISABLE: AccountAction.DISABLE,
    Call.DELETE: AccountAction.DELETE,
}


def call_of(worker: Worker, action: StoredAction) -> Call:
    """Call that an action makes of its target."""
    line = worker.lines[action.line]
    differs = line.op is not Op.ADOPT or line.after is not None
    return call_for(action.op, action.key.kind, staged=worker.targets[action.key.target].staged, differs=differs)


def map_wave(worker: Worker, wave: Sequence[StoredAction], managed: Managed) -> dict[int, Mapped]:
    """Payload of every action of a wave, by line; None where the call takes no attributes."""
    payloads: dict[int, Mapped] = dict.fromkeys((action.line for action in wave), None)
    for name, target in worker.targets.items():
        chosen = [action for action in wave if action.key.target == name and _job(worker, action, managed) is not None]
        jobs = [job for action in chosen if (job := _job(worker, action, managed)) is not None]
        if jobs and worker.mapper is not None:
            results = worker.mapper.map(target, jobs)
            payloads |= {action.line: result for action, result in zip(chosen, results, strict=True)}
    return payloads


def make_unique(worker: Worker, action: StoredAction, mapped: AccountPayload, managed: Managed) -> Mapped:
    """Payload of a creation whose unique fields are free in the target now; `mapped` is its first iteration."""
    target = worker.targets[action.key.target]
    job = _job(worker, action, managed)
    mapper = worker.mapper
    assert job is not None, "a creation is mapped"
    assert mapper is not None, "nothing is created when the inputs have changed"

    def make(iteration: int) -> AccountPayload | AccountProblem:
        if iteration == mapped.iteration:
            return mapped
        again = AccountJob(job.person, job.action, iteration, job.accounts)
        return mapper.map(target, [again])[0]

    def is_unique(field: str, value: JsonValue) -> bool:
        return target.connector.is_unique(field, value, but_anchor=None)

    return first_unique(target.mapping, make, is_unique, person=action.key.person)


def payload_json(payload: AccountPayload | None) -> JsonValue:
    """Form in which a payload is kept with its action."""
    if payload is None:
        return None
    return {
        "account_data": payload.account_data,
        "attributes": payload.attributes,
        "iteration": payload.iteration,
        "returned": list(payload.returned),
    }


def read_payload(stored: JsonValue) -> AccountPayload | None:
    """Payload from its kept form."""
    if not isinstance(stored, Mapping):
        return None
    record: Mapping[str, Any] = stored
    return AccountPayload(
        record["attributes"], record["account_data"], record["iteration"], returned=tuple(record["returned"])
    )


def without_secrets(payload: AccountPayload, target: OpenTarget, salt: bytes) -> AccountPayload:
    """Payload with secrets as salted digests, as the ledger keeps it; secrets are no account data."""
    secrets = Secrets(target.name, target.secret_fields, salt)
    attributes = {
        name: secret_digest(secrets, name, value) if name in target.secret_fields and value is not None else value
        for name, value in payload.attributes.items()
    }
    names = {snake_name(field) for field in target.secret_fields}
    data = {name: value for name, value in payload.account_data.items() if name not in names}
    return AccountPayload(attributes, data, payload.iteration, returned=payload.returned)


def correlation_of(target: OpenTarget, payload: AccountPayload | None) -> tuple[str, JsonValue] | None:
    """(Field, value) by which an account that was perhaps created is found."""
    if target.correlate is None or payload is None:
        return None
    field = target.correlate[1]
    return (field, payload.attributes[field]) if field in payload.attributes else None


def _job(worker: Worker, action: StoredAction, managed: Managed) -> AccountJob | None:
    call = call_of(worker, action)
    mapping = worker.targets[action.key.target].mapping
    wanted = _ACTIONS.get(call)
    if wanted is None or worker.mapper is None:
        return None
    if wanted is not AccountAction.CREATE and all(one.for_action(wanted) is None for one in mapping.fields):
        return None
    person = worker.mapper.context.snapshot.find_person(action.key.person)
    if person is None:
        # Whoever is gone from the sources has no fields any more to map.
        return None
    entry = managed.get(action.key.account)
    iteration = entry.iteration if entry else 0
    return AccountJob(person, wanted, iteration, worker.mapper.accounts_of(action.key.person, managed))
