"""What an evaluation works out once: the order of rules, their windows, departments, patterns and other operands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import re2

from engine.graph.holds import rule_order
from engine.graph.templates import templates_of
from engine.people.departments import DepartmentTree
from engine.people.horizon import LookBack, look_back
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
from policy.people import Department
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
    ready = _make_ready(_Same(policy), include_drafts=include_drafts)
    departments = _tree_of(snapshot.departments)
    return Context(
        policy=policy,
        as_of=as_of,
        departments=departments,
        rules=ready.rules,
        windows=ready.windows,
        spells=ready.spells,
        operands={**ready.operands, **_expanded(ready.departments, departments)},
        fixed=ready.fixed,
        horizon=ready.look_back.since(as_of),
    )


@lru_cache(maxsize=4)  # the same departments are asked about person by person, and day by day
def _tree_of(departments: tuple[Department, ...]) -> DepartmentTree:
    return DepartmentTree.of(departments)[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """What hangs on the policy alone: the same on every day and over every snapshot. `departments` are operands."""

    rules: tuple[Rule, ...]
    windows: tuple[Window, ...]
    spells: Mapping[str, tuple[Spell, ...]]
    operands: Mapping[int, Any]
    departments: tuple[DepartmentsOperand, ...]
    fixed: Mapping[int, Entitlement]
    look_back: LookBack


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A policy as a key: equal to itself alone (keys of operands are identities, so an equal policy is no help)."""

    policy: CheckedPolicy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.policy is self.policy

    def __hash__(self) -> int:
        return id(self.policy)


@lru_cache(maxsize=4)  # tests and comparisons ask for the same policies on many days
def _make_ready(same: _Same, *, include_drafts: bool) -> _Ready:
    policy = same.policy
    compared = _compared(conditions_of(policy))
    templates = [one for rule in policy.rules.values() for grant in rule.grants for one in templates_of(grant)]
    windows: dict[object, Window] = {}
    spells = {rule.id: _spells_of(rule, windows) for rule in policy.rules.values()}
    taking_part = {rule.id: rule for rule in policy.rules.values() if include_drafts or not rule.draft}
    return _Ready(
        rules=rule_order(taking_part),
        windows=tuple(windows.values()),
        spells=spells,
        operands={id(one): _prepare_operand(one) for one in compared},
        departments=_departments_in(compared),
        fixed={id(one): entitlement for one in templates if (entitlement := one.fixed) is not None},
        look_back=look_back(policy),
    )


def prepare_operands(conditions: Iterable[Condition], departments: DepartmentTree) -> dict[int, Any]:
    """Right sides of every comparison in `conditions`, by the identity of the operand."""
    compared = _compared(conditions)
    alone = {id(one): _prepare_operand(one) for one in compared}
    return {**alone, **_expanded(_departments_in(compared), departments)}


def _compared(conditions: Iterable[Condition]) -> list[Operand]:
    return [one.operand for condition in conditions for one in walk(condition) if isinstance(one, Comparison)]


def _departments_in(operands: Iterable[Operand]) -> tuple[DepartmentsOperand, ...]:
    return tuple(one for one in operands if isinstance(one, DepartmentsOperand))


def _expanded(operands: tuple[DepartmentsOperand, ...], departments: DepartmentTree) -> dict[int, frozenset[str]]:
    """Departments of each operand, by its identity; those that say the same are worked out once."""
    found: dict[DepartmentsOperand, frozenset[str]] = {}
    for one in operands:
        if one not in found:
            found[one] = _expand(one, departments)
    return {id(one): found[one] for one in operands}


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


def _prepare_operand(operand: Operand) -> object:
    """Right side as `policy.operators.operator.Operator.meaning` takes it; None where the policy alone cannot tell."""
    match operand:
        case TextOperand():
            return operand.text
        case NumberOperand():
            return operand.number
        case FlagOperand():
            return operand.flag
        case ValuesOperand():
            return frozenset(operand.values)
        case PatternOperand():
            return re2.compile(operand.pattern).fullmatch
        case ChangeOperand():
            return operand.before, operand.after
        case MomentOperand() | NoOperand() | DepartmentsOperand():
            return None


def _expand(operand: DepartmentsOperand, departments: DepartmentTree) -> frozenset[str]:
    if not operand.or_below:
        return frozenset(operand.departments)
    return frozenset().union(*(departments.subtree(one) | {one} for one in operand.departments))
