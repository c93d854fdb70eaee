"""Published rules that nobody answers for."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from policy.catalogue.lint import NO_OWNER
from policy.diagnostics import Diagnostic
from policy.lint import LintFinding
from policy.rules import Rule


def find_unowned(context: LintContext) -> Iterator[LintFinding]:
    """Note each published rule without an owner; where no rule has one, that is one note and not one per rule."""
    unowned = [rule for rule in context.published if not rule.owner]
    hint = 'add `owner "iam@example.org"` below its title'
    if len(unowned) == len(context.published) > 1:
        first = min(unowned, key=_place)
        detail = f"None of the {len(unowned)} published rules says who answers for it; `{first.id}` is the first."
        yield LintFinding(Diagnostic(NO_OWNER, detail, first.span, hint))
        return
    for rule in unowned:
        detail = f"Rule `{rule.id}` does not say who answers for it."
        yield LintFinding(Diagnostic(NO_OWNER, detail, rule.span, hint))


def _place(rule: Rule) -> tuple[str, int]:
    return rule.span.path, rule.span.line
