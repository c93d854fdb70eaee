"""Conditions that are always true: they say nothing, and read as if they did."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.context import LintContext
from policy.catalogue.lint import ALWAYS_TRUE
from policy.diagnostics import Diagnostic
from policy.expressions import AllOf, AnyOf, Comparison, Condition, Named, TextOperand, ValuesOperand
from policy.lint import LintFinding
from policy.rules import Rule, Scope


def find_always_true(context: LintContext) -> Iterator[LintFinding]:
    """Find conditions, and parts of `and`, of which it is proved that they are true of everybody whose data are whole.

    One that lists every value of a closed field is left alone: it begins to matter when a value is added.
    """
    proofs = context.proofs
    for rule in context.policy.rules.values():
        for part in _parts(rule):
            if not _lists_everything(part) and proofs.is_always_true(part, rule.scope, (rule.id, rule.span)):
                detail = f"Everybody satisfies this, so rule `{rule.id}` would grant the same without it."
                yield _finding(detail, part)
    for exclusion in context.policy.exclusions.values():
        condition = exclusion.condition
        asking = (exclusion.id, exclusion.span)
        if condition is not None and proofs.is_always_true(condition, Scope.ANY_CONTRACT, asking):
            detail = f"Everybody satisfies this, so exclusion `{exclusion.id}` leaves everybody alone."
            yield _finding(detail, condition)


def _finding(detail: str, condition: Condition) -> LintFinding:
    hint = "leave it out, or say what was meant"
    if isinstance(condition, AnyOf):
        hint += "; `is not … or is not …` is true of everybody, `not in (…)` is not"
    return LintFinding(Diagnostic(ALWAYS_TRUE, detail, condition.span, hint))


def _parts(rule: Rule) -> Iterator[Condition]:
    """Give the condition of a rule, taken apart at `and`."""
    waiting = [] if rule.condition is None else [rule.condition]
    while waiting:
        part = waiting.pop()
        if isinstance(part, AllOf):
            waiting += part.conditions
        else:
            yield part


def _lists_everything(condition: Condition) -> bool:
    match condition:
        case Named():
            return _lists_everything(condition.condition)
        case Comparison(negated=False, operand=ValuesOperand(values=values)):
            return set(values) >= set(condition.field.one_of or ("",))
        case Comparison(negated=False, operand=TextOperand(text=text)):
            return condition.field.one_of == (text,)
        case _:
            return False
