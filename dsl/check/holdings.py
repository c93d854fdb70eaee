"""Which rules grant what other rules, and pairs that nobody may hold, ask for."""

from __future__ import annotations

import re2

from dsl.check.circles import report_circles
from dsl.problems import Findings
from dsl.suggest import did_you_mean, suggest
from policy.catalogue.structure import HOLDS_CYCLE, NOBODY_GRANTS
from policy.entitlements import Entitlement, Kind
from policy.expressions import Holds, walk
from policy.rules import CheckedPolicy, Rule, TableGrant, Template
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


def could_be(template: Template, entitlement: Entitlement) -> bool:
    """Tell whether a name can come out as this entitlement's; a field may hold any text but none."""
    if (template.target, template.kind) != (entitlement.target, entitlement.kind):
        return False
    fixed = template.fixed
    if fixed is not None:
        return fixed == entitlement
    pattern = "".join(re2.escape(part) if isinstance(part, str) else ".+" for part in template.parts)
    return re2.fullmatch(f"(?s){pattern}", entitlement.name) is not None


def report_waiting_circles(rules: dict[str, Rule], findings: Findings) -> None:
    """Report rules that wait for one another by `holds`; a name with fields counts as any name it may come out as."""
    granted = {name: templates_of(rule) for name, rule in rules.items()}
    needs: dict[str, dict[str, Span]] = {}
    for name, rule in rules.items():
        needs[name] = {}
        for condition in walk(rule.condition) if rule.condition else ():
            if isinstance(condition, Holds):
                for other, templates in granted.items():
                    if any(could_be(template, condition.entitlement) for template in templates):
                        needs[name].setdefault(other, condition.span)
    report_circles(needs, HOLDS_CYCLE, "waits for", findings)


def report_never_granted(policy: CheckedPolicy, findings: Findings) -> None:
    """Warn where a condition or a pair names an entitlement that no rule can grant: most likely misspelt."""
    templates = tuple(template for rule in policy.rules.values() for template in templates_of(rule))
    asked = [
        (condition.entitlement, condition.span)
        for rule in policy.rules.values()
        for condition in (walk(rule.condition) if rule.condition else ())
        if isinstance(condition, Holds)
    ]
    asked += [(side, never.span) for never in policy.nevers.values() for side in (never.first, never.second)]
    for entitlement, place in asked:
        if any(could_be(template, entitlement) for template in templates):
            continue
        known = {template.fixed for template in templates}
        names = [one.name for one in known if one and one.kind is Kind.PERMISSION and one.target == entitlement.target]
        hint = did_you_mean(suggest(entitlement.name, names)) if entitlement.name else None
        detail = f"No rule grants {entitlement}, so nobody ever holds it by these rules."
        findings.report(NOBODY_GRANTS, detail, place, hint=hint or "correct it, or add the rule that grants it")
