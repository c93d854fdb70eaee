"""How many contracts suffice, and a sentence written out over that many.

A sentence only says which kinds of contracts a person has: of any person who makes it true, the contracts that its
“some contract” parts name, and the primary one, make it true alone. So proofs need no more than those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.prove.formula import (
    BOUND,
    FALSE,
    All,
    Atom,
    Const,
    DayOrder,
    DayTerm,
    Exists,
    Formula,
    ForPrimary,
    Neg,
    Order,
    Some,
    Var,
    conj,
    disj,
    neg,
)


def contracts_needed(sentence: Formula) -> int:
    """Count of contracts such that whoever makes the sentence true does so with no more of their own contracts."""
    return sum(_needed(sentence, wanted=True, every=False).values()) + len(orders_in(sentence))


def orders_in(sentence: Formula) -> tuple[Order, ...]:
    """Orders by which the sentence asks for a primary contract, each once."""
    return tuple(dict.fromkeys(one.order for one in parts_of(sentence) if isinstance(one, ForPrimary)))


def atoms_in(sentence: Formula) -> tuple[Atom, ...]:
    """Atoms of the sentence, each once, in reading order."""
    kept = (one for one in parts_of(sentence) if not isinstance(one, Const | Neg | All | Some | Exists | ForPrimary))
    return tuple(dict.fromkeys(kept))


def parts_of(sentence: Formula) -> Iterator[Formula]:
    """Give the sentence and every part below it; a part that stands in several places comes once for each object."""
    seen: set[int] = set()
    waiting = [sentence]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        match one:
            case Neg():
                waiting.append(one.of)
            case All() | Some():
                waiting.extend(reversed(one.parts))
            case Exists() | ForPrimary():
                waiting.append(one.body)
            case _:
                pass


def _needed(part: Formula, *, wanted: bool, every: bool) -> dict[tuple[Formula, bool], int]:
    """Count contracts that must be kept so that `part` keeps the truth `wanted`, by the parts they are kept for.

    Of an `or` one part is enough; but not where it speaks of `every` contract, as each may choose another part.
    """
    match part:
        case Neg():
            return _needed(part.of, wanted=not wanted, every=every)
        case All() | Some():
            found = [_needed(one, wanted=wanted, every=every) for one in part.parts]
            if every or isinstance(part, All) is wanted:
                return _merged(found)
            return {(part, wanted): max(sum(one.values()) for one in found)}
        case Exists():
            below = _needed(part.body, wanted=wanted, every=every or not wanted)
            return _merged([below, {(part, wanted): 1}]) if wanted else below
        case ForPrimary():
            return _needed(part.body, wanted=wanted, every=every)
        case _:
            return {}


def _merged(found: list[dict[tuple[Formula, bool], int]]) -> dict[tuple[Formula, bool], int]:
    merged: dict[tuple[Formula, bool], int] = {}
    for one in found:
        for named, count in one.items():
            merged[named] = max(count, merged.get(named, 0))
    return merged


@dataclass(frozen=True, slots=True)
class Ground:
    """Writes sentences out over contracts 1 … `contracts`; `primary` says which one stands first by each order."""

    contracts: int
    primary: dict[Order, int]
    _written: dict[tuple[int, int], tuple[Formula, Formula]] = field(default_factory=dict)

    def write(self, part: Formula, bound: int = BOUND) -> Formula:
        """Give `part` without quantifiers; `bound` is the contract in hand."""
        key = (id(part), bound)
        if key not in self._written:
            self._written[key] = part, self._write(part, bound)  # kept alive, so that its id stays its own
        return self._written[key][1]

    def _write(self, part: Formula, bound: int) -> Formula:
        match part:
            case Const():
                return part
            case Neg():
                return neg(self.write(part.of, bound))
            case All():
                return conj(self.write(one, bound) for one in part.parts)
            case Some():
                return disj(self.write(one, bound) for one in part.parts)
            case Exists():
                return disj(self.write(part.body, contract) for contract in range(1, self.contracts + 1))
            case ForPrimary():
                return self.write(part.body, self.primary[part.order]) if self.contracts else FALSE
            case DayOrder():
                return replace(part, left=_bound_term(part.left, bound), right=_bound_term(part.right, bound))
            case _:
                return replace(part, var=_bound_var(part.var, bound))


def _bound_var(var: Var, bound: int) -> Var:
    return Var(bound, var.key) if var.owner == BOUND else var


def _bound_term(term: DayTerm, bound: int) -> DayTerm:
    return replace(term, base=_bound_var(term.base, bound)) if isinstance(term.base, Var) else term
