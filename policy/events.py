"""Custom events: what is told to whom when something happens (LANGUAGE.md section 3, `event`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from policy.canonical import JsonValue, canonical_json
from policy.entitlements import Kind
from policy.expressions import Condition
from policy.moments import Duration
from policy.source import Span
from policy.types import Field

Edge = Literal["onboarding", "offboarding"]
"""First or last day of an employment."""


@dataclass(frozen=True, slots=True)
class LineTrigger:
    """`on grant|update|revoke account`, `on grant|revoke access|permission ["NAME"]`, each `in TARGET`.

    A permission without a `name` means any permission of the target; account and access have none.
    """

    op: Literal["grant", "update", "revoke"]
    kind: Kind
    target: str
    name: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class DateTrigger:
    """`DURATION before|after onboarding|offboarding`, per unbroken employment."""

    offset: Duration
    direction: Literal["before", "after"]
    edge: Edge
    span: Span


@dataclass(frozen=True, slots=True)
class Event:
    """A custom event. `condition` None: whenever the trigger fires.

    `recipient` is an address, or a field of the person: a person such as `primary_manager`, or a text that holds an
    address. `template` names the message.
    """

    id: str
    title: str
    trigger: LineTrigger | DateTrigger
    condition: Condition | None
    recipient: str | Field
    template: str
    span: Span


@dataclass(frozen=True, slots=True, order=True)
class EmploymentDay:
    """First or last day of an employment of `person`, that the event `event` is about: it fires once for it."""

    event: str
    person: str
    edge: Edge
    day: date


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told: `address` as the rule writes it or the person's data hold it, or another `person` (external id).

    Both are None when the field has no value, or when it is private (`hidden`). `field` is the path of that field, ""
    for an address of the rule.
    """

    field: str = ""
    address: str | None = None
    person: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class FiredEvent:
    """An event that fires in an evaluation, of a line of its diff (`line`, its number) or of an employment's day.

    `at` is `path:line` of the event, `due` the day it was to fire on, `contract` the external id of the contract that
    satisfied its condition ("" for none).
    """

    event: str
    at: str
    person: str
    contract: str
    recipient: Recipient
    template: str
    line: int | None = None
    employment: EmploymentDay | None = None
    due: date | None = None


def events_file(fired: Iterable[FiredEvent]) -> bytes:
    """`events.ndjson`: one canonical JSON object per event, in order of (person, event, line, day)."""
    return b"".join(canonical_json(event_json(one)) + b"\n" for one in fired)


def read_employment_days(content: bytes) -> frozenset[EmploymentDay]:
    """Employment days that the events of an `events.ndjson` are about."""
    found = set()
    for line in content.splitlines():
        record = json.loads(line)
        if "edge" in record["on"]:
            on = record["on"]
            found.add(EmploymentDay(record["event"], record["person"], on["edge"], date.fromisoformat(on["day"])))
    return frozenset(found)


def event_json(one: FiredEvent) -> dict[str, JsonValue]:
    """JSON object of an event as `events.ndjson` has it."""
    return {
        "at": one.at,
        "contract": one.contract,
        "event": one.event,
        "notify": _recipient_json(one.recipient),
        "on": {"line": one.line} if one.employment is None else _employment_json(one.employment, one.due),
        "person": one.person,
        "using": one.template,
    }


def _recipient_json(recipient: Recipient) -> dict[str, JsonValue]:
    if not recipient.field:
        return {"address": recipient.address}
    if recipient.hidden:
        return {"field": recipient.field, "hidden": True}
    value = {"person": recipient.person} if recipient.person is not None else {"address": recipient.address}
    return {"field": recipient.field, **value}


def _employment_json(employment: EmploymentDay, due: date | None) -> dict[str, JsonValue]:
    return {
        "day": employment.day.isoformat(),
        "due": due.isoformat() if due else None,
        "edge": employment.edge,
    }
