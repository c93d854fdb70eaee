"""Pairs of a `never` that the rules cannot bring together."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from policy.catalogue.lint import NEVER_APART
from policy.diagnostics import Diagnostic
from policy.lint import LintFinding


def find_never_apart(context: LintContext) -> Iterator[LintFinding]:
    """Note a `never` of which it is proved that no person can be entitled to both sides at once.

    Where no rule grants one of the sides that is said already.
    """
    givers = context.published_givers
    for never in context.policy.nevers.values():
        if givers.of(never.first) and givers.of(never.second) and context.proofs.never_together(never):
            detail = f"No possible person is entitled to both sides of `{never.id}`: the conditions of the rules that "
            detail += "grant them exclude each other."
            hint = "keep it as a guard for rules to come, or remove it"
            yield LintFinding(Diagnostic(NEVER_APART, detail, never.span, hint))
