"""Published rules that missing data would satisfy."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from engine.lint.true_without import true_without
from policy.catalogue.lint import NEGATION_OVER_OPTIONAL
from policy.diagnostics import Diagnostic
from policy.expressions import Comparison
from policy.lint import LintFinding


def find_missing_data(context: LintContext) -> Iterator[LintFinding]:
    """Find negations over a field that is not required, unless another part of the same `and` wants a value of it."""
    for rule in context.published:
        for condition in true_without(rule.condition) if rule.condition else ():
            if isinstance(condition, Comparison):
                name = condition.field.name
                detail = f"When `{name}` is missing this is true, so rule `{rule.id}` would grant to somebody whose "
                detail += "data are incomplete."
                hint = f"add `and {name} is known`, or declare the field as `required`"
                yield LintFinding(Diagnostic(NEGATION_OVER_OPTIONAL, detail, condition.span, hint))
