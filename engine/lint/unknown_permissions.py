"""Permissions that rules grant and the target does not list."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from engine.graph.templates import may_give, template_text, templates_of
from engine.lint.context import LintContext
from policy.catalogue.lint import UNKNOWN_PERMISSION
from policy.diagnostics import Diagnostic
from policy.entitlements import Entitlement, Kind
from policy.lint import LintFinding
from policy.rules import Template


def find_unknown_permissions(context: LintContext) -> Iterator[LintFinding]:
    """Find names that are not listed, and names with fields that none of the listed ones could be.

    Targets that cannot list their permissions, or were not asked, are left out.
    """
    listed = context.given.permissions
    looked_at: set[Template] = set()
    for rule in context.policy.rules.values():
        for grant in rule.grants:
            for template in templates_of(grant):
                if template.kind is Kind.PERMISSION and template.target in listed and template not in looked_at:
                    looked_at.add(template)
                    yield from _report(template, listed[template.target])


def _report(template: Template, listed: frozenset[str]) -> Iterator[LintFinding]:
    fixed = template.fixed
    if fixed is not None:
        if fixed.name in listed:
            return
        near = get_close_matches(fixed.name, sorted(listed), n=1)
        detail = f'`{template.target}` lists {len(listed)} permissions, and "{fixed.name}" is none of them.'
    else:
        known = (Entitlement(template.target, Kind.PERMISSION, name) for name in listed)
        if any(may_give(template, one) for one in known):
            return
        near = []
        detail = (
            f"None of the {len(listed)} permissions that `{template.target}` lists could be {template_text(template)}."
        )
    hint = f"did you mean `{near[0]}`?" if near else "correct the name, or make the permission in the target first"
    yield LintFinding(Diagnostic(UNKNOWN_PERMISSION, detail, template.span, hint))
