"""Moments: dates, today, date fields, and durations before or after them."""

from __future__ import annotations

from dsl.checking import Checking, Setting
from dsl.lower.fields import resolve_field
from dsl.tree.ast import BoundNode, WindowNode
from dsl.tree.leaves import Day, MomentNode, Path
from policy.catalogue.names import NOT_A_DATE
from policy.moments import Moment
from policy.rules import Window, WindowBound
from policy.types import FieldType


def lower_moment(node: MomentNode, setting: Setting, checking: Checking) -> Moment | None:
    """Resolve the base of a moment; only a date field can be one."""
    match node.base:
        case Day(value=day):
            return Moment(day, node.offset, node.direction)
        case "today":
            return Moment("today", node.offset, node.direction)
        case Path() as path:
            field = resolve_field(path, setting, checking)
            if field is None:
                return None
            if field.type is not FieldType.DATE:
                detail = f"`{field.name}` is a {field.type.value}, not a date."
                hint = "name a date field such as `contract.start_date`, a date, or `today`"
                checking.findings.report(NOT_A_DATE, detail, path.span, hint=hint)
                return None
            return Moment(field, node.offset, node.direction)


def lower_window(node: WindowNode, setting: Setting, checking: Checking) -> Window | None:
    """Lower both bounds of a window; None when one of them is broken."""
    starting, fine = _lower_bound(node.starting, setting, checking)
    ending, also_fine = _lower_bound(node.ending, setting, checking)
    return Window(starting, ending) if fine and also_fine else None


def _lower_bound(node: BoundNode | None, setting: Setting, checking: Checking) -> tuple[WindowBound | None, bool]:
    if node is None:
        return None, True
    if node.moment is None:
        return WindowBound(None, node.span), True
    moment = lower_moment(node.moment, setting, checking)
    return (None, False) if moment is None else (WindowBound(moment, node.span), True)
