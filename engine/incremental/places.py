"""Facts of rules that stand elsewhere now: the same, with the places where the rules say them today."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from engine.columnar.decide import Facts
from engine.columnar.desired import DesiredColumns
from engine.evaluate.persons import Gift
from engine.graph.templates import templates_of
from policy.rules import CheckedPolicy, Exclusion, Grant, Rule, TableGrant, Template


def place_desired(desired: DesiredColumns, policy: CheckedPolicy) -> DesiredColumns:
    """Name the rules at their places in `policy`; those that it does not have stay as they are."""
    rules = tuple((id_, policy.rules[id_].span.at if id_ in policy.rules else at) for id_, at in desired.rules)
    return desired if rules == desired.rules else replace(desired, rules=rules)


def place_exclusions(
    spoken_of: Mapping[str, tuple[Exclusion, ...]], policy: CheckedPolicy
) -> Mapping[str, tuple[Exclusion, ...]]:
    """Give exclusions as they stand in `policy`, which has them all."""
    return {person: tuple(policy.exclusions[one.id] for one in found) for person, found in spoken_of.items()}


def place_facts(facts: Facts, before: CheckedPolicy, policy: CheckedPolicy, changed: AbstractSet[str]) -> Facts:
    """Place what came to nothing in `policy`, whose rules mean what they meant in `before`.

    What comes from rules that `changed` was decided by `policy` itself and stands right already.
    """
    known: dict[str, Mapping[int, Template]] = {}
    placed = []
    for person, gift in facts.unfilled:
        if gift.reason.rule in changed:
            placed.append((person, gift))
            continue
        old, new = before.rules[gift.reason.rule], policy.rules[gift.reason.rule]
        if old.id not in known:
            known[old.id] = _templates(old, new)
        said = gift.offer.template
        offer = replace(gift.offer, template=known[old.id].get(id(said), said))  # else it is of `policy` already
        placed.append((person, Gift(replace(gift.reason, at=new.span.at), offer)))
    return replace(facts, unfilled=tuple(placed))


def _templates(old: Rule, new: Rule) -> Mapping[int, Template]:
    """Find the template of a rule that stands for each one of the rule as it was, by the identity of that one."""
    sides = ([one for grant in rule.grants for one in _in_order(grant)] for rule in (old, new))
    return {id(before): after for before, after in zip(*sides, strict=True)}


def _in_order(grant: Grant | TableGrant) -> tuple[Template, ...]:
    """Give the templates of a grant; rows of a table have no order of their own."""
    if isinstance(grant, TableGrant):
        grant = replace(grant, rows=dict(sorted(grant.rows.items())))
    return templates_of(grant)
