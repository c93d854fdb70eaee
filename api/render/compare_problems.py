"""What a comparison found as diagnostics at the places of HEAD, for SARIF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from api.render.compare_view import (
    blame_title,
    blame_words,
    declaration_title,
    failing_title,
    limit_sentence,
    never_sentence,
    people_totals,
)
from policy.catalogue.comparison import (
    DECLARATION_CHANGED,
    ENTITLEMENT_MIXED,
    ENTITLEMENT_NARROWED,
    ENTITLEMENT_UNDECIDED,
    ENTITLEMENT_WIDENED,
    LIMIT_WOULD_TRIP,
    NEVER_VIOLABLE,
    TEST_FAILS_NOW,
)
from policy.comparison import Comparison, DeclarationChange, EntitlementComparison, SideEffects
from policy.diagnostics import Diagnostic
from policy.proofs import Verdict
from policy.source import Span

_KINDS = {
    Verdict.WIDENED: ENTITLEMENT_WIDENED,
    Verdict.NARROWED: ENTITLEMENT_NARROWED,
    Verdict.MIXED: ENTITLEMENT_MIXED,
    Verdict.UNDECIDED: ENTITLEMENT_UNDECIDED,
}


def comparison_problems(comparison: Comparison, *, anywhere: Span | None = None) -> tuple[Diagnostic, ...]:
    """One problem per entitlement that is not the same, at the clause to blame, and per side effect; by place.

    What has no place in HEAD is shown `anywhere`: code scanning takes nothing without one.
    """
    found = [_entitlement(one, comparison) for one in comparison.changed]
    found += _effects(comparison.effects)
    placed = [one if one.span is not None else replace(one, span=anywhere) for one in found]
    return tuple(sorted(placed, key=lambda one: one.sort_key))


def _entitlement(one: EntitlementComparison, comparison: Comparison) -> Diagnostic:
    sentences = [f"{one.text} is {one.verdict.value}."]
    sentences += [one.why] if one.why else []
    sentences += [f"{blame_words(one).capitalize()}: {blame_title(blame)}." for blame in one.blame]
    totals = people_totals(one)
    if totals and comparison.population is not None:
        sentences.append(f"Of {comparison.population.origin}: {totals}.")
    places = [blame.head.span for blame in one.blame if blame.head is not None]
    related = tuple(("this clause is to blame, too", place) for place in dict.fromkeys(places[1:]))
    return Diagnostic(
        _KINDS[one.verdict], " ".join(sentences), span=places[0] if places else None, subject=one.text, related=related
    )


def _effects(effects: SideEffects) -> Iterator[Diagnostic]:
    for change in effects.declarations:
        yield _declaration(change)
    for never in effects.nevers:
        if never.became_violable:
            yield Diagnostic(NEVER_VIOLABLE, f"{never_sentence(never)}.", span=never.clause.span, subject=never.id)
    for limit in effects.limits:
        if limit.new:
            yield Diagnostic(
                LIMIT_WOULD_TRIP, limit_sentence(limit), span=_place(limit.head.at), subject=limit.head.target
            )
    for test in effects.tests:
        why = "; ".join(test.why)
        place = _place(test.at) if test.side == "head" else None
        yield Diagnostic(TEST_FAILS_NOW, f"{failing_title(test)}: {why}", span=place, subject=test.title)


def _declaration(change: DeclarationChange) -> Diagnostic:
    what = f": {'; '.join(change.what)}" if change.what else ""
    span = change.head.span if change.head is not None else None
    return Diagnostic(DECLARATION_CHANGED, f"{declaration_title(change)}{what}.", span=span, subject=change.id)


def _place(at: str) -> Span:
    """Span of a whole line, from `path:line`."""
    path, _, line = at.rpartition(":")
    return Span(path, int(line), 1, int(line) + 1, 1)
