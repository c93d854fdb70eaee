"""A person made up from one path of a diagram, with the departments they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.people.departments import DepartmentTree
from engine.prove.cells import Cell
from engine.prove.fields import DEPARTMENT
from engine.prove.forests import grow_forest
from engine.prove.formula import PERSON, Order, Var
from engine.prove.primaries import best, worst
from engine.prove.regions import Regions
from engine.prove.space import Space, lies_below
from engine.prove.speak import MANAGER
from engine.prove.texts import other_text
from policy.canonical import Value
from policy.people import Contract, Department, Person
from policy.proofs import Witness
from policy.types import Field, FieldType

_PERSON_ID = "P1"


@dataclass(slots=True)
class World:
    """One choice of cells, over `contracts` contracts of which `primary` says who stands first by each order."""

    regions: Regions
    space: Space
    chosen: Mapping[int, int]
    contracts: int
    primary: Mapping[Order, int]

    def witness(self) -> Witness | None:
        """Make up the person; None where the departments cannot lie as they would have to."""
        values = {owner: self._values(owner) for owner in range(self.contracts + 1)}
        found = self._departments(values)
        if found is None:
            return None
        departments = dict(found)
        for owner, own in values.items():
            self._complete(owner, own, departments)
        person_id = str(values[PERSON].pop("external_id", _PERSON_ID))
        contracts = tuple(self._contract(number, values[number]) for number in range(1, self.contracts + 1))
        if len({one.external_id for one in contracts}) < len(contracts):
            return None
        kept = {path: value for path, value in values[PERSON].items() if path != MANAGER.key}
        person = Person(person_id, kept, tuple(sorted(contracts, key=lambda one: one.external_id)))
        return Witness(person, tuple(departments[one] for one in sorted(departments)), self.space.today)

    def _values(self, owner: int) -> dict[str, Value]:
        """Values of the person or of one contract by path; absent ones are left out."""
        found: dict[str, Value] = {}
        for var in self.space.order:
            if var.owner == owner and not self._is_place(var):
                value = self._value(var)
                if value is not None:
                    found[var.key] = value
        return found

    def _is_place(self, var: Var) -> bool:
        return any(var == lies_below(Var(var.owner, DEPARTMENT), unit) for unit in self.regions.above)

    def _value(self, var: Var) -> Value | None:
        cell = self._cell(var)
        for order, first in self.primary.items() if self.contracts > 1 else ():
            for key in order:
                if key.field is not None and key.field.key == var.key and var.owner != PERSON:
                    return best(cell, key.direction) if var.owner == first else worst(cell, key.direction)
        return cell[0]

    def _cell(self, var: Var) -> Cell:
        cells = self.space.domains[var].cells
        number = self.space.number(var)
        return cells[self.chosen.get(number, self.space.cheapest_cell(number))]

    def _contract(self, number: int, values: dict[str, Value]) -> Contract:
        return Contract(str(values.pop("external_id", f"C{number}")), values)

    def _departments(self, values: Mapping[int, dict[str, Value]]) -> dict[str, Department] | None:
        """Departments that contracts name, and all above them; the contracts' values are given their own."""
        named = {owner: str(own[DEPARTMENT]) for owner, own in values.items() if DEPARTMENT in own}
        if self.regions.problem.tree is not None:
            return self._given(named.values())
        above = self.regions.above
        known = frozenset({*above, *named.values()})
        places: dict[str, frozenset[str]] = {}
        for owner, unit in named.items():
            var = Var(owner, DEPARTMENT)
            chain = frozenset(one for one in above if one != unit and self._cell(lies_below(var, one))[0])
            own = unit
            if places.get(own, chain) != chain:  # another department of which the rules say just as little
                own = other_text(known, len(places))
                values[owner][DEPARTMENT] = own
            places[own] = chain
        parents = grow_forest(places.items())
        if parents is None:
            return None
        return {unit: Department(unit, parent_external_id=parent) for unit, parent in parents.items()}

    def _given(self, named: Iterable[str]) -> dict[str, Department]:
        tree, _ = DepartmentTree.of(self.regions.problem.tree or ())
        above = (department for unit in named for department in (unit, *tree.parents(unit)))
        return {one: unit for one in above if (unit := tree.get(one)) is not None}

    def _complete(self, owner: int, values: dict[str, Value], departments: dict[str, Department]) -> None:
        """Add what the policies require, the contract's department, and the manager that was chosen for the person."""
        for one in self.regions.fields.required("person" if owner == PERSON else "contract"):
            if one.path != "external_id" and one.key not in values and Var(owner, one.key) not in self.space.domains:
                values[one.key] = self._some_value(one)
        unit = values.get(DEPARTMENT)
        if isinstance(unit, str):
            departments.setdefault(unit, Department(unit))
            manager = self._manager(owner)
            if manager is not None and self.regions.problem.tree is None:
                departments[unit] = replace(departments[unit], manager=manager)

    def _manager(self, owner: int) -> str | None:
        """Give the manager of the person, where it is found through the department of this contract."""
        leads = owner in self.primary.values() and MANAGER in self.space.domains
        value = self._value(MANAGER) if leads else None
        return value if isinstance(value, str) else None

    def _some_value(self, one: Field) -> Value:
        if one.one_of:
            return one.one_of[0]
        match one.type:
            case FieldType.NUMBER:
                return Decimal(1)
            case FieldType.DATE:
                return self.space.today
            case FieldType.FLAG:
                return False
            case FieldType.TEXT | FieldType.PERSON | FieldType.DEPARTMENT:
                units = self.regions.subtrees if one.key == DEPARTMENT else None
                return min(units) if units else "other"
