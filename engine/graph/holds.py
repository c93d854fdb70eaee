"""Which rule must be evaluated before which: a rule that `holds` something comes after all that may grant it."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from engine.graph.ordering import in_order
from engine.graph.templates import may_give, templates_of
from policy.entitlements import Entitlement
from policy.expressions import Condition, Holds, walk
from policy.rules import Rule


def rule_order(rules: Mapping[str, Rule]) -> tuple[Rule, ...]:
    """Rules in an order in which everything a rule holds was granted before; by id where that leaves a choice.

    The checker refuses a policy whose rules wait for one another in a circle, so one here is our own bug.
    """
    return tuple(rules[one] for one in in_order(_earlier(rules)))


def can_be_ordered(rules: Mapping[str, Rule]) -> bool:
    """Tell whether no rules wait for one another in a circle: for a mixture of versions that no checker saw."""
    try:
        TopologicalSorter(_earlier(rules)).prepare()
    except CycleError:
        return False
    return True


def _earlier(rules: Mapping[str, Rule]) -> dict[str, list[str]]:
    wanted = {rule.id: held_by(rule) for rule in rules.values()}
    # Rules mostly hold the same few things, so each of these is looked for once.
    givers = {
        held: [giver.id for giver in rules.values() if may_grant(giver, held)]
        for held in {one for each in wanted.values() for one in each}
    }
    return {name: [giver for held in each for giver in givers[held]] for name, each in wanted.items()}


def held_by(rule: Rule) -> tuple[Entitlement, ...]:
    """Entitlements that the condition of `rule` asks for with `holds`, sorted, without doubles."""
    return held_in(rule.condition)


def held_in(condition: Condition | None) -> tuple[Entitlement, ...]:
    """Entitlements that a condition asks for with `holds`, sorted, without doubles."""
    if condition is None:
        return ()
    return tuple(sorted({one.entitlement for one in walk(condition) if isinstance(one, Holds)}))


def may_grant(rule: Rule, entitlement: Entitlement) -> bool:
    """Tell whether some grant of `rule` could give `entitlement` to somebody."""
    return any(may_give(one, entitlement) for grant in rule.grants for one in templates_of(grant))
