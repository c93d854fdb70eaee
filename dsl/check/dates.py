"""What only today can tell: exclusions that end soon, or have ended."""

from __future__ import annotations

from datetime import date

from dsl.problems import Findings
from policy.catalogue.structure import EXCLUSION_ENDED, EXCLUSION_ENDS_SOON
from policy.diagnostics import Diagnostic
from policy.rules import CheckedPolicy

WARN_DAYS = 30


def check_dates(policy: CheckedPolicy, today: date) -> tuple[Diagnostic, ...]:
    """Warn of exclusions from 30 days before their last day on, and of those past it; by place.

    `today` is the calendar date in the policy's timezone. An exclusion still holds on its last day.
    """
    findings = Findings()
    for exclusion in policy.exclusions.values():
        until = exclusion.until
        if until is None:
            continue
        days = (until - today).days
        if days < 0:
            detail = f"`{exclusion.id}` held until {until.isoformat()}; now it leaves nobody alone."
            findings.report(EXCLUSION_ENDED, detail, exclusion.span, hint="remove it, or give it a later `until`")
        elif days <= WARN_DAYS:
            when = "today" if days == 0 else f"in {days} days" if days > 1 else "tomorrow"
            detail = f"`{exclusion.id}` holds until {until.isoformat()}, {when}; after that it leaves nobody alone."
            findings.report(EXCLUSION_ENDS_SOON, detail, exclusion.span, hint="give it a later `until`, or let it end")
    return findings.sorted
