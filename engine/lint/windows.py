"""Windows of grants by what they say, wherever it is said."""

from __future__ import annotations

from collections.abc import Iterable

from engine.lint.reach import begins_within
from policy.moments import Moment
from policy.rules import Grant, Rule, Scope, TableGrant, Template, WindowBound

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


Line = tuple[object, tuple[Bound, Bound]]


def lines_of(rule: Rule) -> frozenset[Line]:
    """Give what a rule grants on which days, to be compared with another rule; a table is one line."""
    return frozenset((_granted(grant), window_of(rule, grant)) for grant in rule.grants)


def surely_meet(rule: Rule, one: Grant | TableGrant, other: Grant | TableGrant) -> bool:
    """Tell whether two grants of a rule surely have a day in common, when each has any day at all."""
    if rule.scope is Scope.PERSON:
        return True
    if any(mine == yours for mine, yours in zip(window_of(rule, one), window_of(rule, other), strict=True)):
        return True
    return begins_within((rule, one), (rule, other)) or begins_within((rule, other), (rule, one))


def _granted(grant: Grant | TableGrant) -> object:
    if isinstance(grant, Grant):
        return _spelled((grant.template,))
    rows = tuple((key, _spelled(row)) for key, row in grant.rows.items())
    return grant.field, rows, _spelled(grant.otherwise)


def _spelled(templates: Iterable[Template]) -> tuple[object, ...]:
    return tuple((one.target, one.kind, one.parts) for one in templates)


def _said(own: WindowBound | None, of_rule: WindowBound | None) -> Bound:
    bound = own or of_rule
    return _CONTRACT if bound is None else bound.moment
