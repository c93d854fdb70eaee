"""Custom events: what is told to whom when something happens (LANGUAGE.md section 3, `event`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from policy.entitlements import Kind
from policy.expressions import Condition
from policy.moments import Duration
from policy.source import Span
from policy.types import Field


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
    edge: Literal["onboarding", "offboarding"]
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
