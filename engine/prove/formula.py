"""Sentences about a person: atoms over fields, joined and quantified over contracts.

An atom is a positive statement that is false where a value is absent, so negation is classical everywhere. A sentence
never relates two contracts: a quantifier's body speaks of one contract (`BOUND`) and the person alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from policy.moments import Duration, move
from policy.rules import SortKey

PERSON = 0
BOUND = -1
"""The contract of the nearest quantifier; contracts of a world are 1, 2, …"""

Order = tuple[SortKey, ...]


@dataclass(frozen=True, slots=True, order=True)
class Var:
    """A field of the person or of one contract; `key` as in `policy.types.Field.key`."""

    owner: int
    key: str


@dataclass(frozen=True, slots=True)
class DayTerm:
    """A day: of a field, of the calendar, or today; moved by `offset` in `direction`."""

    base: Var | date | Literal["today"]
    offset: Duration | None = None
    direction: Literal["before", "after"] = "after"

    def moved(self, day: date) -> date:
        """Day that this stands for when its base is `day`."""
        return move(day, self.offset, self.direction)


@dataclass(frozen=True, slots=True)
class TextIn:
    """The text is one of these."""

    var: Var
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class TextHas:
    """An operator of `policy.operators.text` with its text or pattern."""

    var: Var
    operator: str
    text: str


@dataclass(frozen=True, slots=True)
class NumberIs:
    """The number compares so: `at least`, `at most`, `more than`, `less than` the only one, or is `in` all of them."""

    var: Var
    operator: str
    numbers: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class FlagIs:
    """The flag is this."""

    var: Var
    flag: bool


@dataclass(frozen=True, slots=True)
class Below:
    """The department is one of these or lies below one."""

    var: Var
    departments: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """The field has a value."""

    var: Var


@dataclass(frozen=True, slots=True)
class DayOrder:
    """`left` lies before `right`, or is the same day unless `strict`."""

    left: DayTerm
    right: DayTerm
    strict: bool


Atom = TextIn | TextHas | NumberIs | FlagIs | Below | Known | DayOrder


@dataclass(frozen=True, slots=True)
class Const:
    """True or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Neg:
    """Not."""

    of: Formula


@dataclass(frozen=True, slots=True)
class All:
    """And, over two parts or more."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Or, over two parts or more."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """Some contract of the person satisfies `body`."""

    body: Formula


@dataclass(frozen=True, slots=True)
class ForPrimary:
    """There is a primary contract by this order, and it satisfies `body`."""

    order: Order
    body: Formula


Formula = Const | Atom | Neg | All | Some | Exists | ForPrimary
TRUE = Const(True)  # noqa: FBT003  # the truth value itself
FALSE = Const(False)  # noqa: FBT003


def neg(formula: Formula) -> Formula:
    """Not `formula`."""
    match formula:
        case Const():
            return FALSE if formula.value else TRUE
        case Neg():
            return formula.of
        case _:
            return Neg(formula)


def conj(parts: Iterable[Formula]) -> Formula:
    """And over `parts`, flattened, without doubles; over none it is true."""
    return _join(parts, All, TRUE, FALSE)


def disj(parts: Iterable[Formula]) -> Formula:
    """Or over `parts`, flattened, without doubles; over none it is false."""
    return _join(parts, Some, FALSE, TRUE)


def _join(parts: Iterable[Formula], kind: type[All | Some], unit: Const, zero: Const) -> Formula:
    found: dict[Formula, None] = {}
    texts: dict[Var, frozenset[str]] = {}
    for part in parts:
        if part == zero:
            return zero
        for one in part.parts if isinstance(part, kind) else (part,):
            if isinstance(one, TextIn) and kind is Some:  # many rows of a table are one question
                texts[one.var] = texts.get(one.var, frozenset()) | one.values
            elif one != unit:
                found[one] = None
    found |= dict.fromkeys(TextIn(var, values) for var, values in texts.items())
    if len(found) <= 1:
        return next(iter(found), unit)
    return kind(tuple(found))


def exists(body: Formula) -> Formula:
    """Tell that some contract satisfies `body`, so that there is one even where `body` does not speak of it."""
    return FALSE if body == FALSE else Exists(body)


def for_all(body: Formula) -> Formula:
    """Every contract satisfies `body`."""
    return neg(exists(neg(body)))


def variables(atom: Atom) -> tuple[Var, ...]:
    """Fields that an atom reads, each once."""
    if isinstance(atom, DayOrder):
        bases = (atom.left.base, atom.right.base)
        return tuple(dict.fromkeys(one for one in bases if isinstance(one, Var)))
    return (atom.var,)
