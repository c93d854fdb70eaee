"""Lead times and grace periods on the primary contract."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from policy.catalogue.lint import PRIMARY_WITH_MARGIN
from policy.diagnostics import Diagnostic
from policy.lint import LintFinding
from policy.rules import Rule, Scope, Window, WindowBound
from policy.types import Field


def find_primary_margins(context: LintContext) -> Iterator[LintFinding]:
    """Find rules for the primary contract that start before it or end after it.

    Somebody who moves has another primary contract by then, so the margin does not do what it says (LANGUAGE.md
    section 6).
    """
    for rule in context.policy.rules.values():
        if rule.scope is not Scope.PRIMARY_CONTRACT:
            continue
        for words, bound in _margins(rule):
            detail = f"Rule `{rule.id}` {words} its contract; who moves has another primary contract by then."
            hint = "make the rule `for any contract`, or remove the line"
            yield LintFinding(Diagnostic(PRIMARY_WITH_MARGIN, detail, bound.span, hint))


def _margins(rule: Rule) -> Iterator[tuple[str, WindowBound]]:
    windows: dict[Window, None] = dict.fromkeys([rule.window, *(grant.window for grant in rule.grants)])
    for window in windows:
        if window.starting is not None and _is_beyond(window.starting, "contract.start_date", "before"):
            yield "starts before", window.starting
        if window.ending is not None and _is_beyond(window.ending, "contract.end_date", "after"):
            yield "ends after", window.ending


def _is_beyond(bound: WindowBound, edge: str, direction: str) -> bool:
    moment = bound.moment
    if moment is None:
        return True  # `ending never`
    if not isinstance(moment.base, Field) or moment.base.name != edge or moment.offset is None:
        return False
    return moment.direction == direction and moment.offset.count > 0
