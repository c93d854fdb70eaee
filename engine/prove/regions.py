"""From a problem to the space it is decided in: which fields matter, in which cells, on which days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from engine.people.departments import DepartmentTree
from engine.prove.cells import ABSENT, Cell, Domain, domain_of, truth
from engine.prove.days import ORDINARY, Days, days_that_matter
from engine.prove.fields import DEPARTMENT, Fields
from engine.prove.formula import BOUND, PERSON, Atom, Below, DayOrder, DayTerm, Order, TextIn, Var, variables
from engine.prove.ground import atoms_in, contracts_needed, orders_in
from engine.prove.links import asked_days, days_to_try, linked
from engine.prove.primaries import is_running, keys_of
from engine.prove.problem import Problem
from engine.prove.space import Space, lies_below
from engine.prove.speak import MANAGER
from policy.types import FieldType

_FLAGS = Domain(((False, False), (True, True)), ordered=True, complete=True)
_MOST_CONTRACTS = 6


@dataclass(frozen=True, slots=True)
class Regions:
    """A problem made ready: `loose` says what makes a no uncertain, `days` when to ask.

    `contracts` are as many as suffice; unless it is `whole` they may not be, or two versions read a field in two ways.
    `spoken` are the atoms by the field they speak of, contracts without a number.
    """

    problem: Problem
    fields: Fields
    contracts: int
    orders: tuple[Order, ...]
    spoken: dict[Var, tuple[Atom, ...]]
    days: Days
    subtrees: dict[str, frozenset[str]] | None
    loose: tuple[str, ...]
    whole: bool

    @classmethod
    def of(cls, problem: Problem) -> Regions:
        """Look through the sentence of a problem."""
        atoms = [*atoms_in(problem.sentence)]
        orders = orders_in(problem.sentence)
        asks_manager = any(MANAGER in variables(one) for one in atoms)
        if asks_manager:
            orders = tuple(dict.fromkeys([*orders, *(one.primary_contract_by for one in problem.policies)]))
        contracts = contracts_needed(problem.sentence) + (1 if asks_manager else 0)
        if orders and contracts > 1:
            atoms += [one for one in atoms_in(is_running(BOUND)) if one not in atoms]
        spoken: dict[Var, tuple[Atom, ...]] = {}
        for one in atoms:
            for var in variables(one):
                spoken[var] = (*spoken.get(var, ()), one)
        fields = Fields(problem.policies)
        days, more = _days(
            tuple(dict.fromkeys(one for one in atoms if isinstance(one, DayOrder))), min(contracts, _MOST_CONTRACTS)
        )
        loose = [f"{_said(var)} has another type in the two versions" for var in spoken if fields.type_of(var) is None]
        if contracts > _MOST_CONTRACTS:
            loose.append(f"it takes up to {contracts} contracts of one person")
        if asks_manager and len({(one.primary_manager, one.primary_contract_by) for one in problem.policies}) > 1:
            loose.append("the primary manager is found in another way in the two versions")
        if Var(BOUND, "external_id") in spoken and contracts > 1:
            loose.append("external ids of contracts are compared")
        subtrees = None if problem.tree is None else _subtrees(problem)
        most = min(contracts, _MOST_CONTRACTS)
        whole = not loose
        return cls(problem, fields, most, orders, spoken, days, subtrees, (*loose, *more), whole)

    def space(self, contracts: int, today: date, steps: int) -> tuple[Space, tuple[str, ...]]:
        """Space of a person with so many contracts on a day, and what of it is not certain to be whole."""
        ranked = {key for order in self.orders for key in keys_of(order)} if contracts > 1 else set()
        tried, loose = self._linked_days(contracts, today)
        if tried and ranked:
            loose.append("dates are compared with one another, and contracts put in order by dates")
        domains: dict[Var, Domain] = {own: self._of_days(own, days) for own, days in tried.items()}
        compared = linked(_orders(self.spoken))
        for var in self._variables(ranked):
            if var in compared:
                continue
            domain = self._domain(var, today, ranked=var.owner == BOUND and var.key in ranked)
            if not domain.complete:
                loose.append(f"not every text that {_said(var)} may have could be told apart")
            if var in self.spoken and not domain.ordered and var.owner == BOUND and var.key in ranked:
                loose.append(f"contracts are put in order by the text of {_said(var)}")
            for owner in (PERSON,) if var.owner == PERSON else range(1, contracts + 1):
                domains[Var(owner, var.key)] = domain
        return Space(today, dict(self._in_order(domains)), steps, self.subtrees), tuple(dict.fromkeys(loose))

    def rough(self, contracts: int) -> bool:
        """Tell whether a person may seem possible here who is not: more is taken as possible than can be."""
        doubtful = MANAGER in self.spoken or (contracts > 1 and len(self.orders) > 1)
        return doubtful or (contracts > 2 and bool(self.above) and self.subtrees is None)  # noqa: PLR2004  # two always fit

    def _variables(self, ranked: Iterable[str]) -> Iterator[Var]:
        yield from sorted(self.spoken, key=lambda one: one.owner != PERSON)
        extra = [Var(BOUND, key) for key in sorted(ranked)]
        if MANAGER in self.spoken:
            extra.append(Var(BOUND, DEPARTMENT))
        yield from (one for one in dict.fromkeys(extra) if one not in self.spoken)

    def _in_order(self, domains: dict[Var, Domain]) -> Iterator[tuple[Var, Domain]]:
        """Variables of the person first, then those of one contract after the other, a department with its flags."""
        above = self.above
        for var in sorted(domains, key=lambda one: one.owner):
            yield var, domains[var]
            if var.key == DEPARTMENT and self.subtrees is None:
                yield from ((lies_below(var, one), _FLAGS) for one in above)

    @property
    def above(self) -> tuple[str, ...]:
        """Departments that the sentence asks to lie below, sorted."""
        found = (one for atoms in self.spoken.values() for one in atoms if isinstance(one, Below))
        return tuple(sorted({name for one in found for name in one.departments}))

    def _domain(self, var: Var, today: date, *, ranked: bool) -> Domain:
        atoms = self.spoken.get(var, ())
        allowed = self.fields.allowed(var)
        field_type = self.fields.type_of(var) or FieldType.TEXT
        if var.key == DEPARTMENT and self.subtrees is not None:
            named = {text for one in atoms if isinstance(one, TextIn | Below) for text in _named(one)}
            units = sorted(self.subtrees, key=lambda one: (one not in named, one))
            cells: tuple[Cell, ...] = tuple((one, one) for one in units if allowed is None or one in allowed)
            found = Domain(cells, ordered=False, complete=True)
        else:
            found = domain_of(atoms, field_type, today, allowed=allowed, orders=ranked)
        if self.fields.may_be_absent(var):
            found = replace(found, cells=(ABSENT, *found.cells))
        return found if ranked else replace(found, cells=self._told_apart(var, found.cells, today), ordered=False)

    def _told_apart(self, var: Var, cells: tuple[Cell, ...], today: date) -> tuple[Cell, ...]:
        """First cell of every combination of truths."""
        atoms = self.spoken.get(var, ())
        kept: dict[tuple[bool, ...], Cell] = {}
        for cell in cells:
            # Departments are asked for in laws of their own, too, which know a department from none.
            absent = var.key == DEPARTMENT and cell == ABSENT
            kept.setdefault((absent, *self._truths(atoms, cell, today)), cell)
        return tuple(kept.values())

    def _truths(self, atoms: tuple[Atom, ...], cell: Cell, today: date) -> Iterator[bool]:
        for one in atoms:
            if not isinstance(one, Below):
                yield truth(one, cell[0], today)
            elif self.subtrees is not None:
                yield any(cell[0] in self.subtrees.get(unit, {unit}) for unit in one.departments)
            else:
                yield from (cell[0] == unit for unit in sorted(one.departments))

    def _of_days(self, var: Var, days: tuple[date, ...]) -> Domain:
        absent = (ABSENT,) if self.fields.may_be_absent(var) else ()
        return Domain((*absent, *((day, day) for day in days)), ordered=True, complete=True)

    def _linked_days(self, contracts: int, today: date) -> tuple[dict[Var, tuple[date, ...]], list[str]]:
        """Days to try of date fields that are compared with one another, over all contracts."""
        orders = _over(_orders(self.spoken), contracts)
        fields = linked(orders)
        if not fields:
            return {}, []
        tried, complete = days_to_try(fields, orders, today)
        loose = [] if complete else ["dates are compared with one another over months or years"]
        return {var: days for var, days in tried.items() if var.owner <= contracts}, loose


def _days(orders: tuple[DayOrder, ...], contracts: int) -> tuple[Days, list[str]]:
    """Days of asking; with what is said if they may not be all."""
    days = days_that_matter(orders)
    loose = [] if days.complete else ["months and fixed dates lie too far apart to look at every day between"]
    over = _over(orders, contracts)
    if linked(over):
        more, complete = asked_days(over, ORDINARY)
        days = Days(tuple(dict.fromkeys([*days.days, *more])), days.complete)
        loose += [] if complete else ["dates are compared with one another over months or years"]
    return days, loose


def _orders(spoken: dict[Var, tuple[Atom, ...]]) -> tuple[DayOrder, ...]:
    found = (one for atoms in spoken.values() for one in atoms if isinstance(one, DayOrder))
    return tuple(dict.fromkeys(found))


def _over(orders: Iterable[DayOrder], contracts: int) -> tuple[DayOrder, ...]:
    """Orders of days over contracts 1 … `contracts`, one at least."""
    numbers = range(1, max(contracts, 1) + 1)
    return tuple(dict.fromkeys(_of_contract(one, number) for one in orders for number in numbers))


def _subtrees(problem: Problem) -> dict[str, frozenset[str]]:
    tree, _ = DepartmentTree.of(problem.tree or ())
    return {one: tree.subtree(one) for one in tree.units if one not in tree.broken}


def _named(atom: TextIn | Below) -> frozenset[str]:
    return atom.values if isinstance(atom, TextIn) else atom.departments


def _of_contract(order: DayOrder, number: int) -> DayOrder:
    def term(one: DayTerm) -> DayTerm:
        bound = isinstance(one.base, Var) and one.base.owner == BOUND
        return replace(one, base=Var(number, one.base.key)) if bound and isinstance(one.base, Var) else one

    return DayOrder(term(order.left), term(order.right), order.strict)


def _said(var: Var) -> str:
    """Full path of a field, for people."""
    return f"{'person' if var.owner == PERSON else 'contract'}.{var.key}"
