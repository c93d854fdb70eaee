"""What authors allow: findings they know of, for a reason and until a day; and allowances that are none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date

from policy.catalogue import lint as kinds
from policy.diagnostics import Diagnostic
from policy.lint import Allowance, Edit, Fix, LintFinding


def without_allowed(
    findings: Iterable[LintFinding], allowances: Iterable[Allowance], today: date
) -> tuple[list[LintFinding], list[Allowance]]:
    """Leave out findings that a whole allowance speaks of; give the others, and the allowances that spoke of none.

    An allowance is whole when it has a reason and a last day that has not passed.
    """
    whole: dict[tuple[str, str], list[Allowance]] = {}
    for one in allowances:
        if one.because is not None and one.until is not None and one.until >= today:
            whole.setdefault((one.span.path, one.code), []).append(one)
    kept: list[LintFinding] = []
    spoke: set[Allowance] = set()
    for finding in findings:
        place = finding.diagnostic.span
        asked = whole.get((place.path, finding.diagnostic.code), []) if place else []
        speaking = [one for one in asked if place and one.first_line <= place.line <= one.last_line]
        spoke.update(speaking)
        if not speaking:
            kept.append(finding)
    return kept, [one for many in whole.values() for one in many if one not in spoke]


def judge_allowances(
    allowances: Iterable[Allowance],
    idle: Iterable[Allowance],
    *,
    known: AbstractSet[str],
    looked_at: AbstractSet[str],
    today: date,
) -> Iterator[LintFinding]:
    """Find allowances that do not count, and those `idle` ones that spoke of no finding.

    `known` are the codes that can be allowed; only of those `looked_at` whole in this run can it be said that there is
    nothing to allow.
    """
    for one in allowances:
        problem = _problem(one, known, today)
        if problem is not None:
            yield problem
    for one in idle:
        if one.code in looked_at:
            detail = f"There is nothing of {one.code} here to allow."
            yield LintFinding(
                Diagnostic(kinds.ALLOWANCE_OF_NOTHING, detail, one.span, "remove the comment"), _removal(one)
            )


def _problem(one: Allowance, known: AbstractSet[str], today: date) -> LintFinding | None:
    if one.code not in known:
        detail = f"{one.code} cannot be allowed: only what `ordain lint` finds of rules that have no errors can."
        hint = "correct the code; docs/lint.md lists those there are"
        return LintFinding(Diagnostic(kinds.ALLOWANCE_OF_UNKNOWN, detail, one.span, hint))
    if one.because is None:
        detail = f"Why {one.code} is allowed here is not said, so it does not count."
        hint = 'add a reason behind it: `because "…"`'
        return LintFinding(Diagnostic(kinds.ALLOWANCE_WITHOUT_REASON, detail, one.span, hint))
    if one.until is None:
        detail = f"Until when {one.code} is allowed here is not said, so it does not count."
        hint = "add the day on which to look again, before `because`: `until 2026-12-31`"
        return LintFinding(Diagnostic(kinds.ALLOWANCE_WITHOUT_DATE, detail, one.span, hint))
    if one.until < today:
        detail = f"{one.code} was allowed here until {one.until.isoformat()}."
        hint = "solve what it allowed and remove the comment, or give it a later day"
        return LintFinding(Diagnostic(kinds.ALLOWANCE_ENDED, detail, one.span, hint), _removal(one))
    return None


def _removal(one: Allowance) -> Fix:
    return Fix("remove the comment", (Edit(one.span, ""),))
