"""Single edits between two versions of the rules, and what every choice of them makes of the older one.

A merge is a function from the edits that are chosen to the piece that is then in force: with none of them it is the
piece of BASE, with all of them that of HEAD.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TypeVar

from engine.compare.meaning import flat, meaning_of, same_meaning, unnamed
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DepartmentsOperand,
    HasContract,
    NoneOf,
    Not,
    ValuesOperand,
)
from policy.source import Span

T = TypeVar("T")
Chosen = AbstractSet[int]
Made = Callable[[Chosen], T]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: `what` happened to `rules` (none for the policy as a whole), and where that stands in both versions.

    A side on which the piece does not exist names the place where it would stand. `whole_lines` asks for the lines of
    the source instead of the piece alone; `set_name` says that the piece reads the same, and a set it names does not.
    """

    rules: tuple[str, ...]
    what: str
    base: Span | None
    head: Span | None
    in_base: bool = True
    in_head: bool = True
    whole_lines: bool = False
    set_name: str = ""

    @property
    def piece(self) -> tuple[object, ...]:
        """What tells edits apart: the piece of source that was edited, whichever rules use it."""
        return (self.what, self.base if self.in_base else None, self.head if self.in_head else None)


@dataclass(slots=True)
class Edits:
    """Edits as they are found, by number; `rule` and the two places belong to the piece that is looked at now.

    A define, a set or a role that several rules use is edited once, for all of them.
    """

    found: list[Edit] = field(default_factory=list)
    rule: str = ""
    base: Span | None = None
    head: Span | None = None

    def replaced(
        self, what: str, base: Span | None, head: Span | None, *, whole_lines: bool = False, set_name: str = ""
    ) -> int:
        """Note an edit that puts one piece in the place of another; gives its number."""
        places = (base or self.base, head or self.head)
        return self._note(Edit(self._rules, what, *places, whole_lines=whole_lines, set_name=set_name))

    def added(self, what: str, head: Span | None, *, whole_lines: bool = False) -> int:
        """Note a piece that only HEAD has."""
        return self._note(Edit(self._rules, what, self.base, head, in_base=False, whole_lines=whole_lines))

    def removed(self, what: str, base: Span | None, *, whole_lines: bool = False) -> int:
        """Note a piece that only BASE has."""
        return self._note(Edit(self._rules, what, base, self.head, in_head=False, whole_lines=whole_lines))

    def within(self, base: Span | None, head: Span | None) -> Edits:
        """Give the same edits, for pieces that stand inside `base` and `head`."""
        return replace(self, base=base or self.base, head=head or self.head)

    @property
    def _rules(self) -> tuple[str, ...]:
        return (self.rule,) if self.rule else ()

    def _note(self, edit: Edit) -> int:
        for number, known in enumerate(self.found):
            if known.piece == edit.piece:
                rules = tuple(dict.fromkeys((*known.rules, *edit.rules)))
                self.found[number] = replace(known, rules=rules)
                return number
        self.found.append(edit)
        return len(self.found) - 1


def either(number: int, base: T, head: T) -> Made[T]:
    """Piece of HEAD when the edit is chosen, else that of BASE."""
    return lambda chosen: head if number in chosen else base


def merge_condition(base: Condition | None, head: Condition | None, edits: Edits) -> Made[Condition | None]:
    """Merge two conditions, part by part where they have the same build; None is a condition that nothing fails."""
    if base is None and head is None:
        return lambda _: None
    if base is None or head is None:
        one, other = base or _everybody(edits), head or _everybody(edits)
        return _merge_lists(AllOf, one, other, edits)
    return _merge(base, head, edits)


def _merge(base: Condition, head: Condition, edits: Edits) -> Made[Condition]:
    old, new = unnamed(base), unnamed(head)
    if same_meaning(old, new):
        return lambda _: new
    inner = edits.within(old.span, new.span)
    for kind in (AllOf, AnyOf):
        if isinstance(old, kind) or isinstance(new, kind):
            return _merge_lists(kind, old, new, inner)
    match old, new:
        case NoneOf(), NoneOf():
            return _merge_lists(NoneOf, old, new, inner)
        case Not(), Not():
            made = _merge(old.condition, new.condition, inner)
            return lambda chosen: replace(new, condition=made(chosen))
        case HasContract(), HasContract() if old.quantifier == new.quantifier:
            made = _merge(old.condition, new.condition, inner)
            return lambda chosen: replace(new, condition=made(chosen))
        case _:
            name = _shared_set(old, new)
            what = f"the set {name} has other values" if name else _said(old, new)
            return either(edits.replaced(what, old.span, new.span, set_name=name), old, new)


def _merge_lists(kind: type[AllOf | AnyOf | NoneOf], base: Condition, head: Condition, edits: Edits) -> Made[Condition]:
    pairs, gone, new = pair_up(_parts(kind, base), _parts(kind, head), _likeness)
    made: list[Made[Condition | None]] = [_merge(one, other, edits) for one, other in pairs]
    made += [either(edits.removed("the condition is gone", part.span), part, None) for part in gone]
    made += [either(edits.added("the condition is new", part.span), None, part) for part in new]

    def make(chosen: Chosen) -> Condition:
        parts = (one(chosen) for one in made)
        return kind(tuple(one for one in parts if one is not None), head.span)

    return make


def pair_up(
    base: Sequence[T], head: Sequence[T], likeness: Callable[[T, T], int]
) -> tuple[list[tuple[T, T]], list[T], list[T]]:
    """Pair pieces of two versions: first those that mean the same, then the most alike; and what is left of each.

    `likeness` gives 0 for two pieces that are no versions of each other.
    """
    gone, new = list(base), list(head)
    pairs: list[tuple[T, T]] = []
    for other in head:
        meant = meaning_of(other)
        found = next((one for one in gone if meaning_of(one) == meant), None)
        if found is not None:
            pairs.append((found, other))
            _drop(gone, found)
            _drop(new, other)
    scored = [(likeness(one, other), -n, -m) for n, one in enumerate(gone) for m, other in enumerate(new)]
    left, right = [*gone], [*new]
    for score, n, m in sorted(scored, reverse=True):
        one, other = left[-n], right[-m]
        if score > 0 and _stands_in(one, gone) and _stands_in(other, new):
            pairs.append((one, other))
            _drop(gone, one)
            _drop(new, other)
    return pairs, gone, new


def _stands_in(piece: object, pieces: Iterable[object]) -> bool:
    return any(one is piece for one in pieces)


def _drop(pieces: list[T], piece: T) -> None:
    del pieces[next(n for n, one in enumerate(pieces) if one is piece)]


def _parts(kind: type[AllOf | AnyOf | NoneOf], condition: Condition) -> tuple[Condition, ...]:
    inner = unnamed(condition)
    if not isinstance(inner, kind):
        return (condition,)
    return inner.conditions if isinstance(inner, NoneOf) else flat(inner)


def _likeness(base: Condition, head: Condition) -> int:
    old, new = unnamed(base), unnamed(head)
    if isinstance(old, Comparison) and isinstance(new, Comparison):
        if old.field.name != new.field.name:
            return 0
        return 2 + (old.operator == new.operator) + (old.negated == new.negated)
    return int(type(old) is type(new) and isinstance(old, AllOf | AnyOf | NoneOf | Not | HasContract))


def _said(old: Condition, new: Condition) -> str:
    if isinstance(old, Comparison) and isinstance(new, Comparison) and old.field.name == new.field.name:
        return f"the condition on {new.field.name} changed"
    return "the condition changed"


def _shared_set(old: Condition, new: Condition) -> str:
    """Name of the set that both compare with, when nothing else differs; "" without one."""
    if not isinstance(old, Comparison) or not isinstance(new, Comparison):
        return ""
    one, other = old.operand, new.operand
    if not isinstance(one, ValuesOperand | DepartmentsOperand) or type(one) is not type(other):
        return ""
    assert isinstance(other, ValuesOperand | DepartmentsOperand), "of the same type"
    same = (old.operator, old.negated) == (new.operator, new.negated) and one.set_name == other.set_name
    return one.set_name or "" if same else ""


def _everybody(edits: Edits) -> AllOf:
    place = edits.head or edits.base
    assert place is not None, "a rule has a place in one of the versions"
    return AllOf((), place)
