"""Departments that nobody gave: what every forest obeys, and a forest in which departments lie as they should."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

from engine.prove.fields import DEPARTMENT
from engine.prove.formula import Var
from engine.prove.space import Space


def forest_laws(space: Space, contracts: int, above: Sequence[str]) -> int:
    """Diagram: what two contracts say of where their departments lie can be true of one forest.

    Two departments always have such a forest, whatever lies above each; unless one is named and lies above the other,
    or they are the same. Of three and more these laws are not enough: then a witness may not be found.
    """
    diagrams = space.diagrams
    laws = []
    for one, other in permutations([Var(number, DEPARTMENT) for number in range(1, contracts + 1)], 2):
        carried = diagrams.all_of(
            diagrams.either(diagrams.negate(space.inside(one, unit)), space.inside(other, unit)) for unit in above
        )
        named = {cell[0] for cell in space.domains[one].cells}
        for unit in sorted(str(name) for name in named if name is not None):
            here = space.is_value(one, unit)
            same = diagrams.both(here, space.is_value(other, unit))
            under = diagrams.both(here, space.inside(other, unit)) if unit in above else same
            laws.append(diagrams.either(diagrams.negate(diagrams.either(same, under)), carried))
            for another in above if unit in above else ():
                if another != unit:
                    there = diagrams.both(here, space.is_value(other, another))
                    mutual = diagrams.both(space.inside(one, another), space.inside(other, unit))
                    laws.append(diagrams.negate(diagrams.both(there, mutual)))
    return diagrams.all_of(laws)


def grow_forest(places: Iterable[tuple[str, frozenset[str]]]) -> Mapping[str, str | None] | None:
    """Parents of departments such that each one lies below exactly those it should, of all that are named.

    `places` are departments, each with what it lies strictly below. None when this way finds no such forest.
    """
    chains = dict(places)
    count = {unit: sum(unit in chain for chain in chains.values()) for chain in chains.values() for unit in chain}

    def rank(unit: str) -> tuple[int, bool, str]:
        return -count[unit], unit in chains, unit

    parents: dict[str, str | None] = {}
    for unit, chain in sorted(chains.items()):
        line = [*sorted(chain, key=rank), unit]
        for parent, child in zip([None, *line], line, strict=False):
            if parents.setdefault(child, parent) != parent:
                return None
    return parents
