"""Conditions that are never true: rules that grant nothing, exclusions that leave nobody alone."""

from __future__ import annotations

from collections.abc import Iterator

from engine.graph.holds import held_by
from engine.lint.context import LintContext
from policy.catalogue.lint import IMPOSSIBLE
from policy.diagnostics import Diagnostic
from policy.expressions import AllOf, AnyOf, Condition, NoneOf, Not
from policy.lint import LintFinding
from policy.rules import Rule, Scope
from policy.source import Span

_HINT = "look for two parts that cannot both be so; one of them was meant otherwise"


def find_impossible(context: LintContext) -> Iterator[LintFinding]:
    """Find conditions of which it is proved that they are true of nobody, on no day, and alternatives in them.

    Of a rule the days count too on which it grants anything: a contract that has not begun yet is in no window that
    begins with it.
    """
    proofs = context.proofs
    for rule in context.policy.rules.values():
        if _holds_nothing(context, rule):
            continue  # that no rule grants what it asks for is said already, at the right place
        asking = (rule.id, rule.span)
        if rule.condition is not None and proofs.is_never_true(rule.condition, rule.scope, asking):
            yield _finding(f"Nobody can satisfy this, so rule `{rule.id}` grants nothing.", rule.condition.span)
        elif proofs.never_applies(rule):
            yield _on_no_day(rule)
        else:
            for part in _alternatives(rule.condition):
                if not proofs.is_free(part) and proofs.is_never_true(part, rule.scope, asking):
                    yield _finding("Nobody can satisfy this alternative, so it changes nothing.", part.span)
    for exclusion in context.policy.exclusions.values():
        condition = exclusion.condition
        asking = (exclusion.id, exclusion.span)
        if condition is not None and proofs.is_never_true(condition, Scope.ANY_CONTRACT, asking):
            detail = f"Nobody can satisfy this, so exclusion `{exclusion.id}` leaves nobody alone."
            yield _finding(detail, condition.span)


def _holds_nothing(context: LintContext, rule: Rule) -> bool:
    return any(not context.givers.of(one) for one in held_by(rule))


def _on_no_day(rule: Rule) -> LintFinding:
    if rule.condition is None:
        bound = rule.window.starting or next(one.window.starting for one in rule.grants if one.window.starting)
        detail = f"The days from `starting` to `ending` hold no day, so rule `{rule.id}` grants nothing."
        return LintFinding(Diagnostic(IMPOSSIBLE, detail, bound.span, "correct `starting` or `ending`"))
    detail = f"Nobody can satisfy this on a day on which rule `{rule.id}` grants anything."
    hint = "compare it with `starting` and `ending`; unsaid, they are the first and the last day of the contract"
    return LintFinding(Diagnostic(IMPOSSIBLE, detail, rule.condition.span, hint))


def _finding(detail: str, place: Span) -> LintFinding:
    return LintFinding(Diagnostic(IMPOSSIBLE, detail, place, _HINT))


def _alternatives(condition: Condition | None) -> Iterator[Condition]:
    """Give parts of a condition that would each be enough, wherever they stand in it; not those of defines."""
    match condition:
        case AnyOf() | NoneOf():
            for one in condition.conditions:
                yield one
                yield from _alternatives(one)
        case AllOf():
            for one in condition.conditions:
                yield from _alternatives(one)
        case Not():
            yield from _alternatives(condition.condition)
        case _:
            return
