"""Rules that take away by `not holds`."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from engine.lint.true_without import true_without
from policy.catalogue.lint import TAKES_AWAY
from policy.diagnostics import Diagnostic
from policy.expressions import Holds
from policy.lint import LintFinding


def find_taking_away(context: LintContext) -> Iterator[LintFinding]:
    """Note every rule, drafts too, that grants only while something else is not granted."""
    for rule in context.policy.rules.values():
        for condition in true_without(rule.condition) if rule.condition else ():
            if isinstance(condition, Holds):
                detail = f"Whoever gets {condition.entitlement} loses what rule `{rule.id}` grants."
                hint = "if nobody may hold both, say so with `never`"
                yield LintFinding(Diagnostic(TAKES_AWAY, detail, condition.span, hint))
