"""What conditions, windows and templates read and use."""

from __future__ import annotations

from collections.abc import Iterator

from engine.graph.nodes import Edge, Node, NodeKind, Relation
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DepartmentsOperand,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoneOf,
    Not,
    StatusIs,
    ValuesOperand,
    children,
)
from policy.moments import Moment
from policy.rules import Template, Window
from policy.types import Field


def uses_of_condition(user: Node, condition: Condition) -> Iterator[Edge]:
    """Fields, sets and defines that a condition uses; what a define uses hangs on the define."""
    match condition:
        case Comparison():
            yield _reads(user, condition.field)
            yield from _uses_of_operand(user, condition)
        case StatusIs():
            yield from (_reads_path(user, f"contract.{path}") for path in ("start_date", "end_date"))
        case Named():
            yield Edge(user, Node(NodeKind.DEFINE, condition.name), Relation.USES)
        case Holds():
            return
        case HasContract() | Not() | AllOf() | AnyOf() | NoneOf():
            for child in children(condition):
                yield from uses_of_condition(user, child)


def uses_of_window(user: Node, window: Window) -> Iterator[Edge]:
    """Date fields that the bounds of a window rest on."""
    for bound in (window.starting, window.ending):
        if bound is not None and bound.moment is not None:
            yield from _uses_of_moment(user, bound.moment)


def uses_of_template(user: Node, template: Template) -> Iterator[Edge]:
    """Fields that are filled in."""
    return (_reads(user, part) for part in template.parts if isinstance(part, Field))


def _uses_of_operand(user: Node, condition: Comparison) -> Iterator[Edge]:
    match condition.operand:
        case ValuesOperand(set_name=str(name)) | DepartmentsOperand(set_name=str(name)):
            yield Edge(user, Node(NodeKind.SET, name), Relation.USES)
        case MomentOperand():
            yield from _uses_of_moment(user, condition.operand.moment)
        case _:
            return


def _uses_of_moment(user: Node, moment: Moment) -> Iterator[Edge]:
    if isinstance(moment.base, Field):
        yield _reads(user, moment.base)


def _reads(user: Node, field: Field) -> Edge:
    return _reads_path(user, field.name)


def _reads_path(user: Node, path: str) -> Edge:
    return Edge(user, Node(NodeKind.FIELD, path), Relation.READS)
