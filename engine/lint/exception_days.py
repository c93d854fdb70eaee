"""Exceptions of a `never` that end soon, or have ended."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from engine.lint.last_days import SOON_DAYS, in_words
from policy.catalogue.lint import EXCEPTION_ENDED, EXCEPTION_ENDS_SOON
from policy.diagnostics import Diagnostic
from policy.lint import LintFinding


def find_exception_days(context: LintContext) -> Iterator[LintFinding]:
    """Find exceptions from 30 days before their last day on, and those past it. One still holds on its last day."""
    for never in context.policy.nevers.values():
        for one in never.exceptions:
            if one.until is None:
                continue
            days = (one.until - context.today).days
            if days < 0:
                detail = f"Person {one.person} could hold both sides of `{never.id}` until {one.until.isoformat()}; "
                detail += "now this line allows nothing."
                hint = "remove the line, or give it a later `until`"
                yield LintFinding(Diagnostic(EXCEPTION_ENDED, detail, one.span, hint))
            elif days <= SOON_DAYS:
                detail = f"Person {one.person} may hold both sides of `{never.id}` until {one.until.isoformat()}, "
                detail += f"{in_words(days)}."
                hint = "give it a later `until`, or let it end"
                yield LintFinding(Diagnostic(EXCEPTION_ENDS_SOON, detail, one.span, hint))
