"""Whom changed departments touch: those in a department that lies elsewhere now, or whose managers changed."""

from __future__ import annotations

import numpy as np

from engine.columnar.population import Population
from engine.columnar.truth import Truth
from engine.people.departments import DepartmentTree


def moved_persons(before: DepartmentTree, population: Population) -> Truth:
    """Tell who has a contract in a department of which rules may say something else now, one flag per person."""
    now, columns = population.context.departments, population.columns
    column = population.column("contract", "department.external_id")
    moved = np.array(
        [isinstance(one, str) and _above(before, one) != _above(now, one) for one in column.values], np.bool_
    )
    return columns.persons_with(moved[column.codes])


def _above(tree: DepartmentTree, department: str) -> list[tuple[str, str | None]]:
    """Tell a department and those above it, the nearest first, each with its manager."""
    units = ((one, tree.get(one)) for one in (department, *tree.parents(department)))
    return [(one, None if unit is None else unit.manager) for one, unit in units]
