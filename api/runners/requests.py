"""What is asked of a target for one action, kept with it from the intent to the end.

A later worker, with other rules or settings, asks and looks for the very same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.reconcile.attributes import Secrets, secret_digest
from policy.canonical import JsonValue
from policy.enforcement import Call
from policy.field_mapping import snake_name
from policy.targets import AccountPayload


@dataclass(frozen=True, slots=True)
class Request:
    """A call with what goes along.

    `staged`: a revoke disables the account and its deletion comes later. `mapped` is the whole mapped account of an
    adoption, of which `payload` holds the differing part. `correlation` finds an account that was perhaps created.
    """

    call: Call
    staged: bool = False
    payload: AccountPayload | None = None
    mapped: AccountPayload | None = None
    correlation: tuple[str, JsonValue] | None = None


def request_json(request: Request) -> dict[str, JsonValue]:
    """Form in which a request is kept."""
    return {
        "call": request.call.value,
        "correlation": list(request.correlation) if request.correlation else None,
        "mapped": _payload_json(request.mapped),
        "payload": _payload_json(request.payload),
        "staged": request.staged,
    }


def read_request(stored: JsonValue) -> Request:
    """Request from its kept form."""
    assert isinstance(stored, Mapping), "an action that was begun has its request"
    record: Mapping[str, Any] = stored
    correlation = record["correlation"]
    return Request(
        call=Call(record["call"]),
        staged=record["staged"],
        payload=_read_payload(record["payload"]),
        mapped=_read_payload(record["mapped"]),
        correlation=(correlation[0], correlation[1]) if correlation else None,
    )


def without_secrets(request: Request, secrets: Secrets) -> Request:
    """Request with salted digests instead of secrets: what ids are made of and the ledger keeps."""
    correlation = request.correlation
    if correlation is not None and correlation[0] in secrets.fields:
        correlation = (correlation[0], secret_digest(secrets, *correlation))
    return replace(
        request,
        payload=hide_secrets(request.payload, secrets),
        mapped=hide_secrets(request.mapped, secrets),
        correlation=correlation,
    )


def hide_secrets(payload: AccountPayload | None, secrets: Secrets) -> AccountPayload | None:
    """Payload with secrets as salted digests; secrets are no account data."""
    if payload is None or not secrets.fields:
        return payload
    attributes = {
        name: secret_digest(secrets, name, value) if name in secrets.fields and value is not None else value
        for name, value in payload.attributes.items()
    }
    names = {snake_name(field) for field in secrets.fields}
    data = {name: value for name, value in payload.account_data.items() if name not in names}
    returned = tuple(name for name in payload.returned if name not in secrets.fields)
    return AccountPayload(attributes, data, payload.iteration, returned=returned)


def _payload_json(payload: AccountPayload | None) -> JsonValue:
    if payload is None:
        return None
    return {
        "account_data": payload.account_data,
        "attributes": payload.attributes,
        "iteration": payload.iteration,
        "returned": list(payload.returned),
    }


def _read_payload(stored: Any) -> AccountPayload | None:  # noqa: ANN401  # JSON
    if stored is None:
        return None
    return AccountPayload(
        stored["attributes"], stored["account_data"], stored["iteration"], returned=tuple(stored["returned"])
    )
