"""From actions to requests: accounts mapped in one batch per wave and target, updates taken from the signed line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.runners.requests import Request
from api.runners.targets import Managed, OpenTarget
from api.runners.worker import Worker
from api.store.records import StoredAction
from engine.mapping.accounts import AccountJob, AccountProblem
from engine.reconcile.attributes import as_text, plain_attribute, secret_digest
from policy.canonical import JsonValue
from policy.diff import Line, Op
from policy.enforcement import Call, call_for
from policy.entitlements import Kind
from policy.field_mapping import AccountAction, FieldMapping, MappingMode, snake_name
from policy.targets import AccountPayload

_ACTIONS = {
    Call.CREATE: AccountAction.CREATE,
    Call.ENABLE: AccountAction.ENABLE,
    Call.DISABLE: AccountAction.DISABLE,
    Call.DELETE: AccountAction.DELETE,
}


@dataclass(frozen=True, slots=True)
class Unprepared:
    """Why nothing can be asked for an action: it fails before any call."""

    text: str


Prepared = Request | Unprepared


def prepare_wave(worker: Worker, wave: Sequence[StoredAction], managed: Managed) -> dict[int, Prepared]:
    """Request of every action of a wave, by line."""
    mapped = _map_wave(worker, wave, managed)
    return {action.line: _prepare(worker, action, mapped.get(action.line), managed) for action in wave}


def account_job(worker: Worker, action: StoredAction, managed: Managed) -> AccountJob | None:
    """Find the mapping job of an action; None when its call takes no mapped fields, or the person is gone."""
    wanted = _mapping_action(worker, action)
    target, mapper = worker.targets.get(action.key.target), worker.mapper
    if wanted is None or target is None or mapper is None:
        return None
    if wanted is not AccountAction.CREATE and all(one.for_action(wanted) is None for one in target.mapping.fields):
        return None
    person = mapper.context.snapshot.find_person(action.key.person)
    if person is None:
        return None
    entry = managed.get(action.key.account)
    return AccountJob(person, wanted, entry.iteration if entry else 0, mapper.accounts_of(action.key.person, managed))


def correlation_of(target: OpenTarget, payload: AccountPayload | None) -> tuple[str, JsonValue] | None:
    """(Field, value) by which an account that was perhaps created is found."""
    if target.correlate is None or payload is None:
        return None
    value = payload.attributes.get(target.correlate[1])
    return None if value in (None, "", []) else (target.correlate[1], value)


def _map_wave(
    worker: Worker, wave: Sequence[StoredAction], managed: Managed
) -> dict[int, AccountPayload | AccountProblem]:
    mapped: dict[int, AccountPayload | AccountProblem] = {}
    for name, target in worker.targets.items():
        jobs = {
            action.line: job
            for action in wave
            if action.key.target == name and (job := account_job(worker, action, managed)) is not None
        }
        if jobs and worker.mapper is not None:
            worker.tools.progress(f"mapping accounts of {name}", 0, len(jobs))
            mapped |= zip(jobs, worker.mapper.map(target, list(jobs.values())), strict=True)
    return mapped


def _mapping_action(worker: Worker, action: StoredAction) -> AccountAction | None:
    """Which fields of the mapping an action needs. Updates need them for adoptions and for secrets alone."""
    line = worker.lines[action.line]
    call = _call_of(worker, line)
    if line.op is Op.ADOPT and line.key.kind is Kind.ACCOUNT:
        return AccountAction.UPDATE
    if call is Call.UPDATE:
        secret = worker.secrets_of(line.key.target).fields & set(line.after or ())
        return AccountAction.UPDATE if secret else None
    return _ACTIONS.get(call)


def _call_of(worker: Worker, line: Line) -> Call:
    target = worker.targets.get(line.key.target)
    differs = line.op is not Op.ADOPT or bool(line.after)
    return call_for(line.op, line.key.kind, staged=target is not None and target.staged, differs=differs)


def _prepare(
    worker: Worker, action: StoredAction, mapped: AccountPayload | AccountProblem | None, managed: Managed
) -> Prepared:
    line, target = worker.lines[action.line], worker.targets.get(action.key.target)
    call = _call_of(worker, line)
    if target is None:
        assert call is Call.NOTHING, "nothing is prepared for a target that is not open"
        return Request(call)
    if isinstance(mapped, AccountProblem):
        return Unprepared(mapped.diagnostic.detail)
    match line.op:
        case Op.UPDATE | Op.ADOPT if line.key.kind is Kind.ACCOUNT:
            entry = managed.get(action.key)
            payload = _signed_payload(worker, line, mapped, entry.iteration if entry else 0)
            if isinstance(payload, Unprepared):
                return payload
            return Request(call, target.staged, payload, mapped if line.op is Op.ADOPT else None)
        case Op.GRANT if call is Call.CREATE and mapped is None:
            return Unprepared(f"Person {line.key.person} is gone from the sources.")
        case _:
            return Request(call, target.staged, mapped, correlation=correlation_of(target, mapped))


def _signed_payload(
    worker: Worker, line: Line, mapped: AccountPayload | None, iteration: int
) -> AccountPayload | Unprepared | None:
    """Payload of an update or adoption: the attributes that were signed, whatever the mapping would give by now.

    INVARIANT: nothing is sent that no reviewer saw (P1). A secret shows in the line as a digest alone, so it is mapped
    again and must have that digest.
    """
    mapping, secrets = worker.targets[line.key.target].mapping, worker.secrets_of(line.key.target)
    attributes: dict[str, JsonValue] = {}
    for name, signed in (line.after or {}).items():
        value = signed
        if name in secrets.fields and signed is not None:
            value = mapped.attributes.get(name) if mapped is not None else None
            if value is None or secret_digest(secrets, name, value) != signed:
                return Unprepared(f"{name} is mapped to another value by now than the one that was approved.")
        attributes[name] = value
    stored = {snake_name(name): attributes[name] for name in _kept_fields(mapping) if name in attributes}
    returned = _told_fields(mapping) if line.op is Op.UPDATE else _any_stored(mapping)
    return AccountPayload(attributes, stored, iteration, returned=returned)


def _kept_fields(mapping: FieldMapping) -> list[str]:
    found = ((one.name, one.for_action(AccountAction.UPDATE)) for one in mapping.fields)
    return [name for name, how in found if how is not None and how.stored]


def _told_fields(mapping: FieldMapping) -> tuple[str, ...]:
    """Fields whose values the target makes itself at an update, and that are kept."""
    found = ((one.name, one.for_action(AccountAction.UPDATE)) for one in mapping.fields)
    return tuple(name for name, how in found if how is not None and how.stored and how.mode is MappingMode.NONE)


def _any_stored(mapping: FieldMapping) -> tuple[str, ...]:
    """Fields kept at any action: those of an account that somebody else made are read from the account itself."""
    return tuple(one.name for one in mapping.fields if any(how.stored for how in one.mappings))


def recorded_adoption(request: Request, shown: Mapping[str, JsonValue]) -> AccountPayload:
    """Tell what of an adopted account counts as applied by us: what was sent, and what is there already as mapped.

    `shown` are the account's attributes as the target tells them now. An attribute that differs and was not sent is
    left out, so that the next diff has an update for it.
    """
    sent, mapped = request.payload or AccountPayload({}, {}), request.mapped or AccountPayload({}, {})
    alike = {name: value for name, value in mapped.attributes.items() if as_text(shown.get(name)) == as_text(value)}
    attributes = {**alike, **sent.attributes}
    names = {snake_name(name) for name in attributes}
    data = {name: value for name, value in mapped.account_data.items() if name in names}
    told = {snake_name(name): plain_attribute(shown[name]) for name in sent.returned if name in shown}
    return AccountPayload(attributes, {**data, **told, **sent.account_data}, sent.iteration)
