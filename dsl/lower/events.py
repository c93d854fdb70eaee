"""Custom events: their trigger, what they ask, and whom they tell."""

from __future__ import annotations

from dsl.checking import IN_DATE_EVENT, IN_LINE_EVENT, IN_PERSON_GRANT, IN_UPDATE_EVENT, Checking, Setting
from dsl.lower.conditions import lower_condition
from dsl.lower.fields import resolve_field
from dsl.tree.ast import DeclarationWord
from dsl.tree.events import DateTriggerNode, EventDeclaration, LineTriggerNode
from dsl.tree.leaves import Path, Text
from dsl.weights import check_weight
from policy.catalogue.names import NOT_A_RECIPIENT
from policy.events import DateTrigger, Event, LineTrigger
from policy.types import Field, FieldType


def lower_event(node: EventDeclaration, checking: Checking) -> Event | None:
    """Give an event; None when anything in it is broken, after all of that was reported."""
    trigger = _lower_trigger(node.trigger, checking)
    fits = trigger is not None
    condition = None
    if node.condition is not None:
        fits = check_weight(node.condition, f"The condition of `{node.id.name}`", checking) and fits
        condition = lower_condition(node.condition, _setting_of(node), checking)
        fits = fits and condition is not None
    recipient = _lower_recipient(node.notify.recipient, checking)
    if not fits or trigger is None or recipient is None:
        return None
    return Event(
        id=node.id.name,
        title=node.title.value if node.title else "",
        trigger=trigger,
        condition=condition,
        recipient=recipient,
        template=node.notify.template.value,
        span=node.span,
    )


def _lower_trigger(node: LineTriggerNode | DateTriggerNode, checking: Checking) -> LineTrigger | DateTrigger | None:
    match node:
        case DateTriggerNode():
            return DateTrigger(node.offset, node.direction, node.edge, node.span)
        case LineTriggerNode():
            if not checking.names.knows(DeclarationWord.TARGET, node.target, checking.findings):
                return None
            name = node.name.value if node.name else None
            return LineTrigger(node.op, node.kind, node.target.name, name, node.span)


def _setting_of(node: EventDeclaration) -> Setting:
    if isinstance(node.trigger, DateTriggerNode):
        return IN_DATE_EVENT
    return IN_UPDATE_EVENT if node.trigger.op == "update" else IN_LINE_EVENT


def _lower_recipient(node: Text | Path, checking: Checking) -> str | Field | None:
    if isinstance(node, Text):
        name, _, domain = node.value.partition("@")
        if name and domain and not any(letter.isspace() for letter in node.value):
            return node.value
        detail = f'"{node.value}" is no mail address.'
        hint = 'write one, such as "servicedesk@meridian.example", or a field such as `person.primary_manager`'
        checking.findings.report(NOT_A_RECIPIENT, detail, node.span, hint=hint)
        return None
    field = resolve_field(node, IN_PERSON_GRANT, checking)
    if field is None or field.type in {FieldType.PERSON, FieldType.TEXT}:
        return field
    detail = f"`{field.name}` is a {field.type.value}; a message goes to a person or an address."
    hint = "write `person.primary_manager`, or a text such as `person.contact.business.email`"
    checking.findings.report(NOT_A_RECIPIENT, detail, node.span, hint=hint)
    return None
