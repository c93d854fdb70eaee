"""Departments as a forest: loops and missing parents are named, never followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from policy.canonical import canonical_json
from policy.catalogue import sources as kinds
from policy.diagnostics import Diagnostic
from policy.people import Department, department_json


@dataclass(frozen=True, slots=True)
class DepartmentTree:
    """Departments by external id and who lies below whom. Build one with `DepartmentTree.of`.

    `broken` are departments whose way up cannot be known (in a loop, below one, or below a parent that does not
    exist): whether they lie below another department is undecidable, so who works there is frozen (E7).
    """

    units: Mapping[str, Department]
    broken: frozenset[str] = frozenset()
    _up: Mapping[str, str] = field(default_factory=dict, repr=False)
    _down: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, departments: Iterable[Department]) -> tuple[DepartmentTree, tuple[Diagnostic, ...]]:
        """Build the tree and name what is wrong with it: loops, missing parents, doubles, missing external ids.

        Every problem is an error diagnostic whose subject is a department; the order of `departments` never shows.
        """
        units, problems, doubled = _unique(departments)
        parents = {one.external_id: one.parent_external_id for one in units.values() if one.parent_external_id}
        up = {child: parent for child, parent in parents.items() if parent in units}
        orphans = sorted(set(parents) - set(up))
        problems += [_missing_parent(units, child, parents[child]) for child in orphans]
        looping: set[str] = set()
        for loop in _loops(up):
            problems.append(_loop(loop))
            looping.update(loop)
        # INVARIANT: `up` has no loop from here on, so every walk along it ends.
        up = {child: parent for child, parent in up.items() if child not in looping}
        down = _children(up)
        broken = {one for start in (*orphans, *looping, *doubled) for one in _below(down, start)}
        return cls(units, frozenset(broken), up, down), tuple(sorted(problems, key=lambda one: one.sort_key))

    def get(self, external_id: str) -> Department | None:
        """Department with this external id, or None."""
        return self.units.get(external_id)

    def parents(self, external_id: str) -> tuple[str, ...]:
        """External ids of all departments above this one, the nearest first; a loop or a gap ends the walk."""
        above: list[str] = []
        while external_id in self._up:
            external_id = self._up[external_id]
            above.append(external_id)
        return tuple(above)

    def subtree(self, external_id: str) -> frozenset[str]:
        """External ids of this department and all below it; just itself when nobody knows it."""
        return frozenset(_below(self._down, external_id))


def _unique(departments: Iterable[Department]) -> tuple[dict[str, Department], list[Diagnostic], set[str]]:
    """Departments by external id (of doubles the first in canonical order), problems, ids whose doubles disagree."""
    units: dict[str, Department] = {}
    problems: list[Diagnostic] = []
    doubled: set[str] = set()
    for one in sorted(departments, key=lambda unit: canonical_json(department_json(unit))):
        if not one.external_id:
            name = one.display_name or one.code or "?"
            detail = f"The department “{name}” has no external id, so no contract can name it."
            hint = "Give it an external id in the source, or leave it out."
            problems.append(Diagnostic(kinds.DEPARTMENT_WITHOUT_ID, detail, hint=hint, subject=name))
        elif one.external_id not in units:
            units[one.external_id] = one
        elif one != units[one.external_id] and one.external_id not in doubled:
            doubled.add(one.external_id)
            detail = f"“{one.external_id}” stands for two different departments; which one is meant is undecidable."
            hint = "Give each department an external id of its own."
            problems.append(Diagnostic(kinds.DEPARTMENT_TWICE, detail, hint=hint, subject=one.external_id))
    return dict(sorted(units.items())), problems, doubled


def _loops(up: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Every loop of parents once, beginning with its smallest external id."""
    seen: set[str] = set()
    loops = []
    for start in sorted(up):
        trail: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in seen:
            seen.add(at)
            trail[at] = len(trail)
            at = up.get(at)
        if at in trail:
            loop = list(trail)[trail[at] :]
            first = loop.index(min(loop))
            loops.append((*loop[first:], *loop[:first]))
    return loops


def _children(up: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    down: dict[str, list[str]] = {}
    for child in sorted(up):
        down.setdefault(up[child], []).append(child)
    return {parent: tuple(children) for parent, children in down.items()}


def _below(down: Mapping[str, tuple[str, ...]], start: str) -> list[str]:
    found = [start]
    for one in found:
        found.extend(down.get(one, ()))
    return found


def _loop(loop: tuple[str, ...]) -> Diagnostic:
    way = " → ".join((*loop, loop[0]))
    detail = f"Going up from “{loop[0]}” comes back to itself: {way}. Who works there or below is frozen."
    hint = f"Take the parent away from one of: {', '.join(loop)}."
    return Diagnostic(kinds.DEPARTMENT_LOOP, detail, hint=hint, subject=loop[0])


def _missing_parent(units: Mapping[str, Department], child: str, parent: str) -> Diagnostic:
    name = units[child].display_name
    called = f"“{child}” ({name})" if name else f"“{child}”"
    detail = f"The department {called} lies below “{parent}”, which does not exist. Who works there or below is frozen."
    hint = f"Add “{parent}” to the departments of the source, or correct the parent of “{child}”."
    return Diagnostic(kinds.DEPARTMENT_PARENT_MISSING, detail, hint=hint, subject=child)
