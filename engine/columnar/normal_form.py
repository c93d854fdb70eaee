"""Conditions as alternatives of conjunctions: each asks one look-up table per column (disjunctive normal form)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import NewType

import numpy as np

from engine.columnar.masks import Masks, meaning_of
from engine.columnar.population import Rows
from engine.columnar.truth import Days, Truth, begun, moment_days, not_over, rests_on, truth_of
from engine.columnar.typed import NEVER
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    HasContract,
    Holds,
    Named,
    NoneOf,
    Not,
    StatusIs,
)
from policy.rules import Rule, Scope, WindowBound
from policy.types import Field

ColumnKey = NewType("ColumnKey", str)
"""Names a column among those that `Sources` knows."""
Conjunction = Mapping[ColumnKey, Truth]
"""True of a row whose code in every named column is true in its table."""
Form = tuple[Conjunction, ...]
"""True of a row that one of the conjunctions is true of; empty: of none."""

MOST_ALTERNATIVES = 32
"""A condition of more alternatives is looked up as one column of truths instead."""

_ALWAYS: Form = ({},)


class TooManyError(Exception):
    """A condition has more alternatives than tables are good for."""


WorkOut = Callable[[Masks], Truth]
"""Works out a truth for all rows of a population."""


@dataclass(frozen=True, eq=False)
class Truths:
    """A truth of every row of a kind, and how the same is worked out for other people."""

    rows: Rows
    work_out: WorkOut
    truth: Truth


@dataclass(frozen=True, eq=False)
class Sources:
    """Columns that conjunctions look into, by key: codes of fields, and truths worked out for all rows (codes 0, 1)."""

    masks: Masks
    fields: dict[ColumnKey, Field]
    truths: dict[ColumnKey, Truths]
    windows: dict[int, Form]
    spread: list[str]
    """Rules whose condition had too many alternatives for tables."""

    @classmethod
    def of(cls, masks: Masks) -> Sources:
        """Begin without any column."""
        return cls(masks, {}, {}, {}, [])

    def of_field(self, asked: Field, table: Truth) -> Form:
        """Form of a look-up in a field."""
        key = ColumnKey(f"{asked.root}:{'external_id' if asked.path == 'external_id' else asked.key}")
        self.fields.setdefault(key, asked)
        return _looked_up(key, table)

    def of_truth(self, said: object, rows: Rows, work_out: WorkOut) -> Form:
        """Form of a truth that is worked out for all rows, once for everything that says the same."""
        key = ColumnKey(f"={rows}:{meaning_of(said)}")
        if key not in self.truths:
            self.truths[key] = Truths(rows, work_out, work_out(self.masks))
        return _looked_up(key, np.array([False, True]))


def form_of(rule: Rule, window: int, sources: Sources) -> Form:
    """Rows through which a rule gives what it grants in a window (see `Masks.gives`), as alternatives."""
    rows: Rows = "person" if rule.scope is Scope.PERSON else "contract"
    if rule.scope is Scope.EVERY_CONTRACT:
        return sources.of_truth((rule.id, window), "contract", lambda masks: masks.gives(rule, window))
    form = _ALWAYS if rows == "person" else _window(window, sources)
    if rule.scope is Scope.PRIMARY_CONTRACT:
        form = _both(form, sources.of_truth("primary", "contract", lambda masks: masks.is_primary))
    condition = rule.condition
    if condition is None:
        return form
    try:
        return _both(form, _form(condition, rows, sources))
    except TooManyError:
        sources.spread.append(rule.id)
        return _both(form, sources.of_truth(condition, rows, lambda masks: masks.truth(condition, rows)))


def _window(number: int, sources: Sources) -> Form:
    if number not in sources.windows:
        sources.windows[number] = _make_window(number, sources)
    return sources.windows[number]


def _make_window(number: int, sources: Sources) -> Form:
    population = sources.masks.population
    window, today = population.context.windows[number], population.context.as_of.toordinal()
    first = _bound(window.starting, "contract.start_date", sources, lambda days: begun(days, today))
    return _both(first, _bound(window.ending, "contract.end_date", sources, lambda days: not_over(days, today)))


def _bound(bound: WindowBound | None, own: str, sources: Sources, wanted: Callable[[Days], Truth]) -> Form:
    """Form of one bound of a window: `wanted` tells whether today is on the right side of its day."""
    population = sources.masks.population
    if bound is None:
        field = population.context.policy.schema.find(own)
        assert field is not None, "the standard model has the dates of a contract"
        return sources.of_field(field, wanted(population.column_of(field).days))
    if bound.moment is None:
        return _constant(wanted(np.array([NEVER])))
    base = bound.moment.base
    if not isinstance(base, Field):
        return _constant(wanted(moment_days(bound.moment, None, population.context)))
    return sources.of_field(base, wanted(moment_days(bound.moment, population.column_of(base), population.context)))


def _form(condition: Condition, rows: Rows, sources: Sources) -> Form:
    match condition:
        case Comparison():
            return _compare(condition, rows, sources)
        case AllOf():
            return reduce(_both, (_form(one, rows, sources) for one in condition.conditions), _ALWAYS)
        case AnyOf():
            return _either(_form(one, rows, sources) for one in condition.conditions)
        case NoneOf():
            return _opposite(_either(_form(one, rows, sources) for one in condition.conditions))
        case Named():
            return _form(condition.condition, rows, sources)
        case Not():
            return _opposite(_form(condition.condition, rows, sources))
        case Holds():
            return sources.of_truth(condition, "person", lambda masks: masks.holds(condition.entitlement))
        case HasContract():
            return sources.of_truth(condition, "person", lambda masks: masks.has_contract(condition))
        case StatusIs():
            return _status(condition, rows, sources)


def _compare(comparison: Comparison, rows: Rows, sources: Sources) -> Form:
    population, left, other = sources.masks.population, comparison.field, rests_on(comparison)
    if other is None:
        table = truth_of(comparison, population.column_of(left), population.context)
        if left.root == "contract" and rows == "person":
            return _constant(table[:1])
        return sources.of_field(left, table)
    at: Rows = "person" if left.root == other.root == "person" else rows
    return sources.of_truth(comparison, at, lambda masks: masks.truth(comparison, at))


def _status(condition: StatusIs, rows: Rows, sources: Sources) -> Form:
    if rows == "person":
        return _ALWAYS if condition.negated else ()
    form = sources.of_truth(condition.status, "contract", lambda masks: masks.status(condition.status))
    return _opposite(form) if condition.negated else form


def _looked_up(key: ColumnKey, table: Truth) -> Form:
    if table.all():
        return _ALWAYS
    return ({key: table},) if table.any() else ()


def _constant(truth: Truth) -> Form:
    return _ALWAYS if bool(truth[0]) else ()


def _both(left: Form, right: Form) -> Form:
    found = [one for first in left for second in right if (one := _joined(first, second)) is not None]
    return _limited(found)


def _joined(first: Conjunction, second: Conjunction) -> Conjunction | None:
    """Join two conjunctions; None when they exclude one another."""
    joined = dict(first)
    for key, table in second.items():
        joined[key] = joined[key] & table if key in joined else table
        if not joined[key].any():
            return None
    return joined


def _either(forms: Iterable[Form]) -> Form:
    """Join alternatives; those that look into one and the same column become one."""
    single: dict[ColumnKey, Truth] = {}
    found: list[Conjunction] = []
    for one in (one for form in forms for one in form):
        if not one:
            return _ALWAYS
        if len(one) == 1:
            ((key, table),) = one.items()
            single[key] = single[key] | table if key in single else table
        else:
            found.append(one)
    if any(table.all() for table in single.values()):
        return _ALWAYS
    return _limited([*({key: table} for key, table in single.items()), *found])


def _opposite(form: Form) -> Form:
    """Negate: every conjunction must fail in one of its tables."""
    return reduce(_both, (_either(({key: ~table},) for key, table in one.items()) for one in form), _ALWAYS)


def _limited(found: list[Conjunction]) -> Form:
    if len(found) > MOST_ALTERNATIVES:
        raise TooManyError
    return tuple(found)
