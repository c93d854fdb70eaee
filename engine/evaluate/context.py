"""What an evaluation works out once: the order of rules, their windows, departments, patterns and other operands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import re2

from engine.graph.holds import rule_order
from engine.graph.templates import templates_of
from engine.people.departments import DepartmentTree
from engine.people.horizon import contract_horizon
from policy.entitlements import Entitlement
from policy.expressions import (
    ChangeOperand,
    Comparison,
    Condition,
    DepartmentsOperand,
    FlagOperand,
    MomentOperand,
    NoOperand,
    NumberOperand,
    Operand,
    PatternOperand,
    TextOperand,
    ValuesOperand,
    walk,
)
from policy.rules import CheckedPolicy, Grant, Rule, TableGrant, Window
from policy.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Spell:
    """Grants of one rule that share a window: `window` is its number in `Context.windows`."""

    window: int
    grants: tuple[Grant | TableGrant, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """One policy on one day, made ready.

    `rules` are those that take part, in an order in which everything a rule holds was granted before. `windows` are
    the different windows of all rules, `spells` the grants of every rule (drafts too, by id) by window. `operands` are
    the prepared right sides of comparisons by the identity of the operand (the policy keeps it alive), so that no
    pattern is compiled and no department expanded twice; `fixed` are the entitlements of templates without a field, by
    the identity of the template. Problems of contracts that ended before `horizon` freeze nobody.
    """

    policy: CheckedPolicy
    as_of: date
    departments: DepartmentTree
    rules: tuple[Rule, ...]
    windows: tuple[Window, ...]
    spells: Mapping[str, tuple[Spell, ...]]
    operands: Mapping[int, Any]
    fixed: Mapping[int, Entitlement]
    horizon: date


def prepare(policy: CheckedPolicy, snapshot: Snapshot, as_of: date, *, include_drafts: bool) -> Context:
    """Make `policy` ready for the day `as_of` over the departments of `snapshot`."""
    departments, _ = DepartmentTree.of(snapshot.departments)
    templates = [one for rule in policy.rules.values() for grant in rule.grants for one in templates_of(grant)]
    windows: dict[object, Window] = {}
    spells = {rule.id: _spells_of(rule, windows) for rule in policy.rules.values()}
    taking_part = {rule.id: rule for rule in policy.rules.values() if include_drafts or not rule.draft}
    return Context(
        policy=policy,
        as_of=as_of,
        departments=departments,
        rules=rule_order(taking_part),
        windows=tuple(windows.values()),
        spells=spells,
        operands=prepare_operands(conditions_of(policy), departments),
        fixed={id(one): entitlement for one in templates if (entitlement := one.fixed) is not None},
        horizon=contract_horizon(policy, as_of),
    )


def prepare_operands(conditions: Iterable[Condition], departments: DepartmentTree) -> dict[int, Any]:
    """Right sides of every comparison in `conditions`, by the identity of the operand."""
    return {
        id(one.operand): _prepare_operand(one.operand, departments)
        for condition in conditions
        for one in walk(condition)
        if isinstance(one, Comparison)
    }


def conditions_of(policy: CheckedPolicy) -> Iterator[Condition]:
    """Conditions of all rules, exclusions and events."""
    conditions = [rule.condition for rule in policy.rules.values()]
    conditions += [exclusion.condition for exclusion in policy.exclusions.values()]
    conditions += [event.condition for event in policy.events.values()]
    return (one for one in conditions if one is not None)


def window_of(rule: Rule, grant: Grant | TableGrant) -> Window:
    """Window of a grant: each bound is its own, else the rule's."""
    return Window(grant.window.starting or rule.window.starting, grant.window.ending or rule.window.ending)


def _spells_of(rule: Rule, windows: dict[object, Window]) -> tuple[Spell, ...]:
    """Grants of a rule by window; a window that says what none in `windows` says joins them."""
    grants: dict[int, list[Grant | TableGrant]] = {}
    for grant in rule.grants:
        window = window_of(rule, grant)
        said = tuple(bound and (bound.moment,) for bound in (window.starting, window.ending))  # wherever it is said
        windows.setdefault(said, window)
        grants.setdefault([*windows].index(said), []).append(grant)
    return tuple(Spell(number, tuple(found)) for number, found in grants.items())


def _prepare_operand(operand: Operand, departments: DepartmentTree) -> object:
    """Right side as `policy.operators.operator.Operator.meaning` takes it; None for a moment, which has no one date."""
    match operand:
        case TextOperand():
            return operand.text
        case NumberOperand():
            return operand.number
        case FlagOperand():
            return operand.flag
        case ValuesOperand():
            return frozenset(operand.values)
        case DepartmentsOperand():
            return _expand(operand, departments)
        case PatternOperand():
            return re2.compile(operand.pattern).fullmatch
        case ChangeOperand():
            return operand.before, operand.after
        case MomentOperand() | NoOperand():
            return None


def _expand(operand: DepartmentsOperand, departments: DepartmentTree) -> frozenset[str]:
    if not operand.or_below:
        return frozenset(operand.departments)
    return frozenset().union(*(departments.subtree(one) | {one} for one in operand.departments))
