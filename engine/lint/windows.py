"""Windows of grants by what they say, wherever it is said."""

from __future__ import annotations

from policy.moments import Moment
from policy.rules import Grant, Rule, Scope, TableGrant, WindowBound

_CONTRACT = "contract"
Bound = Moment | str | None


def window_of(rule: Rule, grant: Grant | TableGrant) -> tuple[Bound, Bound]:
    """Bounds of a grant in its rule, to be compared with those of another: the grant's own go before the rule's.

    A bound that nobody said is the contract's; None is `ending never`.
    """
    return (
        _said(grant.window.starting, rule.window.starting),
        _said(grant.window.ending, rule.window.ending),
    )


def begin_or_end_together(rule: Rule, one: Grant | TableGrant, other: Grant | TableGrant) -> bool:
    """Tell whether two grants of a rule surely have a day in common, when each has any day at all."""
    if rule.scope is Scope.PERSON:
        return True
    return any(mine == yours for mine, yours in zip(window_of(rule, one), window_of(rule, other), strict=True))


def _said(own: WindowBound | None, of_rule: WindowBound | None) -> Bound:
    bound = own or of_rule
    return _CONTRACT if bound is None else bound.moment
