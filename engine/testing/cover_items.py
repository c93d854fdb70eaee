"""Everything of a policy that tests can exercise."""

from __future__ import annotations

from collections.abc import Iterator

from engine.explain.wording import condition_text
from engine.graph.templates import template_text
from policy.coverage import CoverItem, CoverKind, Seen
from policy.expressions import Comparison, Condition, Holds, StatusIs, walk
from policy.rules import CheckedPolicy, Rule, TableGrant, Template
from policy.source import Span

_BOTH = (Seen.TRUE, Seen.FALSE)


def items_of(policy: CheckedPolicy) -> tuple[CoverItem, ...]:
    """Items by place, each place and kind once; conditions of a define count where the define stands."""
    found: dict[tuple[Span, CoverKind], CoverItem] = {}
    for item in _items(policy):
        found.setdefault((item.place, item.kind), item)
    return tuple(sorted(found.values(), key=lambda one: (one.place, one.kind)))


def is_atom(condition: Condition) -> bool:
    """Tell whether a condition has no other inside."""
    return isinstance(condition, Comparison | StatusIs | Holds)


def row_place(row: tuple[Template, ...]) -> Span:
    """Place of a row of a table: that of its first entitlement. Values that share a line share it."""
    return row[0].span


def _items(policy: CheckedPolicy) -> Iterator[CoverItem]:
    for rule in policy.rules.values():
        wanted = (Seen.GRANTED,) if rule.condition is None else (Seen.GRANTED, Seen.REFUSED)
        yield CoverItem(CoverKind.RULE, rule.id, rule.span, wanted)
        yield from _atoms(rule.condition)
        yield from _grants(rule)
    for exclusion in policy.exclusions.values():
        yield CoverItem(CoverKind.EXCLUSION, exclusion.id, exclusion.span, (Seen.APPLIED,))
        yield from _atoms(exclusion.condition)
    for never in policy.nevers.values():
        yield CoverItem(CoverKind.NEVER, never.id, never.span, (Seen.DENIED,))
    for event in policy.events.values():
        yield CoverItem(CoverKind.EVENT, event.id, event.span, (Seen.FIRED,))
        yield from _atoms(event.condition)


def _atoms(condition: Condition | None) -> Iterator[CoverItem]:
    for one in walk(condition) if condition is not None else ():
        if is_atom(one):
            yield CoverItem(CoverKind.CONDITION, condition_text(one), one.span, _BOTH)


def _grants(rule: Rule) -> Iterator[CoverItem]:
    for grant in rule.grants:
        if not isinstance(grant, TableGrant):
            text = f"role {grant.via[0]}" if grant.via else template_text(grant.template)
            yield CoverItem(CoverKind.GRANT, text, grant.span, (Seen.GIVEN,))
            continue
        for key, row in grant.rows.items():
            yield CoverItem(CoverKind.ROW, f'"{key}"', row_place(row), (Seen.USED,))
        if grant.otherwise:
            yield CoverItem(CoverKind.ROW, "otherwise", row_place(grant.otherwise), (Seen.USED,))
