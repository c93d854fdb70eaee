"""What a change can have touched at all: everything else is the same by its form, and needs no proof."""

from __future__ import annotations

from engine.compare.entitlements import Sides
from engine.compare.meaning import meaning_of
from engine.compare.merging import HEADER, differs
from engine.compare.relevance import Compared, may_meet, templates_in
from engine.graph.holds import held_by
from engine.graph.templates import may_give, template_text
from policy.entitlements import Entitlement
from policy.rules import Rule, Template


def touched(sides: Sides) -> frozenset[Compared]:
    """Entitlements and families in which a rule that changed has a say, itself or through what others `hold`.

    Everything, when a field or who is primary changed.
    """
    base, head = sides.base, sides.head
    if base.schema != head.schema or any(differs(base, head, name) for name in HEADER):
        return frozenset(sides.compared)
    names = {*base.rules, *head.rules}
    changed = {name for name in names if meaning_of(base.rules.get(name)) != meaning_of(head.rules.get(name))}
    given = _given(sides, changed)
    return frozenset(one for one in sides.compared if any(_concerns(each, one, sides) for each in given))


def _given(sides: Sides, changed: set[str]) -> list[Template]:
    """Templates of the changed rules, of rules that hold what these may give, and so on; each text once."""
    found: dict[str, Template] = {}
    reached: set[str] = set()
    waiting = [*changed]
    holders = [rule for policy in (sides.base, sides.head) for rule in policy.rules.values() if held_by(rule)]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        fresh = {template_text(one): one for one in _templates(sides, name)}
        new = [one for text, one in fresh.items() if text not in found]
        found |= fresh
        waiting += [rule.id for rule in holders if rule.id not in reached and _holds_any(rule, new)]
    return [*found.values()]


def _templates(sides: Sides, name: str) -> list[Template]:
    rules = (policy.rules.get(name) for policy in (sides.base, sides.head))
    return [one for rule in rules if rule is not None for one in templates_in(rule)]


def _holds_any(rule: Rule, given: list[Template]) -> bool:
    return any(may_give(one, held) for held in held_by(rule) for one in given)


def _concerns(template: Template, one: Compared, sides: Sides) -> bool:
    if isinstance(one, Entitlement):
        return may_give(template, one)
    return may_meet(template, sides.template_of(one))
