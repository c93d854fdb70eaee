"""Conditions over all rows at once: the plain, complete way, for what no table of bits can hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property, reduce

import numpy as np

from engine.columnar.population import Population, Rows
from engine.columnar.truth import Days, Truth, begun, moment_days, not_over, order_days, rests_on, truth_of
from engine.columnar.typed import NEVER
from engine.evaluate.context import Spell
from engine.graph.templates import may_give, templates_of
from policy.canonical import normal_text, plain
from policy.entitlements import Entitlement
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ContractStatus,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoneOf,
    Not,
    StatusIs,
)
from policy.rules import Grant, Rule, Scope, TableGrant, Template, WindowBound
from policy.types import Field


@dataclass(frozen=True, eq=False)
class Masks:
    """Truths of conditions over the rows of a population: one flag per person or per contract.

    What `engine.evaluate.conditions` and `engine.evaluate.rules` say of one case, said of all.
    """

    population: Population
    _known: dict[tuple[object, Rows], Truth] = field(default_factory=dict)
    _held: dict[Entitlement, Truth] = field(default_factory=dict)

    def truth(self, condition: Condition, rows: Rows) -> Truth:
        """Truth of a condition for every row of a kind."""
        match condition:
            case Comparison():
                return self._compare(condition, rows)
            case AllOf():
                return self._all(condition.conditions, rows)
            case AnyOf():
                return ~self._none(condition.conditions, rows)
            case NoneOf():
                return self._none(condition.conditions, rows)
            case Named():
                return self._remembered(condition.condition, rows)
            case Not():
                return ~self.truth(condition.condition, rows)
            case Holds():
                return self._spread(self.holds(condition.entitlement), rows)
            case StatusIs():
                if rows == "person":
                    return np.full(self.population.count(rows), condition.negated)
                return self.status(condition.status) != condition.negated
            case HasContract():
                return self._spread(self.has_contract(condition), rows)

    def has_contract(self, condition: HasContract) -> Truth:
        """Truth of `any|no contract has (…)` for every person."""
        found = self.some_contract(self._remembered(condition.condition, "contract"))
        return found == (condition.quantifier == "any")

    def some_contract(self, of_contracts: Truth) -> Truth:
        """Persons with some contract that the flags of contracts say yes of."""
        return self.population.columns.persons_with(of_contracts)

    def status(self, status: ContractStatus) -> Truth:
        """Contracts of a status on the day (see `engine.evaluate.conditions.status_of`)."""
        today = self.population.context.as_of.toordinal()
        starts, ends = self._days("start_date"), self._days("end_date")
        ended = ~not_over(ends, today)
        match status:
            case ContractStatus.ENDED:
                return ended
            case ContractStatus.FUTURE:
                return ~ended & (starts > today)
            case ContractStatus.ACTIVE:
                return ~ended & begun(starts, today)

    def window(self, number: int) -> Truth:
        """Contracts that lie in a window of the policy (its number in the context) on the day."""
        window = self.population.context.windows[number]
        today = self.population.context.as_of.toordinal()
        first = self._bound(window.starting, "start_date")
        last = self._bound(window.ending, "end_date")
        return begun(first, today) & not_over(last, today)

    def gives(self, rule: Rule, window: int) -> Truth:
        """Rows through which a rule gives what it grants in a window: of contracts, or of persons in that scope."""
        if rule.scope is Scope.PERSON:
            count = self.population.count("person")
            return np.ones(count, np.bool_) if rule.condition is None else self.truth(rule.condition, "person")
        inside = self.window(window)
        if rule.scope is Scope.PRIMARY_CONTRACT:
            inside &= self.is_primary
        satisfied = inside if rule.condition is None else inside & self.truth(rule.condition, "contract")
        if rule.scope is Scope.EVERY_CONTRACT:
            return satisfied & ~self._spread(self.some_contract(inside & ~satisfied), "contract")
        return satisfied

    @cached_property
    def is_primary(self) -> Truth:
        """Contracts that are the primary one of their person."""
        found = np.zeros(self.population.count("contract"), np.bool_)
        primary = self.population.primary
        found[primary[primary >= 0]] = True
        return found

    def holds(self, entitlement: Entitlement) -> Truth:
        """Persons to whom some rule of this evaluation gives the entitlement."""
        if entitlement not in self._held:
            found = np.zeros(self.population.count("person"), np.bool_)
            context = self.population.context
            for rule in context.rules:
                for spell in context.spells[rule.id]:
                    templates = [one for grant in spell.grants for one in templates_of(grant)]
                    if any(may_give(one, entitlement) for one in templates):
                        found |= self._given(rule, spell, entitlement)
            self._held[entitlement] = found
        return self._held[entitlement]

    def _given(self, rule: Rule, spell: Spell, entitlement: Entitlement) -> Truth:
        rows: Rows = "person" if rule.scope is Scope.PERSON else "contract"
        fills = np.zeros(self.population.count(rows), np.bool_)
        for grant in spell.grants:
            fills |= self._fills(grant, entitlement, rows)
        given = self.gives(rule, spell.window) & fills
        return given if rows == "person" else self.some_contract(given)

    def _fills(self, grant: Grant | TableGrant, entitlement: Entitlement, rows: Rows) -> Truth:
        """Rows in which a grant's name becomes the entitlement."""
        count = self.population.count(rows)
        if isinstance(grant, Grant):
            return self._fills_template(grant.template, entitlement, rows)
        found = np.zeros(count, np.bool_)
        keys = [None if one is None else str(plain(one)) for one in self.population.values_of(grant.field)]
        codes = self.population.codes_at(grant.field, rows)
        for key in dict.fromkeys(keys):
            templates = grant.otherwise if key is None else grant.rows.get(key, grant.otherwise)
            taken = np.array([one == key for one in keys])[codes]
            for template in templates:
                if may_give(template, entitlement):
                    found |= taken & self._fills_template(template, entitlement, rows)
        return found

    def _fills_template(self, template: Template, entitlement: Entitlement, rows: Rows) -> Truth:
        count = self.population.count(rows)
        fixed = template.fixed
        if fixed is not None:
            return np.full(count, fixed == entitlement)
        if not may_give(template, entitlement):
            return np.zeros(count, np.bool_)
        parts = [
            np.full(count, part, object) if isinstance(part, str) else self._texts(part, rows)
            for part in template.parts
        ]
        filled = np.logical_and.reduce([part != "" for part in parts])
        names = reduce(np.add, parts)
        return filled & np.array([normal_text(name) == entitlement.name for name in names], np.bool_)

    def _texts(self, asked: Field, rows: Rows) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
        """Texts of a field in every row, "" where it is absent."""
        values = self.population.values_of(asked)
        texts = np.array(["" if one is None else str(plain(one)) for one in values], object)
        return texts[self.population.codes_at(asked, rows)]

    def _compare(self, comparison: Comparison, rows: Rows) -> Truth:
        left, other = comparison.field, rests_on(comparison)
        if other is None:
            table = truth_of(comparison, self.population.column_of(left), self.population.context)
            return table[self.population.codes_at(left, rows)]
        assert isinstance(comparison.operand, MomentOperand)
        moved = moment_days(comparison.operand.moment, self.population.column_of(other), self.population.context)
        days = self.population.column_of(left).days
        return order_days(
            comparison, days[self.population.codes_at(left, rows)], moved[self.population.codes_at(other, rows)]
        )

    def _bound(self, bound: WindowBound | None, own: str) -> Days:
        """Day of a window's bound for every contract; `NEVER` where it hangs on an absent date, or is not there."""
        if bound is None:
            return self._days(own)
        count = self.population.count("contract")
        if bound.moment is None:
            return np.full(count, NEVER)
        base = bound.moment.base
        if not isinstance(base, Field):
            return np.broadcast_to(moment_days(bound.moment, None, self.population.context), (count,))
        moved = moment_days(bound.moment, self.population.column_of(base), self.population.context)
        return moved[self.population.codes_at(base, "contract")]

    def _days(self, key: str) -> Days:
        column = self.population.column("contract", key)
        return column.days[column.codes]

    def _all(self, conditions: Iterable[Condition], rows: Rows) -> Truth:
        found = np.ones(self.population.count(rows), np.bool_)
        for one in conditions:
            found &= self.truth(one, rows)
        return found

    def _none(self, conditions: Iterable[Condition], rows: Rows) -> Truth:
        found = np.ones(self.population.count(rows), np.bool_)
        for one in conditions:
            found &= ~self.truth(one, rows)
        return found

    def _remembered(self, condition: Condition, rows: Rows) -> Truth:
        """Truth of a condition that is likely to be asked for again."""
        key = (meaning_of(condition), rows)
        if key not in self._known:
            self._known[key] = self.truth(condition, rows)
        return self._known[key]

    def _spread(self, of_persons: Truth, rows: Rows) -> Truth:
        """Give flags of persons as flags of rows of a kind."""
        return of_persons if rows == "person" else of_persons[self.population.columns.owners]


def meaning_of(said: object) -> object:
    """Give what a condition says, wherever it says it: equal for two that mean the same."""
    if isinstance(said, tuple):
        return tuple(meaning_of(one) for one in said)
    if is_dataclass(said) and not isinstance(said, Field | Entitlement):
        parts = (meaning_of(getattr(said, one.name)) for one in fields(said) if one.name != "span")
        return (type(said).__name__, *parts)
    return said
