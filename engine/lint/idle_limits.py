"""Limits that can never be reached, or not before another one of the same target."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from engine.reconcile.limits import limit_text
from policy.catalogue.lint import LIMIT_NEVER_REACHED
from policy.diagnostics import Diagnostic
from policy.entitlements import Kind
from policy.lint import LintFinding
from policy.source import Span
from policy.targets import Limit, TargetPolicy

_WHOLE = 10_000
"""All of what is managed, in hundredths of a percent."""


def find_idle_limits(context: LintContext) -> Iterator[LintFinding]:
    """Find limits of which it is certain: past everything there is, or past a stricter one beside them."""
    persons = context.people.persons if context.people else None
    for target in context.policy.targets.values():
        for limit in target.limits:
            words = _past_everything(limit, persons)
            stricter = None if words else next((one for one in target.limits if _is_stricter(one, limit)), None)
            if stricter is not None:
                words = f"whenever it is reached, the limit of {limit_text(stricter)} beside it is reached too"
            if words:
                detail = f"The limit of {limit_text(limit)} on {limit.action} {limit.kind} in `{target.id}` decides "
                detail += f"nothing: {words}."
                hint = "lower it, or remove the line"
                yield LintFinding(
                    Diagnostic(LIMIT_NEVER_REACHED, detail, limit.span, hint, related=_see(target, stricter))
                )


def _see(target: TargetPolicy, stricter: Limit | None) -> tuple[tuple[str, Span], ...]:
    return () if stricter is None else ((f"the stricter limit of `{target.id}`", stricter.span),)


def _past_everything(limit: Limit, persons: int | None) -> str | None:
    """Say why no diff can reach a limit, if none can.

    No more can be revoked or updated than is managed; a grant may well double what there is, but each person has one
    account. Over several days the same can be granted and revoked again, so a budget is left alone.
    """
    if limit.days is not None:
        return None
    by_percent = limit.percent_hundredths is None or (limit.action != "grant" and limit.percent_hundredths > _WHOLE)
    if limit.count is None:
        return "no more than everything can be there to lose" if by_percent and limit.percent_hundredths else None
    one_each = limit.kind is not Kind.PERMISSION and limit.action == "grant"
    by_count = one_each and persons is not None and limit.count > persons
    return f"the latest snapshot has {persons} persons" if by_count and by_percent else None


def _is_stricter(one: Limit, limit: Limit) -> bool:
    """Tell whether `one` is reached whenever `limit` is."""
    if one is limit or (one.action, one.kind) != (limit.action, limit.kind) or (one.days or 0) < (limit.days or 0):
        return False
    if (one.days or 0) == (limit.days or 0):
        return False  # the checker refuses two limits of one bucket over the same days
    count = limit.count is None or (one.count is not None and one.count <= limit.count)
    share, whole = one.percent_hundredths, limit.percent_hundredths
    percent = whole is None or (share is not None and share <= whole)
    return count and percent
