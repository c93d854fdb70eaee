"""Lint: every rule of the registry over one policy, less what authors allow."""

from __future__ import annotations

from engine.lint.allowances import judge_allowances, without_allowed
from engine.lint.context import LintContext
from engine.lint.registry import RULES, LintRule, Needs
from policy.lint import LintFinding, LintInput

LINT_CODES = frozenset(kind.code for rule in RULES for kind in rule.kinds)
"""Codes of everything that can be found, and so be allowed."""


def lint(given: LintInput) -> tuple[LintFinding, ...]:
    """Find every smell that is not allowed, and allowances that do not count, sorted by place.

    The same smell found twice is one.
    """
    context = LintContext.of(given)
    found = {one.diagnostic: one for rule in RULES for one in rule.find(context)}
    kept, idle = without_allowed(found.values(), given.allowances, given.today)
    looked_at = {kind.code for rule in RULES if _looks_whole(rule, context) for kind in rule.kinds}
    kept += judge_allowances(given.allowances, idle, known=LINT_CODES, looked_at=looked_at, today=given.today)
    return tuple(sorted(kept, key=lambda one: one.diagnostic.sort_key))


def _looks_whole(rule: LintRule, context: LintContext) -> bool:
    """Tell whether a rule had everything at hand that it needs to find all there is."""
    given = context.given
    match rule.needs:
        case Needs.NOTHING:
            return True
        case Needs.PEOPLE:
            return given.people is not None
        case Needs.PERMISSIONS:
            return given.permissions.keys() >= given.policy.targets.keys()
        case Needs.PROOFS:
            return not context.proofs.purse.refused
