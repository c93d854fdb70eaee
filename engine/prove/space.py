"""The fields of a possible person as variables of decision diagrams, and what atoms say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.prove.cells import Cell, Domain, truth
from engine.prove.cuts import holds_between
from engine.prove.days import bare_truth
from engine.prove.diagram import NO, YES, Diagrams
from engine.prove.formula import (
    All,
    Atom,
    Below,
    Const,
    DayOrder,
    Exists,
    Formula,
    ForPrimary,
    Neg,
    Some,
    TextIn,
    Var,
    variables,
)
from policy.canonical import Value


def lies_below(var: Var, department: str) -> Var:
    """Flag: the department `var` lies strictly below `department`, in a forest that is not given."""
    return Var(var.owner, f"{var.key} below {department}")


@dataclass(slots=True)
class Space:
    """Variables with their domains, in the order of diagrams; `subtrees` where the departments are given.

    A subtree is the set of departments that lie in it. Without them a department lies below others as its own flags
    (`lies_below`) say.
    """

    today: date
    domains: Mapping[Var, Domain]
    steps: int
    subtrees: Mapping[str, frozenset[str]] | None
    order: tuple[Var, ...] = ()
    diagrams: Diagrams = field(init=False)
    _number: dict[Var, int] = field(init=False)
    _written: dict[int, tuple[Formula, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.order = tuple(self.domains)
        self._number = {var: number for number, var in enumerate(self.order)}
        self.diagrams = Diagrams([len(one.cells) for one in self.domains.values()], self.steps)

    def number(self, var: Var) -> int:
        """Give the number of the variable in diagrams."""
        return self._number[var]

    @property
    def costs(self) -> tuple[tuple[int, ...], ...]:
        """What each cell costs a witness: nothing where nothing is said, least where the day asked about lies in it."""
        return tuple(tuple(map(self._cost, one.cells)) for one in self.domains.values())

    def cheapest_cell(self, number: int) -> int:
        """Give the cell that a variable takes where it does not matter."""
        costs = [self._cost(cell) for cell in self.domains[self.order[number]].cells]
        return costs.index(min(costs))

    def _cost(self, cell: Cell) -> int:
        match cell[0]:
            case None | False:
                return 0
            case date() if self.today not in cell:
                return 12
            case _:
                return 10

    def write(self, part: Formula) -> int:
        """Diagram of a sentence without quantifiers."""
        if id(part) not in self._written:
            self._written[id(part)] = part, self._write(part)  # kept alive, so that its id stays its own
        return self._written[id(part)][1]

    def where(self, var: Var, cells: Iterable[int]) -> int:
        """Diagram: the variable has one of these cells."""
        return self.diagrams.among(self._number[var], cells)

    def is_value(self, var: Var, value: Value) -> int:
        """Diagram: the variable has the cell that stands for `value`."""
        cells = self.domains[var].cells
        return self.where(var, [number for number, cell in enumerate(cells) if cell[0] == value])

    def known(self, var: Var) -> int:
        """Diagram: the variable has a value."""
        return self.where(var, [number for number, cell in enumerate(self.domains[var].cells) if cell[0] is not None])

    def inside(self, var: Var, department: str) -> int:
        """Diagram: the department `var` is `department` or lies below it, in a forest that is not given."""
        itself = self.is_value(var, department)
        other = self.diagrams.both(self.known(var), self.diagrams.negate(itself))
        return self.diagrams.either(itself, self.diagrams.both(other, self.where(lies_below(var, department), [1])))

    def _write(self, part: Formula) -> int:
        match part:
            case Const():
                return YES if part.value else NO
            case Neg():
                return self.diagrams.negate(self.write(part.of))
            case All():
                return self.diagrams.all_of(self.write(one) for one in part.parts)
            case Some():
                return self.diagrams.any_of(self.write(one) for one in part.parts)
            case Exists() | ForPrimary():
                raise AssertionError("a sentence is written out before it becomes a diagram")
            case Below():
                return self._below(part)
            case DayOrder():
                return self._order(part)
            case _:
                return self._single(part)

    def _single(self, atom: Atom) -> int:
        var = variables(atom)[0]
        cells = self.domains[var].cells
        return self.where(var, [at for at, cell in enumerate(cells) if truth(atom, cell[0], self.today)])

    def _below(self, atom: Below) -> int:
        if self.subtrees is None:
            return self.diagrams.any_of(self.inside(atom.var, one) for one in sorted(atom.departments))
        below = [self.subtrees.get(one, frozenset({one})) for one in atom.departments]
        return self._single(TextIn(atom.var, frozenset().union(*below)))

    def _order(self, atom: DayOrder) -> int:
        read = variables(atom)
        if not read:
            return YES if bare_truth(atom, self.today) else NO
        if len(read) == 1:
            return self._single(atom)
        left, right = read
        cells, others = self.domains[left].cells, self.domains[right].cells
        found = []
        for at, (day, _) in enumerate(cells):
            fits = [
                number
                for number, (other, _) in enumerate(others)
                if isinstance(day, date) and isinstance(other, date) and holds_between(atom, day, other)
            ]
            if fits:
                found.append(self.diagrams.both(self.where(left, [at]), self.where(right, fits)))
        return self.diagrams.any_of(found)
