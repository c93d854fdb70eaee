"""Conditions where they are written, and what is written in them."""

from __future__ import annotations

from collections.abc import Iterator

from policy.events import Event
from policy.expressions import Condition, Named, children
from policy.rules import CheckedPolicy, Exclusion, Rule


def conditions_of(policy: CheckedPolicy) -> Iterator[Condition]:
    """Give every condition of the policy once, as a whole: of defines, rules, exclusions and events."""
    for define in policy.defines.values():
        yield define.condition
    yield from conditions_in_force(policy)


def conditions_in_force(policy: CheckedPolicy) -> Iterator[Condition]:
    """Give the conditions of rules, drafts too, of exclusions and of events."""
    takers: tuple[Rule | Exclusion | Event, ...] = (
        *policy.rules.values(),
        *policy.exclusions.values(),
        *policy.events.values(),
    )
    for one in takers:
        if one.condition is not None:
            yield one.condition


def parts_written(condition: Condition) -> Iterator[Condition]:
    """Give `condition` and what stands in it, in reading order; not what a define that it names stands for."""
    yield condition
    if not isinstance(condition, Named):
        for child in children(condition):
            yield from parts_written(child)
