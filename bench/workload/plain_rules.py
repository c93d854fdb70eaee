"""The checked policy as plain as every engine can take it: tests on fields under and, or and not, days and numbers.

It knows what rules of the workload are made of, and refuses anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.people.departments import DepartmentTree
from policy.entitlements import Entitlement
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DepartmentsOperand,
    FlagOperand,
    MomentOperand,
    Named,
    NoneOf,
    NoOperand,
    Not,
    NumberOperand,
    Operand,
    PatternOperand,
    TextOperand,
    ValuesOperand,
)
from policy.moments import Unit, move
from policy.people import Department
from policy.rules import CheckedPolicy, Grant, Rule, Scope, Window, WindowBound
from policy.types import Field, Root


class Op(StrEnum):
    """What a test asks of a value that is there."""

    IN = "in"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    CONTAINS = "contains"
    MATCHES = "matches"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    KNOWN = "known"
    TRUE = "true"


@dataclass(frozen=True, slots=True)
class Test:
    """A test on a field, by root and path of its column. False where the value is absent, and true when `negated`.

    `operand`: texts, ascending (IN), a text or a pattern for the whole value, a number or a day; None with KNOWN and
    TRUE.
    """

    root: Root
    path: str
    op: Op
    operand: tuple[str, ...] | str | Decimal | date | None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Every part is true; so it is without any."""

    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One part is true."""

    parts: tuple[Term, ...]


Term = Test | All | Some
"""A condition whose negations all stand at its tests."""


@dataclass(frozen=True, slots=True)
class PlainRule:
    """A rule for any contract whose term is true from `starts_days` days before its start to `ends_days` after its end.

    `number` is its place by id. `entitlements` are places in `PlainRules.entitlements`, ascending.
    """

    number: int
    id: str
    term: Term
    starts_days: int
    ends_days: int
    entitlements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlainRules:
    """All rules by id, on one day, and everything they may give, ascending."""

    as_of: date
    rules: tuple[PlainRule, ...]
    entitlements: tuple[Entitlement, ...]

    @property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """Different windows: days before the start, days after the end."""
        return tuple(sorted({(rule.starts_days, rule.ends_days) for rule in self.rules}))


def plain_rules(policy: CheckedPolicy, departments: Sequence[Department], as_of: date) -> PlainRules:
    """Say the rules of a policy plainly, on one day and over these departments."""
    given = {rule.id: [_entitlement(grant) for grant in rule.grants] for rule in policy.rules.values()}
    entitlements = tuple(sorted({one for found in given.values() for one in found}))
    places = {one: place for place, one in enumerate(entitlements)}
    tree, _ = DepartmentTree.of(departments)
    terms = _Terms(tree, as_of)
    rules = []
    for number, (rule_id, rule) in enumerate(sorted(policy.rules.items())):
        assert rule.scope is Scope.ANY_CONTRACT, f"no rule of the workload: {rule_id}"
        starts, ends = _days(rule)
        found = tuple(sorted({places[one] for one in given[rule_id]}))
        term = All(()) if rule.condition is None else terms.term(rule.condition)
        rules.append(PlainRule(number, rule_id, term, starts, ends, found))
    return PlainRules(as_of, tuple(rules), entitlements)


def tests_of(term: Term) -> Iterable[Test]:
    """Give every test of a term, in reading order."""
    if isinstance(term, Test):
        yield term
    else:
        for part in term.parts:
            yield from tests_of(part)


def _entitlement(grant: object) -> Entitlement:
    assert isinstance(grant, Grant), "the workload has no tables"
    assert grant.window == Window(), "the workload has windows on rules alone"
    fixed = grant.template.fixed
    assert fixed is not None, "the workload grants by name"
    return fixed


def _days(rule: Rule) -> tuple[int, int]:
    """Days before the start and behind the end that the rule's window has."""
    return _bound(rule.window.starting, "start_date", "before"), _bound(rule.window.ending, "end_date", "after")


def _bound(bound: WindowBound | None, path: str, direction: str) -> int:
    if bound is None:
        return 0
    moment = bound.moment
    own = moment is not None and isinstance(moment.base, Field) and moment.base.path == path
    assert own, "a bound of the workload rests on the contract's own day"
    assert moment is not None
    assert moment.offset is not None
    assert (moment.direction, moment.offset.unit) == (direction, Unit.DAYS), str(moment)
    return moment.offset.count


_OPS = {
    "starts with": Op.STARTS_WITH,
    "ends with": Op.ENDS_WITH,
    "contains": Op.CONTAINS,
    "matches": Op.MATCHES,
    "before": Op.LESS,
    "less than": Op.LESS,
    "on or before": Op.AT_MOST,
    "at most": Op.AT_MOST,
    "after": Op.MORE,
    "more than": Op.MORE,
    "on or after": Op.AT_LEAST,
    "at least": Op.AT_LEAST,
}


@dataclass(frozen=True, slots=True)
class _Terms:
    departments: DepartmentTree
    as_of: date

    def term(self, condition: Condition, *, negated: bool = False) -> Term:
        """Say a condition, or its opposite, plainly."""
        match condition:
            case Comparison():
                return self._test(condition, negated=negated != condition.negated)
            case Named():
                return self.term(condition.condition, negated=negated)
            case Not():
                return self.term(condition.condition, negated=not negated)
            case AllOf() | AnyOf() | NoneOf():
                opposite = negated != isinstance(condition, NoneOf)
                parts = tuple(self.term(one, negated=opposite) for one in condition.conditions)
                return All(parts) if isinstance(condition, AllOf) != opposite else Some(parts)
            case _:
                raise AssertionError(f"the workload has no {type(condition).__name__}")

    def _test(self, condition: Comparison, *, negated: bool) -> Test:
        field, operand = condition.field, condition.operand
        assert field.root != "account", "rules ask nothing of accounts"

        def test(op: Op, right: tuple[str, ...] | str | Decimal | date | None) -> Test:
            return Test(field.root, field.key, op, right, negated)

        match operand:
            case TextOperand() if condition.operator == "is":
                return test(Op.IN, (operand.text,))
            case ValuesOperand():
                return test(Op.IN, tuple(sorted(str(one) for one in operand.values)))
            case DepartmentsOperand():
                return test(Op.IN, self._expand(operand))
            case FlagOperand():
                assert operand.flag, "flags of the workload stand alone"
                return test(Op.TRUE, None)
            case NoOperand():
                return test(Op.KNOWN, None)
            case _:
                return test(_OPS[condition.operator], self._right(operand))

    def _expand(self, operand: DepartmentsOperand) -> tuple[str, ...]:
        if not operand.or_below:
            return operand.departments
        return tuple(sorted({code for one in operand.departments for code in (one, *self.departments.subtree(one))}))

    def _right(self, operand: Operand) -> str | Decimal | date:
        match operand:
            case TextOperand():
                return operand.text
            case PatternOperand():
                return operand.pattern
            case NumberOperand():
                return operand.number
            case MomentOperand():
                base = self.as_of if operand.moment.base == "today" else operand.moment.base
                assert isinstance(base, date), "moments of the workload are days or rest on today"
                return move(base, operand.moment.offset, operand.moment.direction)
            case _:
                raise AssertionError(f"the workload has no {type(operand).__name__}")
