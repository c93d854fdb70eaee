"""Fields as finite classes: cells of values that no question tells apart, each with a value or two to stand for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.prove.cuts import holds_between
from engine.prove.days import cells_of
from engine.prove.formula import Atom, Below, DayOrder, FlagIs, Known, NumberIs, TextHas, TextIn, Var
from engine.prove.numbers import cells_of_numbers
from engine.prove.texts import Texts, test_of, texts_that_matter
from policy.canonical import Value
from policy.operators.registry import OPERATORS
from policy.types import FieldType

Cell = tuple[Value | None, Value | None]
"""Two values of a cell, the lower first; equal where it has one value alone, None for an absent one."""

ABSENT: Cell = (None, None)
_FLAGS: tuple[Cell, ...] = ((False, False), (True, True))


@dataclass(frozen=True, slots=True)
class Domain:
    """Cells of one field, an absent value first where it may be absent.

    `ordered`: they ascend and lie apart, and none was left out because another gives the same truths. Unless
    `complete` there may be values that no cell stands for.
    """

    cells: tuple[Cell, ...]
    ordered: bool
    complete: bool


def domain_of(
    atoms: Iterable[Atom], field_type: FieldType, today: date, *, allowed: tuple[str, ...] | None, orders: bool
) -> Domain:
    """Cells of a field of which `atoms` speak; with `orders` they must serve to put contracts in order, too."""
    asked = tuple(atoms)
    match field_type:
        case FieldType.FLAG:
            return Domain(_FLAGS, ordered=True, complete=True)
        case FieldType.NUMBER:
            bounds = [number for one in asked if isinstance(one, NumberIs) for number in one.numbers]
            return Domain(cells_of_numbers(bounds), ordered=True, complete=True)
        case FieldType.DATE:
            return Domain(_day_cells(asked, today, two=orders), ordered=True, complete=True)
        case _:
            if orders and not asked and allowed is None:
                return Domain((("other-1", "other-2"),), ordered=True, complete=True)
            texts = _texts(asked, allowed)
            ordered = orders and allowed is not None
            values = sorted(texts.values) if ordered else texts.values
            return Domain(tuple((one, one) for one in values), ordered=ordered, complete=texts.complete)


def truth(atom: Atom, value: Value | None, today: date) -> bool:
    """Truth of an atom that reads one field, with this value."""
    if value is None:
        return False
    match atom:
        case Known():
            return True
        case TextIn():
            return value in atom.values
        case TextHas():
            assert isinstance(value, str), "a field of texts holds texts"
            return test_of(atom.operator, atom.text)(value)
        case FlagIs():
            return value is atom.flag
        case NumberIs(operator="in"):
            return value in atom.numbers
        case NumberIs():
            return bool(OPERATORS[atom.operator].meaning(value, next(iter(atom.numbers))))
        case DayOrder():
            assert isinstance(value, date), "a field of dates holds dates"
            return holds_between(atom, _base(atom.left.base, value, today), _base(atom.right.base, value, today))
        case Below():
            raise AssertionError("departments below others are no single field")


def _day_cells(asked: Iterable[Atom], today: date, *, two: bool) -> tuple[Cell, ...]:
    orders = [one for one in asked if isinstance(one, DayOrder) and one.left.base != one.right.base]
    bases = (base for one in orders for base in (one.left.base, one.right.base))
    var = next((base for base in bases if isinstance(base, Var)), Var(0, ""))
    cells: list[Cell] = []
    for low, high in cells_of(var, orders, today):
        day = min(max(low, today.toordinal()), high)  # the day of the cell that lies nearest to today
        pair = (day, day) if not two else (day, day + 1) if day < high else (max(low, day - 1), day)
        cells.append((date.fromordinal(pair[0]), date.fromordinal(pair[1])))
    return tuple(cells)


def _texts(asked: Iterable[Atom], allowed: tuple[str, ...] | None) -> Texts:
    named: frozenset[str] = frozenset()
    questions: list[TextHas] = []
    for one in asked:
        match one:
            case TextIn():
                named |= one.values
            case Below():
                named |= one.departments
            case TextHas():
                questions.append(one)
            case _:
                pass
    return texts_that_matter(named, questions, allowed)


def _base(base: Var | date | str, value: date, today: date) -> date:
    match base:
        case Var():
            return value
        case date():
            return base
        case _:
            return today
