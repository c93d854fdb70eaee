"""Which rules grant what other rules ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import re2

from dsl.check.circles import report_circles
from dsl.problems import Findings
from policy.catalogue.structure import HOLDS_CYCLE
from policy.entitlements import Entitlement, Kind
from policy.expressions import Holds, walk
from policy.rules import Rule, TableGrant, Template
from policy.source import Span


def templates_of(rule: Rule) -> tuple[Template, ...]:
    """Every entitlement that a rule may grant, through roles and tables too."""
    found: list[Template] = []
    for grant in rule.grants:
        if isinstance(grant, TableGrant):
            found += [template for templates in grant.rows.values() for template in templates]
            found += grant.otherwise
        else:
            found.append(grant.template)
    return tuple(found)


class Granters:
    """Which rules may grant an entitlement, found fast: by name, then among the names that are filled in."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._fixed: dict[Entitlement, dict[str, None]] = {}
        self._filled: dict[tuple[str, Kind], list[tuple[str, Template]]] = {}
        for rule in rules:
            for template in templates_of(rule):
                fixed = template.fixed
                if fixed is None:
                    self._filled.setdefault((template.target, template.kind), []).append((rule.id, template))
                else:
                    self._fixed.setdefault(fixed, {})[rule.id] = None

    def of(self, entitlement: Entitlement) -> tuple[str, ...]:
        """Give the ids of the rules, in no particular order; none when no rule can grant it."""
        filled = self._filled.get((entitlement.target, entitlement.kind), ())
        found = dict(self._fixed.get(entitlement, {}))
        found.update((rule, None) for rule, template in filled if _can_become(template, entitlement.name))
        return tuple(found)


def report_waiting_circles(rules: Mapping[str, Rule], findings: Findings) -> None:
    """Report rules that wait for one another by `holds`; a name with fields counts as any name it may come out as."""
    granters = Granters(rules.values())
    needs: dict[str, dict[str, Span]] = {}
    for name, rule in rules.items():
        needs[name] = {}
        for condition in _held(rule):
            for other in granters.of(condition.entitlement):
                needs[name].setdefault(other, condition.span)
    report_circles(needs, HOLDS_CYCLE, "waits for", findings)


def _held(rule: Rule) -> tuple[Holds, ...]:
    return tuple(one for one in walk(rule.condition) if isinstance(one, Holds)) if rule.condition else ()


def _can_become(template: Template, name: str) -> bool:
    """Tell whether a name can come out as this one; a field may hold any text but none."""
    pattern = "".join(re2.escape(part) if isinstance(part, str) else ".+" for part in template.parts)
    return re2.fullmatch(f"(?s){pattern}", name) is not None
