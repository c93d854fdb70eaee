"""Rules that grant both sides of a `never` to the same people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.lint.context import LintContext
from engine.lint.windows import surely_meet
from policy.catalogue.lint import NEVER_IN_ONE_RULE
from policy.diagnostics import Diagnostic
from policy.entitlements import Entitlement
from policy.lint import LintFinding
from policy.rules import Grant, Never, Rule, Template
from policy.source import Span


def find_never_in_one_rule(context: LintContext) -> Iterator[LintFinding]:
    """Find them where it is certain: both are granted to whoever satisfies the rule, or on one line of a table."""
    for never in context.policy.nevers.values():
        givers = set(context.givers.of(never.first)) & set(context.givers.of(never.second))
        for rule in (context.policy.rules[one] for one in sorted(givers)):
            both = _both(rule, never)
            if both is not None:
                first, second = both
                detail = f"Rule `{rule.id}` grants both sides of `{never.id}` to the same people, who get neither."
                related = (
                    (f"`{never.id}` forbids it here", never.span),
                    ("the other side is granted here", second),
                )
                hint = "grant them by two rules, for people that differ"
                yield LintFinding(Diagnostic(NEVER_IN_ONE_RULE, detail, first, hint, related=related))


def _both(rule: Rule, never: Never) -> tuple[Span, Span] | None:
    """Places that give the two sides to one person on one day."""
    firsts, seconds = ([one for one in rule.grants if _gives(one, side)] for side in (never.first, never.second))
    for first in firsts:
        for second in seconds:
            if isinstance(first, Grant) and isinstance(second, Grant) and surely_meet(rule, first, second):
                return first.span, second.span
    for grant in rule.grants:
        if not isinstance(grant, Grant):
            for row in (*grant.rows.values(), grant.otherwise):
                first_in, second_in = _among(row, never.first), _among(row, never.second)
                if first_in is not None and second_in is not None:
                    return first_in.span, second_in.span
    return None


def _gives(grant: object, side: Entitlement) -> bool:
    return isinstance(grant, Grant) and grant.template.fixed == side


def _among(row: Iterable[Template], side: Entitlement) -> Template | None:
    return next((one for one in row if one.fixed == side), None)
