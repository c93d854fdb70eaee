"""Rules that grant nothing which other rules do not grant to the same people on the same days."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.graph.templates import templates_of
from engine.lint.context import LintContext
from engine.lint.rivals import Forms
from policy.catalogue.lint import NOTHING_NEW
from policy.diagnostics import Diagnostic
from policy.lint import LintFinding
from policy.rules import Rule, Template


def find_nothing_new(context: LintContext) -> Iterator[LintFinding]:
    """Find published rules of which it is proved that others cover them; of rules that cover each other the later one.

    Asked only where others may grant all that a rule grants, and their form does not tell that they leave somebody out.
    """
    forms = Forms(context.policy, context.proofs)
    covers: dict[str, tuple[str, ...]] = {}
    for rule in sorted(context.published, key=lambda one: one.span, reverse=True):
        rivals = _rivals(context, rule, forms)
        by = forms.cover_of(rule, rivals) or (context.proofs.cover_of(rule, rivals) if rivals else None)
        if by and not any(rule.id in covers.get(one, ()) for one in by):
            covers[rule.id] = by
            yield _finding(context, rule, by)


def _finding(context: LintContext, rule: Rule, by: tuple[str, ...]) -> LintFinding:
    named = [f"`{one}`" for one in by]
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]} together"
    grant = "grants" if len(named) == 1 else "grant"
    detail = f"All that rule `{rule.id}` grants, {listed} {grant} to the same people on the same days."
    related = tuple((f"`{one}` stands here", context.policy.rules[one].span) for one in by)
    hint = "remove it, or say in its condition whom the others leave out"
    return LintFinding(Diagnostic(NOTHING_NEW, detail, rule.span, hint, related=related))


def _rivals(context: LintContext, rule: Rule, forms: Forms) -> frozenset[str]:
    """Name published rules that may cover a rule; none as soon as something it grants has no such rules."""
    templates = {(one.target, one.kind, one.parts): one for grant in rule.grants for one in templates_of(grant)}
    asked = [(granted, partial(_givers, context, template)) for granted, template in templates.items()]
    found: list[frozenset[str]] = []
    for granted, givers in sorted(asked, key=lambda one: forms.count_givers(*one)):  # what few grant is told soonest
        rivals = forms.rivals_of(rule, granted, givers)
        if not rivals:
            return frozenset()
        found.append(rivals)
    return frozenset().union(*found)


def _givers(context: LintContext, template: Template) -> tuple[str, ...]:
    fixed = template.fixed
    return context.published_givers.like(template) if fixed is None else context.published_givers.of(fixed)
