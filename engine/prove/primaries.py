"""Which contract stands first: the policy's order of contracts as demands on their fields (`engine.people.primary`)."""

from __future__ import annotations

from engine.prove.cells import Cell, Domain
from engine.prove.diagram import YES
from engine.prove.formula import DayOrder, DayTerm, Formula, Order, Var, conj, neg
from engine.prove.space import Space
from policy.canonical import Value
from policy.rules import SortDirection, SortKey

_DESCENDING = frozenset({SortDirection.HIGHEST, SortDirection.LATEST})


def is_running(contract: int) -> Formula:
    """Sentence: the contract runs today, its first and last day included."""
    today = DayTerm("today")
    begun = DayOrder(DayTerm(Var(contract, "start_date")), today, strict=False)
    return conj((begun, neg(DayOrder(DayTerm(Var(contract, "end_date")), today, strict=True))))


def keys_of(order: Order) -> tuple[str, ...]:
    """Keys of the contract fields that decide the order, those of running contracts too."""
    keys = [[one.field.key] if one.field is not None else ["start_date", "end_date"] for one in order]
    return tuple(dict.fromkeys(key for found in keys for key in found))


def stands_first(space: Space, order: Order, first: int, other: int) -> int:
    """Diagram: with the best values of its cells contract `first` stands before `other` with the worst of its own.

    Where everything is equal the external id decides: contracts are numbered in the order of their ids.
    """
    found = YES if first < other else 0
    for key in reversed(order):
        better, equal = _compared(space, key, first, other)
        found = space.diagrams.either(better, space.diagrams.both(equal, found))
    return found


def best(cell: Cell, direction: SortDirection) -> Value | None:
    """Value of a cell with which a contract stands as far in front as it can."""
    return cell[1] if direction in _DESCENDING else cell[0]


def worst(cell: Cell, direction: SortDirection) -> Value | None:
    """Value of a cell with which a contract stands as far back as it can."""
    return cell[0] if direction in _DESCENDING else cell[1]


def is_decided(domain: Domain | None) -> bool:
    """Tell whether cells of the field can be put in order exactly."""
    return domain is not None and domain.ordered


def _compared(space: Space, key: SortKey, first: int, other: int) -> tuple[int, int]:
    """Diagrams: `first` goes before `other` by this key; they are equal by it."""
    diagrams = space.diagrams
    if key.field is None:
        one, two = space.write(is_running(first)), space.write(is_running(other))
        both, neither = diagrams.both(one, two), diagrams.both(diagrams.negate(one), diagrams.negate(two))
        return diagrams.both(one, diagrams.negate(two)), diagrams.either(both, neither)
    mine, theirs = Var(first, key.field.key), Var(other, key.field.key)
    if not is_decided(space.domains.get(mine)):
        return YES, YES  # not known: every order is taken as possible, and a witness is looked at by the evaluator
    better, equal = [], []
    for at, cell in enumerate(space.domains[mine].cells):
        place = _place(best(cell, key.direction), key)
        others = [_place(worst(one, key.direction), key) for one in space.domains[theirs].cells]
        here = space.where(mine, [at])
        better.append(diagrams.both(here, space.where(theirs, [no for no, one in enumerate(others) if place < one])))
        equal.append(diagrams.both(here, space.where(theirs, [no for no, one in enumerate(others) if place == one])))
    return diagrams.any_of(better), diagrams.any_of(equal)


class _Reversed:
    """A value that stands before smaller ones."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __lt__(self, other: _Reversed) -> bool:
        return bool(other.value < self.value)  # type: ignore[operator]  # values of one field

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversed) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


def _place(value: object, key: SortKey) -> tuple[int, object]:
    """Place of a value by this key: smaller stands in front; a missing one last, but an open end as the latest."""
    descending = key.direction in _DESCENDING
    if value is None:
        assert key.field is not None, "whether a contract runs is never missing"
        return (-1, 0) if descending and key.field.path == "end_date" else (1, 0)
    return (0, _Reversed(value)) if descending else (0, value)
