"""Names of a family that stand for all of them: those that rules name, and one for every other kind of value.

Two values that no rule tells apart may change places in any person and any name, so what is decided for one name is
decided for all that are filled with such values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.graph.templates import may_give
from engine.people.departments import DepartmentTree
from engine.prove.fields import DEPARTMENT, Fields
from engine.prove.formula import PERSON, Below, TextHas, TextIn, Var, variables
from engine.prove.ground import atoms_in
from engine.prove.names import family_of, published_templates
from engine.prove.problem import Tree
from engine.prove.speak import Speaker
from engine.prove.texts import is_possible, test_of, texts_that_matter
from policy.canonical import normal_text
from policy.entitlements import Entitlement, Kind
from policy.proofs import Family
from policy.rules import CheckedPolicy, Template
from policy.types import Field

_PROBE = "\ue000"
"""A text that no rule names: what is said of a name filled with it is said of every such name."""


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Names that stand for the family; unless `complete` there may be others that no name stands for.

    `probe` is filled with a text of no rule: two policies that say the same of it say the same of all other names.
    """

    names: tuple[Entitlement, ...]
    probe: Entitlement
    complete: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    """Texts before and behind the one field of a name."""

    before: str
    behind: str

    @classmethod
    def of(cls, template: Template) -> _Shape | None:
        at = [number for number, part in enumerate(template.parts) if isinstance(part, Field)]
        if len(at) != 1:
            return None
        texts = [part for part in template.parts if isinstance(part, str)]
        return cls(normal_text("".join(texts[: at[0]])), normal_text("".join(texts[at[0] :])))

    def meets(self, other: _Shape) -> bool:
        """Tell whether some name has both shapes."""
        begins = self.before.startswith(other.before) or other.before.startswith(self.before)
        return begins and (self.behind.endswith(other.behind) or other.behind.endswith(self.behind))

    def value_in(self, name: str) -> str:
        return name[len(self.before) : len(name) - len(self.behind)]


def namesakes(family: Family, policies: tuple[CheckedPolicy, ...], tree: Tree) -> Namesakes:
    """Names of `family` that stand for all of its names, under all of these policies."""
    templates = [one for policy in policies for one in published_templates(policy) if one.target == family.target]
    open_ones = [one for one in templates if one.kind is Kind.PERMISSION and one.fixed is None]
    ours = next((one for one in open_ones if family_of(one) == family), None)
    assert ours is not None, f"no published rule of these policies grants {family}"
    fixed = {name for one in templates for name in [one.fixed] if name is not None and may_give(ours, name)}
    names = sorted(fixed, key=lambda one: one.name)
    shape = _Shape.of(ours)
    probe = Entitlement(family.target, Kind.PERMISSION, _filled(ours.parts, _PROBE))
    if shape is None:
        return Namesakes((*names, probe), probe, complete=False)
    shapes = [(_Shape.of(one), one) for one in open_ones]
    fields = [part for other, one in shapes if other == shape for part in one.parts if isinstance(part, Field)]
    apart = all(other == shape or (other is not None and not other.meets(shape)) for other, _ in shapes)
    values, complete = _values(fields, probe, policies, tree)
    named = dict.fromkeys([*(shape.value_in(one.name) for one in names), *values])
    texts = (normal_text(f"{shape.before}{value}{shape.behind}") for value in named)
    found = tuple(Entitlement(family.target, Kind.PERMISSION, text) for text in dict.fromkeys(texts))
    return Namesakes(found, probe, complete and apart)


def _filled(parts: tuple[str | Field, ...], text: str) -> str:
    return "".join(part if isinstance(part, str) else text for part in parts)


def _values(
    fields: Iterable[Field], probe: Entitlement, policies: tuple[CheckedPolicy, ...], tree: Tree
) -> tuple[list[str], bool]:
    """Values of these fields such that every other value is told apart from one of them by nothing."""
    keys = {(one.root, one.key) for one in fields}
    named: frozenset[str] = frozenset()
    asked: list[TextHas] = []
    below: list[frozenset[str]] = []
    for policy in policies:
        for atom in atoms_in(Speaker(policy).granted(probe)):
            if not any(("person" if one.owner == PERSON else "contract", one.key) in keys for one in variables(atom)):
                continue
            match atom:
                case TextIn():
                    named |= atom.values - {_PROBE}
                case Below():
                    named |= atom.departments
                    below.append(atom.departments)
                case TextHas():
                    asked.append(atom)
                case _:
                    pass
    view = Fields(policies)
    closed = [view.allowed(Var(PERSON if root == "person" else 1, key)) for root, key in sorted(keys)]
    allowed = None if None in closed else tuple(dict.fromkeys(text for one in closed for text in one or ()))
    # A value that one field can have and another cannot stands for nothing but itself.
    listed = frozenset(text for one in closed for text in one or ())
    found = texts_that_matter(named | listed, asked, allowed)
    values = [one for one in found.values if is_possible(one)]
    if tree is not None and ("contract", DEPARTMENT) in keys:
        values = list(dict.fromkeys([*values, *_units(tree, below, asked)]))
    return values, found.complete


def _units(tree: Tree, below: list[frozenset[str]], asked: list[TextHas]) -> Iterator[str]:
    """First department of every combination of what rules ask about it."""
    built, _ = DepartmentTree.of(tree or ())
    tests = [test_of(one.operator, one.text) for one in asked]
    seen: set[tuple[bool, ...]] = set()
    for unit in built.units:
        above = {unit, *built.parents(unit)}
        vector = (*(bool(above & one) for one in below), *(test(unit) for test in tests))
        if vector not in seen:
            seen.add(vector)
            yield unit
