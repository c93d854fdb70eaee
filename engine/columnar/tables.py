"""The policy as tables over a population: per column, bits that say which conjunctions a value leaves possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Codes
from engine.columnar.gifts import GiftList, list_gifts
from engine.columnar.masks import Masks
from engine.columnar.normal_form import ColumnKey, Conjunction, Sources, form_of
from engine.columnar.population import Population, Rows
from engine.columnar.truth import Truth
from policy.rules import Scope

WORD = 64
_WORDS_AT_ONCE = 8
"""Bitsets are as long as whole vector registers (512 bits)."""
_TABLE_BYTES = 128 * 1024
"""Columns are looked up together as long as their bits stay within this size, so that all of them stay near."""


@dataclass(frozen=True, slots=True, eq=False)
class LookUp:
    """A column, or several of few lines together. `lines` gives the line of every code of each, of so many `sizes`.

    The line of a row among the bits is made of those of its codes, the last column counting by ones, from `begin` on.
    """

    keys: tuple[ColumnKey, ...]
    lines: tuple[Codes, ...]
    sizes: tuple[int, ...]
    begin: int = 0

    def lines_of(self, codes_of: Callable[[ColumnKey], Codes]) -> Codes:
        """Line of every row, by its codes in each column."""
        found = np.zeros(1, np.int32)
        for key, line, size in zip(self.keys, self.lines, self.sizes, strict=True):
            found = found * np.int32(size) + line[codes_of(key)]
        return found + np.int32(self.begin)


@dataclass(frozen=True, slots=True, eq=False)
class BitTables:
    """Look-ups of one kind of rows.

    `lines` (int32, rows by look-ups, C-contiguous) say for every row and look-up the line of `bits` (uint64, lines by
    words) in which the bits of conjunctions that its values leave possible are set.
    """

    look_ups: tuple[LookUp, ...]
    lines: Codes
    bits: NDArray[np.uint64]

    def over(self, count: int, codes_of: Callable[[ColumnKey], Codes]) -> BitTables:
        """Give the same look-ups of `count` other rows, by their codes."""
        lines = np.empty((count, len(self.look_ups)), np.int32)
        for number, one in enumerate(self.look_ups):
            lines[:, number] = one.lines_of(codes_of)
        return replace(self, lines=lines)

    def take(self, rows: NDArray[Any]) -> BitTables:
        """Look-ups of the rows with these numbers."""
        return replace(self, lines=self.lines[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """One policy on one day over one population, ready for the kernel.

    Bits of conjunctions over contracts come first (`contract_words` words), those over persons alone behind them;
    `possible` (uint64) has the bits that stand for one, `spell_of` (int32) the spell of every bit. `spread` are rules
    with too many alternatives for bits: their conditions were worked out for every row instead. `sources` say what the
    columns of the look-ups are; their own rows are those of the people who were compiled for.
    """

    population: Population
    masks: Masks
    sources: Sources
    gifts: GiftList
    persons: BitTables
    contracts: BitTables
    contract_words: int
    possible: NDArray[np.uint64]
    spell_of: NDArray[np.int32]
    spread: tuple[str, ...]

    def take(self, rows: NDArray[Any]) -> Tables:
        """Tables over the persons in these rows (ascending, each once) alone; nothing is compiled again."""
        theirs = self.population.columns.contract_rows(rows)
        population = self.population.take(rows)
        return replace(
            self,
            population=population,
            masks=Masks(population),
            gifts=self.gifts.take(rows, theirs),
            persons=self.persons.take(rows),
            contracts=self.contracts.take(theirs),
        )


def tables_of(population: Population) -> Tables:
    """Compile the population's policy for its people."""
    masks = Masks(population)
    sources, gifts = Sources.of(masks), list_gifts(population)
    found: dict[Rows, list[tuple[int, Conjunction]]] = {"person": [], "contract": []}
    for number, (rule, spell) in enumerate(gifts.spells):
        rows: Rows = "person" if rule.scope is Scope.PERSON else "contract"
        found[rows] += [(number, one) for one in form_of(rule, spell.window, sources)]
    words = _words(len(found["contract"]))
    bits = [*enumerate(found["contract"]), *enumerate(found["person"], start=words * WORD)]
    count = words + _words(len(found["person"]))
    possible, spell_of = np.zeros(count * WORD, np.bool_), np.full(count * WORD, -1, np.int32)
    for place, (number, _) in bits:
        possible[place], spell_of[place] = True, number
    literals = _literals((place, one) for place, (_, one) in bits)
    keys = sorted(literals)
    of_persons = [key for key in keys if _is_of_person(key, sources)]
    of_contracts = [key for key in keys if not _is_of_person(key, sources)]
    return Tables(
        population=population,
        masks=masks,
        sources=sources,
        gifts=gifts,
        persons=_bit_tables(of_persons, literals, sources, rows="person", words=count),
        contracts=_bit_tables(of_contracts, literals, sources, rows="contract", words=words),
        contract_words=words,
        possible=pack(possible[None, :])[0],
        spell_of=spell_of,
        spread=tuple(dict.fromkeys(sources.spread)),
    )


_Literals = dict[ColumnKey, list[tuple[int, Truth]]]


def _literals(conjunctions: Iterable[tuple[int, Conjunction]]) -> _Literals:
    """Tables by the column they look into, with the bit each belongs to."""
    found: _Literals = {}
    for place, one in conjunctions:
        for key, table in one.items():
            found.setdefault(key, []).append((place, table))
    return found


def _is_of_person(key: ColumnKey, sources: Sources) -> bool:
    return sources.truths[key].rows == "person" if key in sources.truths else sources.fields[key].root == "person"


def _bit_tables(
    keys: Sequence[ColumnKey], literals: _Literals, sources: Sources, *, rows: Rows, words: int
) -> BitTables:
    found: list[tuple[LookUp, NDArray[np.uint64]]] = []
    alone = []
    for key in keys:
        line, bits = _lines(literals[key], words)
        alone.append((LookUp((key,), (line,), (len(bits),)), bits))
    for look_up, bits in sorted(alone, key=lambda one: -len(one[1])):
        number = next((at for at, (_, others) in enumerate(found) if others.nbytes * len(bits) <= _TABLE_BYTES), None)
        if number is None:
            found.append((look_up, bits))
        else:
            found[number] = _together(*found[number], look_up, bits)
    begins = np.cumsum([0, *(len(bits) for _, bits in found)]).tolist()
    look_ups = tuple(replace(one, begin=begin) for (one, _), begin in zip(found, begins, strict=False))
    every = np.concatenate([np.zeros((0, words), np.uint64), *(bits for _, bits in found)])
    tables = BitTables(look_ups, np.zeros((0, len(look_ups)), np.int32), every)
    return tables.over(sources.masks.population.count(rows), lambda key: _codes_of(key, rows, sources))


def _together(
    first: LookUp, first_bits: NDArray[np.uint64], second: LookUp, second_bits: NDArray[np.uint64]
) -> tuple[LookUp, NDArray[np.uint64]]:
    """Look up two together: a line for each of the first with each of the second."""
    look_up = LookUp(first.keys + second.keys, first.lines + second.lines, first.sizes + second.sizes)
    return look_up, (first_bits[:, None] & second_bits[None]).reshape(-1, first_bits.shape[1])


def _codes_of(key: ColumnKey, rows: Rows, sources: Sources) -> Codes:
    if key in sources.truths:
        return sources.truths[key].truth.astype(np.int32)
    return sources.masks.population.codes_at(sources.fields[key], rows)


def _lines(literals: Sequence[tuple[int, Truth]], words: int) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Line of every code of a column, and the bits of each line: codes with the same truths share one."""
    places = np.array([place for place, _ in literals], np.int64)
    truths = np.stack([table for _, table in literals])
    packed = np.ascontiguousarray(np.packbits(truths, axis=0).T)
    seen = packed.view(np.dtype((np.void, packed.shape[1]))).reshape(-1)
    _, examples, line = np.unique(seen, return_index=True, return_inverse=True)
    flags = np.ones((len(examples), words * WORD), np.bool_)
    flags[:, places] = truths[:, examples].T
    return line.astype(np.int32).reshape(-1), pack(flags)


def pack(flags: Truth) -> NDArray[np.uint64]:
    """Pack flags (lines by bits, bits a multiple of 64) into words, the first flag in the lowest bit."""
    if flags.shape[1] == 0:
        return np.zeros(flags.shape, np.uint64)
    return np.packbits(flags, axis=1, bitorder="little").view(np.uint64)


def _words(bits: int) -> int:
    words = -(-bits // WORD)
    return -(-words // _WORDS_AT_ONCE) * _WORDS_AT_ONCE if words > 1 else words
