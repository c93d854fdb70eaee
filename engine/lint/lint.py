"""Lint: every rule of the registry over one policy."""

from __future__ import annotations

from engine.lint.context import LintContext
from engine.lint.registry import RULES
from policy.lint import LintFinding, LintInput


def lint(given: LintInput) -> tuple[LintFinding, ...]:
    """Find every smell, sorted by place; the same one found twice is one."""
    context = LintContext.of(given)
    found = {one.diagnostic: one for rule in RULES for one in rule.find(context)}
    return tuple(sorted(found.values(), key=lambda one: one.diagnostic.sort_key))
