"""What conditions and pairs ask for, and no rule can grant."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from engine.lint.context import LintContext
from policy.catalogue.lint import NOBODY_GRANTS
from policy.diagnostics import Diagnostic
from policy.entitlements import Entitlement
from policy.expressions import Holds, walk
from policy.lint import LintFinding
from policy.source import Span


def find_nobody_grants(context: LintContext) -> Iterator[LintFinding]:
    """Find entitlements that a condition or a `never` names and no rule can grant: most likely misspelt."""
    for entitlement, place in _asked(context):
        if context.givers.of(entitlement):
            continue
        near = get_close_matches(entitlement.name, context.givers.names_in(entitlement.target), n=1)
        hint = f"did you mean `{near[0]}`?" if near else "correct it, or add the rule that grants it"
        detail = f"No rule grants {entitlement}, so nobody ever holds it by these rules."
        yield LintFinding(Diagnostic(NOBODY_GRANTS, detail, place, hint))


def _asked(context: LintContext) -> Iterator[tuple[Entitlement, Span]]:
    for rule in context.policy.rules.values():
        for one in walk(rule.condition) if rule.condition else ():
            if isinstance(one, Holds):
                yield one.entitlement, one.span
    for never in context.policy.nevers.values():
        yield never.first, never.span
        yield never.second, never.span
