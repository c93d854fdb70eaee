"""Which rules can have a say in an entitlement: those that may give it, and what these rest on."""

from __future__ import annotations

from collections.abc import Iterable

from engine.graph.holds import held_by, may_grant
from engine.graph.templates import may_give, templates_of
from policy.canonical import normal_text
from policy.entitlements import Entitlement
from policy.rules import CheckedPolicy, Rule, Template


def relevant_rules(policy: CheckedPolicy, wanted: Iterable[Template | Entitlement]) -> frozenset[str]:
    """Ids of the rules that may give one of `wanted`, of those that may give what these hold, and so on.

    A template of a family stands for everything that it may become: rules that write a name of it out are among them.
    """
    found: dict[str, Rule] = {}
    for one in wanted:
        found |= {rule.id: rule for rule in policy.rules.values() if _may_give(rule, one)}
    waiting = [*found.values()]
    while waiting:
        for held in held_by(waiting.pop()):
            givers = [one for one in policy.rules.values() if one.id not in found and may_grant(one, held)]
            found |= {one.id: one for one in givers}
            waiting += givers
    return frozenset(found)


def may_meet(one: Template, other: Template) -> bool:
    """Tell whether two templates may become the same entitlement; no only when it is sure.

    Two families are told apart by how their names begin and end.
    """
    if (one.target, one.kind) != (other.target, other.kind):
        return False
    if one.fixed is not None:
        return may_give(other, one.fixed)
    return may_give(one, other.fixed) if other.fixed is not None else _may_spell_alike(one, other)


def _may_spell_alike(one: Template, other: Template) -> bool:
    starts, ends = ([_edge(template, place) for template in (one, other)] for place in (0, -1))
    return _begins(*starts) and _begins(*(text[::-1] for text in ends))


def _edge(template: Template, place: int) -> str:
    part = template.parts[place]
    return normal_text(part) if isinstance(part, str) else ""


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _may_give(rule: Rule, wanted: Template | Entitlement) -> bool:
    if isinstance(wanted, Entitlement):
        return may_grant(rule, wanted)
    return any(may_meet(wanted, one) for grant in rule.grants for one in templates_of(grant))
