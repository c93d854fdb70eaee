"""What is told of a declaration when two versions of it are compared: for each fact its words, and its meaning."""

from __future__ import annotations

from engine.explain.wording import condition_text
from engine.reconcile.limits import limit_text
from policy.events import DateTrigger, Event, LineTrigger
from policy.expressions import Condition
from policy.rules import Exclusion, FieldDeclaration, Never
from policy.targets import TargetPolicy
from policy.types import Field

Facts = dict[str, tuple[str, object]]
"""Words and meaning of each fact, by what it is about."""


def tell_never(one: Never) -> Facts:
    """Pair, severity and exceptions of a `never`."""
    pair = " together with ".join(sorted((str(one.first), str(one.second))))
    exceptions = {
        f"the exception for {each.person}": _plain(f"until {each.until}" if each.until else "without an end")
        for each in one.exceptions
    }
    return {"the pair": _plain(pair), "severity": _plain(one.severity), **exceptions}


def tell_exclusion(one: Exclusion) -> Facts:
    """Whom an exclusion leaves alone, where, and until when."""
    whom = (f"person {one.person}", one.person) if one.condition is None else (_condition(one.condition))
    targets = "all targets" if one.targets is None else ", ".join(sorted(one.targets))
    return {"whom": whom, "from": _plain(targets), "until": _plain(str(one.until or ""))}


def tell_target(one: TargetPolicy) -> Facts:
    """Dependencies, staged deletion and limits of a target."""
    needs = {f"depends on {each.target}": _plain(f"using {', '.join(sorted(each.using))}") for each in one.depends_on}
    staged = "" if one.staged_deletion is None else f"{one.staged_deletion.delete_after_days} days"
    limits: dict[str, list[str]] = {}
    for limit in sorted(one.limits, key=limit_text):
        limits.setdefault(f"limit {limit.action} {limit.kind}", []).append(limit_text(limit))
    said = {name: _plain(" and ".join(texts)) for name, texts in limits.items()}
    return {**needs, "delete after": _plain(staged), **said}


def tell_event(one: Event) -> Facts:
    """When an event fires, and who is told what."""
    recipient = one.recipient.name if isinstance(one.recipient, Field) else one.recipient
    when = ("", None) if one.condition is None else _condition(one.condition)
    return {"on": _plain(_trigger(one.trigger)), "when": when, "notify": _plain(f"{recipient} using {one.template}")}


def tell_field(one: FieldDeclaration) -> Facts:
    """Type of a field, its values, and whether it is required."""
    field = one.field
    kind = f"one of {', '.join(field.one_of)}" if field.one_of else str(field.type)
    return {"type": _plain(kind), "required": _plain("required" if field.required else "not required")}


def _trigger(one: LineTrigger | DateTrigger) -> str:
    match one:
        case LineTrigger():
            name = f' "{one.name}"' if one.name else ""
            return f"{one.op} {one.kind}{name} in {one.target}"
        case DateTrigger():
            return f"{one.offset} {one.direction} {one.edge}"


def _condition(condition: Condition) -> tuple[str, object]:
    return condition_text(condition), condition


def _plain(text: str) -> tuple[str, object]:
    return text, text
