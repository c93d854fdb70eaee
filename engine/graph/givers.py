"""Which rules may grant an entitlement, found without looking at every rule."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from engine.graph.templates import may_give, templates_of
from policy.entitlements import Entitlement, Kind
from policy.rules import Rule, Template

_KEPT = 100_000


class Givers:
    """Rules by what they may grant: those that `engine.graph.holds.may_grant` names, by id."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._spelled: dict[tuple[str, Kind, str], dict[str, Rule]] = {}
        self._filled: dict[tuple[str, Kind], list[tuple[Template, Rule]]] = {}
        for rule in sorted(rules, key=lambda one: one.id):
            for grant in rule.grants:
                for template in templates_of(grant):
                    self._add(template, rule)
        self.of = lru_cache(_KEPT)(self._find)

    def _add(self, template: Template, rule: Rule) -> None:
        texts = [part for part in template.parts if isinstance(part, str)]
        if template.kind is Kind.PERMISSION and len(texts) < len(template.parts):
            self._filled.setdefault((template.target, template.kind), []).append((template, rule))
            return
        name = "".join(texts) if template.kind is Kind.PERMISSION else ""
        self._spelled.setdefault((template.target, template.kind, name), {})[rule.id] = rule

    def _find(self, entitlement: Entitlement) -> tuple[Rule, ...]:
        found = dict(self._spelled.get((entitlement.target, entitlement.kind, entitlement.name), {}))
        for template, rule in self._filled.get((entitlement.target, entitlement.kind), ()):
            if rule.id not in found and may_give(template, entitlement):
                found[rule.id] = rule
        return tuple(found[one] for one in sorted(found))
