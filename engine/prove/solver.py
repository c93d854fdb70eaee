"""The second solver: the same sentences in the theories of z3 (the extra `prove`). The only module that knows z3.

Texts are strings and regular expressions, days are whole numbers with months worked out by the calendar's own rules,
departments lie below one another by a relation with the laws of a forest. Its steps are counted (`rlimit`), so its
answers are repeatable.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from engine.prove.calendar_terms import CalendarTerms
from engine.prove.cells import Cell, Domain
from engine.prove.days import FIRST_ASKED, LAST_ASKED
from engine.prove.fields import DEPARTMENT
from engine.prove.formula import (
    FALSE,
    PERSON,
    All,
    Atom,
    Below,
    Const,
    DayOrder,
    DayTerm,
    Exists,
    FlagIs,
    Formula,
    ForPrimary,
    Known,
    Neg,
    NumberIs,
    Order,
    Some,
    TextHas,
    TextIn,
    Var,
    variables,
)
from engine.prove.ground import Ground, atoms_in
from engine.prove.languages import LAST, Choice, Language, Letters, Sequence
from engine.prove.patterns import language_of
from engine.prove.primaries import is_running
from engine.prove.regions import Regions
from engine.prove.search import primaries
from engine.prove.space import Space, lies_below
from engine.prove.speak import MANAGER
from engine.prove.texts import BLANK
from engine.prove.worlds import World
from policy.canonical import Value
from policy.proofs import Answer, Outcome, Witness
from policy.rules import ManagerRule, SortDirection, SortKey
from policy.types import FieldType

_LAST_LETTER = 0x2FFFF
"""Last letter of z3's strings. Letters behind it are like any other that no rule names."""
_DESCENDING = frozenset({SortDirection.HIGHEST, SortDirection.LATEST})


def is_there() -> bool:
    """Tell whether z3 is installed."""
    return find_spec("z3") is not None


def solve(regions: Regions, steps: int) -> Answer | None:
    """Decide a problem with z3 within `steps` of its own; None when it cannot tell.

    A person it finds is put before the evaluator, as every witness is.
    """
    z3 = import_module("z3")
    for contracts in range(regions.contracts + 1):
        for primary in primaries(regions.orders, contracts):
            sentence = Ground(contracts, primary).write(regions.problem.sentence)
            if sentence == FALSE:
                continue
            model = _Model(z3, regions, contracts, primary)
            try:
                said = [model.write(sentence), *model.laws(sentence)]
            except _NotSaid:
                return None
            # Days and flags alone are arithmetic of whole numbers, for which there is a way of its own.
            solver = z3.SolverFor("QF_AUFLIA") if model.is_whole_numbers else z3.Solver()
            solver.set("rlimit", steps)
            solver.add(*said)
            result = solver.check()
            if result == z3.unsat:
                continue
            witness = model.witness(solver.model()) if result == z3.sat else None
            if witness is None or not regions.problem.confirm(witness):
                return None
            return Answer(Outcome.YES, witness)
    return Answer(Outcome.NO) if regions.whole else None


class _NotSaid(Exception):  # noqa: N818  # the solver is not asked at all then
    """Something that has no form in the theories of z3."""


class _Model:
    """One world of variables of z3."""

    def __init__(self, z3: Any, regions: Regions, contracts: int, primary: dict[Order, int]) -> None:  # noqa: ANN401  # z3 has no types
        self.z3, self.regions, self.contracts, self.primary = z3, regions, contracts, primary
        self.today = z3.Int("today")
        self.calendar = CalendarTerms(z3)
        self.below = z3.Function("below", z3.StringSort(), z3.StringSort(), z3.BoolSort())
        self.terms: dict[Var, tuple[Any, Any]] = {}

    def term(self, var: Var) -> tuple[Any, Any]:
        """Whether the field has a value, and which."""
        if var not in self.terms:
            z3, name = self.z3, f"{var.owner}.{var.key}"
            match self.regions.fields.type_of(var):
                case FieldType.NUMBER:
                    value = z3.Real(name)
                case FieldType.DATE:
                    value = z3.Int(name)
                case FieldType.FLAG:
                    value = z3.Bool(name)
                case _:
                    value = z3.String(name)
            self.terms[var] = z3.Bool(f"{name} is known"), value
        return self.terms[var]

    @property
    def is_whole_numbers(self) -> bool:
        """Whether nothing but days and flags is spoken of."""
        types = {self.regions.fields.type_of(var) for var in self.terms}
        return types <= {FieldType.DATE, FieldType.FLAG}

    def write(self, part: Formula) -> Any:  # noqa: ANN401
        """Write a sentence without quantifiers."""
        match part:
            case Const():
                return self.z3.BoolVal(part.value)
            case Neg():
                return self.z3.Not(self.write(part.of))
            case All():
                return self.z3.And(*map(self.write, part.parts))
            case Some():
                return self.z3.Or(*map(self.write, part.parts))
            case Exists() | ForPrimary():
                raise AssertionError("a sentence is written out before it is solved")
            case _:
                known = [self.term(var)[0] for var in variables(part)]
                return self.z3.And(*known, self._said(part))

    def _said(self, atom: Atom) -> Any:  # noqa: ANN401
        z3 = self.z3
        match atom:
            case Known():
                return z3.BoolVal(True)  # noqa: FBT003
            case DayOrder():
                left, right = self._day(atom.left), self._day(atom.right)
                return left < right if atom.strict else left <= right
            case FlagIs():
                return self.term(atom.var)[1] == atom.flag
            case TextIn():
                return self._is_one_of(self.term(atom.var)[1], atom.values)
            case TextHas():
                return self._has(self.term(atom.var)[1], atom)
            case NumberIs():
                return self._number(self.term(atom.var)[1], atom)
            case Below():
                return self._lies(atom)

    def _is_one_of(self, value: Any, texts: Iterable[str]) -> Any:  # noqa: ANN401
        return self.z3.Or(*(value == self._text(one) for one in sorted(texts)))

    def _text(self, text: str) -> Any:  # noqa: ANN401
        if any(ord(one) > _LAST_LETTER for one in text):
            raise _NotSaid
        escaped = "".join(one if " " <= one <= "~" and one != "\\" else f"\\u{{{ord(one):x}}}" for one in text)
        return self.z3.StringVal(escaped)

    def _has(self, value: Any, atom: TextHas) -> Any:  # noqa: ANN401
        match atom.operator:
            case "starts with":
                return self.z3.PrefixOf(self._text(atom.text), value)
            case "ends with":
                return self.z3.SuffixOf(self._text(atom.text), value)
            case "contains":
                return self.z3.Contains(value, self._text(atom.text))
            case _:
                language = language_of(atom.text)
                if language is None:
                    raise _NotSaid
                return self.z3.InRe(value, self._language(language))

    def _language(self, language: Language) -> Any:  # noqa: ANN401
        z3 = self.z3
        sort = z3.ReSort(z3.StringSort())
        match language:
            case Letters():
                ends = [(low, min(high, _LAST_LETTER) if high == LAST else high) for low, high in language.ranges]
                parts = [z3.Range(self._text(chr(low)), self._text(chr(high))) for low, high in ends]
                return parts[0] if len(parts) == 1 else z3.Union(*parts)
            case Sequence():
                parts = [self._language(one) for one in language.parts]
                return z3.Re(z3.StringVal("")) if not parts else parts[0] if len(parts) == 1 else z3.Concat(*parts)
            case Choice():
                parts = [self._language(one) for one in language.parts]
                return z3.Empty(sort) if not parts else parts[0] if len(parts) == 1 else z3.Union(*parts)
            case _:
                return z3.Star(self._language(language.part))

    def _number(self, value: Any, atom: NumberIs) -> Any:  # noqa: ANN401
        numbers = [self.z3.RealVal(str(one)) for one in sorted(atom.numbers)]
        match atom.operator:
            case "in":
                return self.z3.Or(*(value == one for one in numbers))
            case "at least":
                return value >= numbers[0]
            case "at most":
                return value <= numbers[0]
            case "more than":
                return value > numbers[0]
            case _:
                return value < numbers[0]

    def _lies(self, atom: Below) -> Any:  # noqa: ANN401
        value = self.term(atom.var)[1]
        if self.regions.subtrees is not None:
            units = [self.regions.subtrees.get(one, frozenset({one})) for one in atom.departments]
            return self._is_one_of(value, frozenset().union(*units))
        named = [self._text(one) for one in sorted(atom.departments)]
        return self.z3.Or(*(self.z3.Or(value == one, self.below(value, one)) for one in named))

    def _day(self, term: DayTerm) -> Any:  # noqa: ANN401
        match term.base:
            case Var():
                base = self.term(term.base)[1]
            case date():
                return self.z3.IntVal(term.moved(term.base).toordinal())
            case _:
                base = self.today
        return self.calendar.moved(base, term)

    def laws(self, sentence: Formula) -> list[Any]:
        """Give what is true of every person, day and forest."""
        z3 = self.z3
        found = [self.today >= FIRST_ASKED.toordinal(), self.today <= LAST_ASKED.toordinal()]
        for order, first in self.primary.items() if self.contracts > 1 else ():
            others = (one for one in range(1, self.contracts + 1) if one != first)
            found += [self._stands_first(order, first, other) for other in others]
        if any(MANAGER in variables(one) for one in atoms_in(sentence)):
            for policy in self.regions.problem.policies:
                if policy.primary_manager is not ManagerRule.CONTRACT:
                    first = self.primary[policy.primary_contract_by] if self.contracts else 0
                    place = self.term(Var(first, DEPARTMENT))[0] if first else z3.BoolVal(False)  # noqa: FBT003
                    found.append(z3.Implies(self.term(MANAGER)[0], place))
        found += self._forest()
        for var in [*self.terms]:
            found += self._possible(var)
        return [*found, *self.calendar.laws]

    def _possible(self, var: Var) -> list[Any]:
        known, value = self.term(var)
        found = [] if self.regions.fields.may_be_absent(var) else [known]
        allowed = self.regions.fields.allowed(var)
        if allowed is not None:
            found.append(self._is_one_of(value, allowed))
        match self.regions.fields.type_of(var):
            case FieldType.DATE:
                found += [value >= 1, value <= date.max.toordinal()]
            case FieldType.TEXT:
                blank = self.z3.Star(self._language(BLANK))
                found.append(self.z3.Not(self.z3.InRe(value, blank)))
                if var.key == DEPARTMENT and self.regions.subtrees is not None:
                    found.append(self.z3.Or(self.z3.Not(known), self._is_one_of(value, self.regions.subtrees)))
            case _:
                pass
        return found

    def _forest(self) -> list[Any]:
        """Laws of a forest, for the departments that are named and those of contracts."""
        if self.regions.subtrees is not None or not self.regions.above:
            return []
        z3, below = self.z3, self.below
        places = [self.term(Var(one, DEPARTMENT))[1] for one in range(1, self.contracts + 1)]
        units = [*map(self._text, self.regions.above), *places]
        found = [z3.Not(below(one, one)) for one in units]
        for one in units:
            for two in units:
                found.append(z3.Not(z3.And(below(one, two), below(two, one))))
                for three in units:
                    found.append(z3.Implies(z3.And(below(one, two), below(two, three)), below(one, three)))
                    line = z3.Or(two == three, below(two, three), below(three, two))
                    found.append(z3.Implies(z3.And(below(one, two), below(one, three)), line))
        return found

    def _stands_first(self, order: Order, first: int, other: int) -> Any:  # noqa: ANN401
        found = self.z3.BoolVal(first < other)
        for key in reversed(order):
            before, equal = self._compared(key, first, other)
            found = self.z3.Or(before, self.z3.And(equal, found))
        return found

    def _compared(self, key: SortKey, first: int, other: int) -> tuple[Any, Any]:
        z3 = self.z3
        if key.field is None:
            one, two = self.write(is_running(first)), self.write(is_running(other))
            return z3.And(one, z3.Not(two)), one == two
        (known, mine), (also, theirs) = (self.term(Var(owner, key.field.key)) for owner in (first, other))
        descending = key.direction in _DESCENDING
        if z3.is_bool(mine):
            mine, theirs = z3.If(mine, 1, 0), z3.If(theirs, 1, 0)
        better = theirs < mine if descending else mine < theirs
        both = z3.And(known, also)
        one_only = (
            z3.And(also, z3.Not(known)) if descending and key.field.path == "end_date" else z3.And(known, z3.Not(also))
        )
        return z3.Or(one_only, z3.And(both, better)), z3.And(known == also, z3.Or(z3.Not(known), mine == theirs))

    def witness(self, model: Any) -> Witness | None:  # noqa: ANN401
        """Make up the person of a model."""
        today = date.fromordinal(model.eval(self.today, model_completion=True).as_long())
        domains: dict[Var, Domain] = {}
        for var, (known, value) in self.terms.items():
            there = self.z3.is_true(model.eval(known, model_completion=True))
            read = self._read(model.eval(value, model_completion=True)) if there else None
            domains[var] = _only((read, read))
            if var.key == DEPARTMENT and var.owner != PERSON and self.regions.subtrees is None:
                for unit in self.regions.above:
                    lies = model.eval(self.below(value, self._text(unit)), model_completion=True)
                    domains[lies_below(var, unit)] = _only((self.z3.is_true(lies),) * 2)
        space = Space(today, domains, 0, self.regions.subtrees)
        return World(self.regions, space, {}, self.contracts, self.primary).witness()

    def _read(self, value: Any) -> Value:  # noqa: ANN401
        z3 = self.z3
        if z3.is_bool(value):
            return bool(z3.is_true(value))
        if z3.is_int_value(value):
            return date.fromordinal(value.as_long())
        if z3.is_rational_value(value):
            return Decimal(value.numerator_as_long()) / Decimal(value.denominator_as_long())
        return str(value.py_value())


def _only(cell: Cell) -> Domain:
    return Domain((cell,), ordered=True, complete=True)
