"""Account data as events see them: in the language's names, before and after what a line does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.evaluate.values import AccountValue
from engine.reconcile.inputs import ReconcileInputs
from policy.canonical import JsonValue
from policy.diff import Line
from policy.events import LineTrigger
from policy.expressions import Comparison, walk
from policy.field_mapping import snake_name
from policy.rules import CheckedPolicy
from policy.source import Span
from policy.targets import AccountPayload


def account_data(line: Line, inputs: ReconcileInputs, payload: AccountPayload | None) -> dict[str, AccountValue]:
    """Values by name: those managed, and what the line makes of them. Secret ones are not among them.

    `payload` is what a new account gets, if anybody mapped it.
    """
    entry = inputs.managed.entries.get(line.key.account)
    secret = inputs.secret_fields.get(line.key.target, frozenset())
    before: Mapping[str, JsonValue] = entry.attributes if entry else {}
    after = dict(before)
    if payload is not None:
        after |= payload.attributes
    if line.after is not None:
        after |= line.after
    return {
        snake_name(name): AccountValue(_text(before.get(name)), _text(after.get(name)))
        for name in sorted(before.keys() | after.keys())
        if name not in secret
    }


def account_data_of(policy: CheckedPolicy, target: str) -> Iterator[tuple[str, Span]]:
    """Account data of `target` that the policy names, and where: in its events, and behind `depends on … using`."""
    for event in policy.events.values():
        if isinstance(event.trigger, LineTrigger) and event.trigger.target == target and event.condition is not None:
            for one in walk(event.condition):
                if isinstance(one, Comparison) and one.field.root == "account":
                    yield one.field.path, one.span
    for dependent in policy.targets.values():
        for dependency in dependent.depends_on:
            if dependency.target == target:
                yield from ((name, dependency.span) for name in dependency.using)


def _text(value: JsonValue) -> str | None:
    """Text of a mapped value: a list is its texts, one behind the other."""
    if value is None or isinstance(value, str):
        return value
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
