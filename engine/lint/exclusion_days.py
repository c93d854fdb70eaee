"""Exclusions that end soon, or have ended: what only today can tell."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from engine.lint.last_days import SOON_DAYS, in_words
from policy.catalogue.lint import EXCLUSION_ENDED, EXCLUSION_ENDS_SOON
from policy.diagnostics import Diagnostic
from policy.lint import LintFinding


def find_exclusion_days(context: LintContext) -> Iterator[LintFinding]:
    """Find exclusions from 30 days before their last day on, and those past it. One still holds on its last day."""
    for exclusion in context.policy.exclusions.values():
        until = exclusion.until
        if until is None:
            continue
        days = (until - context.today).days
        if days < 0:
            detail = f"`{exclusion.id}` held until {until.isoformat()}; now it leaves nobody alone."
            hint = "remove it, or give it a later `until`"
            yield LintFinding(Diagnostic(EXCLUSION_ENDED, detail, exclusion.span, hint))
        elif days <= SOON_DAYS:
            detail = f"`{exclusion.id}` holds until {until.isoformat()}, {in_words(days)}; "
            detail += "after that it leaves nobody alone."
            hint = "give it a later `until`, or let it end"
            yield LintFinding(Diagnostic(EXCLUSION_ENDS_SOON, detail, exclusion.span, hint))
