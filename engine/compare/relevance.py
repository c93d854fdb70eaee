"""Which rules can have a say in an entitlement, and which entitlements a changed rule can have a say in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.graph.holds import held_by
from engine.graph.templates import may_give, template_text, templates_of
from policy.canonical import normal_text
from policy.entitlements import Entitlement
from policy.proofs import Family
from policy.rules import CheckedPolicy, Rule, Template

Compared = Entitlement | Family
Wanted = Template | Entitlement


@dataclass(frozen=True, slots=True, eq=False)
class Givers:
    """Rules of a policy, drafts too, by what they may give. Build one with `Givers.of`.

    `fixed` are rules by what they write out, `families` templates with fields in their names by their text, with the
    rules they stand in; `held` is what rules ask for with `holds`.
    """

    fixed: Mapping[Entitlement, frozenset[str]]
    families: Mapping[str, tuple[Template, frozenset[str]]]
    held: Mapping[str, tuple[Entitlement, ...]]
    _found: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, policy: CheckedPolicy) -> Givers:
        """Look once at every template of every rule."""
        fixed: dict[Entitlement, set[str]] = defaultdict(set)
        families: dict[str, tuple[Template, set[str]]] = {}
        for rule in policy.rules.values():
            for template in templates_in(rule):
                entitlement = template.fixed
                if entitlement is not None:
                    fixed[entitlement].add(rule.id)
                else:
                    families.setdefault(template_text(template), (template, set()))[1].add(rule.id)
        return cls(
            {one: frozenset(rules) for one, rules in fixed.items()},
            {text: (template, frozenset(rules)) for text, (template, rules) in families.items()},
            {rule.id: held for rule in policy.rules.values() if (held := held_by(rule))},
        )

    def who_may_give(self, wanted: Wanted) -> frozenset[str]:
        """Rules that may give an entitlement, or something that the template may become."""
        text = template_text(wanted) if isinstance(wanted, Template) else str(wanted)
        if text not in self._found:
            self._found[text] = frozenset(self._search(wanted))
        return self._found[text]

    def _search(self, wanted: Wanted) -> Iterator[str]:
        entitlement = wanted if isinstance(wanted, Entitlement) else wanted.fixed
        if entitlement is not None:
            yield from self.fixed.get(entitlement, ())
            for one, rules in self.families.values():
                if may_give(one, entitlement):
                    yield from rules
            return
        assert isinstance(wanted, Template), "what is no entitlement is a template"
        for written, rules in self.fixed.items():
            if may_give(wanted, written):
                yield from rules
        for one, rules in self.families.values():
            if may_meet(wanted, one):
                yield from rules


def templates_in(rule: Rule) -> Iterator[Template]:
    """Templates of all grants of a rule."""
    return (one for grant in rule.grants for one in templates_of(grant))


def may_meet(one: Template, other: Template) -> bool:
    """Tell whether two templates may become the same entitlement; no only when it is sure.

    Two families are told apart by how their names begin and end.
    """
    if (one.target, one.kind) != (other.target, other.kind):
        return False
    if one.fixed is not None:
        return may_give(other, one.fixed)
    return may_give(one, other.fixed) if other.fixed is not None else _may_spell_alike(one, other)


def relevant_rules(policy: CheckedPolicy, wanted: Iterable[Wanted]) -> frozenset[str]:
    """Ids of the rules that may give one of `wanted`, of those that may give what these hold, and so on."""
    return rules_with_a_say([Givers.of(policy)], wanted)


def rules_with_a_say(versions: Iterable[Givers], wanted: Iterable[Wanted]) -> frozenset[str]:
    """Ids of the rules, of any of the versions, that may give one of `wanted`, or what these rest on with `holds`."""
    givers = [*versions]
    found: set[str] = set()
    waiting = [*wanted]
    while waiting:
        one = waiting.pop()
        rules = {rule for each in givers for rule in each.who_may_give(one)} - found
        found |= rules
        waiting += [held for each in givers for rule in rules for held in each.held.get(rule, ())]
    return frozenset(found)


def _may_spell_alike(one: Template, other: Template) -> bool:
    starts, ends = ([_edge(template, place) for template in (one, other)] for place in (0, -1))
    return _begins(*starts) and _begins(*(text[::-1] for text in ends))


def _edge(template: Template, place: int) -> str:
    part = template.parts[place]
    return normal_text(part) if isinstance(part, str) else ""


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
