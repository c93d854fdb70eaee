"""Which rules may grant an entitlement, found fast: by its words, then among the names that are filled in."""

from __future__ import annotations

from collections.abc import Iterable

from engine.graph.templates import may_give, templates_of
from policy.entitlements import Entitlement, Kind
from policy.rules import Rule, Template


class Givers:
    """Givers of entitlements among `rules`."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._fixed: dict[Entitlement, dict[str, None]] = {}
        self._filled: dict[tuple[str, Kind], list[tuple[str, Template]]] = {}
        for rule in rules:
            for grant in rule.grants:
                for template in templates_of(grant):
                    self._add(rule.id, template)

    def _add(self, rule: str, template: Template) -> None:
        fixed = template.fixed
        if fixed is None:
            self._filled.setdefault((template.target, template.kind), []).append((rule, template))
        else:
            self._fixed.setdefault(fixed, {})[rule] = None

    def of(self, entitlement: Entitlement) -> tuple[str, ...]:
        """Give the ids of the rules, each once; none when no rule can grant it."""
        filled = self._filled.get((entitlement.target, entitlement.kind), ())
        found = dict(self._fixed.get(entitlement, {}))
        found.update((rule, None) for rule, template in filled if may_give(template, entitlement))
        return tuple(found)

    def like(self, template: Template) -> tuple[str, ...]:
        """Give the ids of rules that have a template of just the same words and fields, each once."""
        filled = self._filled.get((template.target, template.kind), ())
        return tuple(dict.fromkeys(rule for rule, other in filled if other.parts == template.parts))

    def names_in(self, target: str) -> tuple[str, ...]:
        """Give the names of permissions in a target that no field is filled into."""
        return tuple(one.name for one in self._fixed if one.target == target and one.kind is Kind.PERMISSION)
