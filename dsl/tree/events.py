"""Custom events as written (LANGUAGE.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.tree.conditions import ConditionNode
from dsl.tree.leaves import Ident, Path, Text
from policy.entitlements import Kind
from policy.moments import Duration
from policy.source import Span


@dataclass(frozen=True, slots=True)
class LineTriggerNode:
    """`on grant|update|revoke KIND ["NAME"] in TARGET`; `name` None: any permission, or no name at all."""

    op: Literal["grant", "update", "revoke"]
    kind: Kind
    name: Text | None
    target: Ident
    span: Span


@dataclass(frozen=True, slots=True)
class DateTriggerNode:
    """`DURATION before|after onboarding|offboarding`."""

    offset: Duration
    direction: Literal["before", "after"]
    edge: Literal["onboarding", "offboarding"]
    span: Span


@dataclass(frozen=True, slots=True)
class NotifyNode:
    """`notify RECIPIENT using "TEMPLATE"`."""

    recipient: Text | Path
    template: Text
    span: Span


@dataclass(frozen=True, slots=True)
class EventDeclaration:
    """`event ID ["Title"] … end`."""

    id: Ident
    title: Text | None
    trigger: LineTriggerNode | DateTriggerNode
    condition: ConditionNode | None
    notify: NotifyNode
    span: Span
