"""Rules that changed over people who did not: where they fired and fire, and what those people have then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.columnar.desired import DesiredColumns, Gifts
from engine.columnar.gifts import GiftList, list_gifts
from engine.columnar.masks import Masks
from engine.columnar.normal_form import Sources
from engine.columnar.persons import snapshot_of
from engine.columnar.runs import offsets_of
from engine.columnar.tables import WORD
from engine.evaluate.context import prepare
from engine.incremental.evaluation import Evaluation
from engine.incremental.firing import Firings, firings_of
from engine.incremental.index import ValueIndex
from engine.incremental.kernels.splice import splice_spells
from engine.incremental.policies import PolicyChanges, narrowed_to
from policy.entitlements import Entitlement
from policy.rules import CheckedPolicy


@dataclass(frozen=True, eq=False)
class RuleFirings:
    """Where spells of some rules fire: those of `listed` (all its spells), one for one."""

    listed: GiftList
    firings: tuple[Firings, ...]

    @property
    def persons(self) -> NDArray[np.int64]:
        """Rows of the persons whom some of them fire for, some more than once."""
        return _joined([one.persons for one in self.firings])


def old_firings(before: Evaluation, rules: frozenset[str]) -> NDArray[np.int64]:
    """Rows, in the columns of `before`, of the persons for whom some of these rules fired; some more than once."""
    spells = [(rule, spell) for rule, spell in before.tables.gifts.spells if rule.id in rules]
    found = (firings_of(rule, spell, before.tables.sources, before.index) for rule, spell in spells)
    return _joined([one.persons for one in found])


def new_firings(
    policy: CheckedPolicy, changes: PolicyChanges, index: ValueIndex, *, include_drafts: bool
) -> RuleFirings:
    """Where the rules that changed fire among the people, and on the day, of the population of `index`.

    Only these rules of `policy`, and those that may grant what they hold, are looked at.
    """
    rules, population = changes.rules, index.population
    narrow = narrowed_to(policy, rules, changes.holders)
    as_of, snapshot = population.context.as_of, snapshot_of(population.columns)
    wide = population.under(prepare(narrow, snapshot, as_of, include_drafts=include_drafts))
    alone = replace(wide.context, rules=tuple(one for one in wide.context.rules if one.id in rules))
    listed, sources = list_gifts(wide.under(alone)), Sources.of(Masks(wide))
    return RuleFirings(listed, tuple(firings_of(rule, spell, sources, index) for rule, spell in listed.spells))


def splice(
    before: Evaluation, rules: frozenset[str], now: RuleFirings, rows: NDArray[np.int64]
) -> tuple[DesiredColumns, GiftList]:
    """Find what the persons in `rows` (ascending, each once) are entitled to when `rules` fire as they do now.

    Their data did not change. It comes over columns that have nothing but who they are and their contracts.
    """
    old, columns = before.desired, before.columns
    contracts = columns.contract_rows(rows)
    few = replace(columns, fields={}, problems={}).take(rows)
    listed = _listed(before.tables.gifts.take(rows, contracts), now.listed.take(rows, contracts))
    kept = len(before.tables.gifts.spells)
    dropped = np.array([rule.id in rules for rule, _ in listed.spells[:kept]], np.uint8)
    first_added, added, through = _by_person(now.firings, rows, kept)
    gifts = listed.gifts
    affected = _affected(gifts, dropped)
    bit_of = np.full(len(listed.entitlements), -1, np.int32)
    bit_of[affected] = np.arange(len(affected), dtype=np.int32)
    firings = int((old.first_fired[rows + 1] - old.first_fired[rows]).sum()) + len(added)
    room = int((old.first[rows + 1] - old.first[rows]).sum()) + _room(gifts, kept, added)
    first, first_fired = np.zeros(len(rows) + 1, np.int64), np.zeros(len(rows) + 1, np.int64)
    # What is dropped is written, and written over; so may be the last of all.
    given, fired_out, through_out = (np.empty(size + 1, np.int32) for size in (room, firings, firings))
    masks, numbers = _masks(gifts, bit_of, len(affected)), _numbers(old.entitlements, listed.entitlements)
    used = splice_spells(
        rows, columns.first_contract, few.first_contract,
        old.first_fired, old.fired, old.through, old.first, old.given, np.where(bit_of[numbers] < 0, numbers, -1),
        first_added, added, through, np.append(dropped, np.zeros(len(listed.spells) - kept, np.uint8)),
        masks, affected, bit_of,
        gifts.first_named, gifts.named, gifts.slot, gifts.base, gifts.first_filled, gifts.filled,
        gifts.codes, gifts.person_codes,
        np.zeros(masks.shape[1], np.uint64), first, given, first_fired, fired_out, through_out,
    )  # fmt: skip
    fires = int(first_fired[-1])
    spliced = DesiredColumns(
        columns=few,
        entitlements=listed.entitlements,
        rules=listed.rules,
        first=first,
        given=given[:used],
        first_fired=first_fired,
        fired=fired_out[:fires],
        through=through_out[:fires],
        gifts=gifts,
    )
    return spliced, listed


def _listed(before: GiftList, added: GiftList) -> GiftList:
    """Put the spells of `added` behind those of `before`; a rule that both have stands where it does in `added`."""
    entitlements = before.entitlements
    if not set(added.entitlements) <= set(entitlements):
        entitlements = tuple(sorted({*entitlements, *added.entitlements}))
    rules = tuple(sorted({**dict(before.rules), **dict(added.rules)}.items()))
    grants = len(before.grants), {rows: len(before.slots[rows]) for rows in before.slots}
    moved = tuple(replace(one, slot=one.slot + grants[1][one.rows]) for one in added.grants)
    return GiftList(
        spells=(*before.spells, *added.spells),
        rules=rules,
        entitlements=entitlements,
        gifts=_gifts((before, added), entitlements, rules),
        grants=(*before.grants, *moved),
        slots={rows: (*before.slots[rows], *added.slots[rows]) for rows in before.slots},
    )


def _gifts(
    sides: tuple[GiftList, GiftList], entitlements: Sequence[Entitlement], rules: Iterable[tuple[str, str]]
) -> Gifts:
    numbers = {id_: number for number, (id_, _) in enumerate(rules)}
    left, right = (one.gifts for one in sides)
    renumbered = [_numbers(one.entitlements, entitlements) for one in sides]
    of_rules = [np.array([numbers[id_] for id_, _ in one.rules], np.int32) for one in sides]
    slots = np.array([grant.slot + len(sides[0].slots[grant.rows]) for grant in sides[1].grants], np.int32)
    return Gifts(
        rule=np.concatenate((of_rules[0][left.rule], of_rules[1][right.rule])),
        first_fixed=_offsets(left.first_fixed, right.first_fixed),
        fixed=np.concatenate((renumbered[0][left.fixed], renumbered[1][right.fixed])),
        first_named=_offsets(left.first_named, right.first_named),
        named=np.concatenate((left.named, right.named + np.int32(len(sides[0].grants)))),
        slot=np.concatenate((left.slot, slots)),
        base=np.concatenate((left.base, right.base + (len(left.first_filled) - 1))),
        first_filled=_offsets(left.first_filled, right.first_filled),
        filled=np.concatenate((renumbered[0][left.filled], renumbered[1][right.filled])),
        codes=np.concatenate((left.codes, right.codes)),
        person_codes=np.concatenate((left.person_codes, right.person_codes)),
    )


def _offsets(left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate((left, right[1:] + left[-1]))


def _by_person(
    firings: Sequence[Firings], rows: NDArray[np.int64], first_spell: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Bring firings in order of the persons in `rows`: where those of each begin, their spells and contracts."""
    firings = [_within(one, rows) for one in firings]
    persons = _joined([one.persons for one in firings])
    through = _joined([one.through for one in firings]).astype(np.int32)
    sizes = [len(one.persons) for one in firings]
    spells = np.repeat(np.arange(first_spell, first_spell + len(sizes), dtype=np.int32), sizes)
    order = np.argsort(persons, kind="stable")
    counts = np.bincount(persons, minlength=int(rows[-1]) + 1)[rows]
    return offsets_of(counts), spells[order], through[order]


def _within(firings: Firings, rows: NDArray[np.int64]) -> Firings:
    """Take the firings for persons from the first to the last of `rows`."""
    low, high = np.searchsorted(firings.persons, (rows[0], rows[-1] + 1)).tolist()
    return Firings(firings.persons[low:high], firings.through[low:high])


def _affected(gifts: Gifts, dropped: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Entitlements, ascending, that spells which are dropped or added may give."""
    is_meant = np.ones(len(gifts.first_fixed) - 1, np.bool_)
    is_meant[: len(dropped)] = dropped != 0
    fixed = gifts.fixed[np.repeat(is_meant, np.diff(gifts.first_fixed))]
    grants = gifts.named[np.repeat(is_meant, np.diff(gifts.first_named))]
    found = [fixed, *(gifts.filled[low:high] for low, high in (_filled_by(gifts, one) for one in grants.tolist()))]
    return np.unique(np.concatenate(found)).astype(np.int32)


def _room(gifts: Gifts, kept: int, added: NDArray[np.int32]) -> int:
    """How much the firings that are added may give, at most."""
    most = np.diff(gifts.first_fixed)
    for spell in range(kept, len(most)):
        for grant in gifts.named[gifts.first_named[spell] : gifts.first_named[spell + 1]].tolist():
            low, high = _filled_by(gifts, grant)
            most[spell] += high - low
    return int(most[added].sum())


def _filled_by(gifts: Gifts, grant: int) -> tuple[int, int]:
    """Places in `filled` of all that a named grant may give."""
    ends = np.append(gifts.base, len(gifts.first_filled) - 1)
    return int(gifts.first_filled[ends[grant]]), int(gifts.first_filled[ends[grant + 1]])


def _masks(gifts: Gifts, bit_of: NDArray[np.int32], count: int) -> NDArray[np.uint64]:
    """Affected ones among the fixed gifts of every spell, as bits."""
    sizes = np.diff(gifts.first_fixed)
    found = np.zeros((len(sizes), max(-(-count // WORD), 1)), np.uint64)
    spells, bits = np.repeat(np.arange(len(sizes)), sizes), bit_of[gifts.fixed]
    meant = bits >= 0
    spells, bits = spells[meant], bits[meant]
    np.bitwise_or.at(found, (spells, bits // WORD), np.uint64(1) << (bits % WORD).astype(np.uint64))
    return found


def _numbers(before: Sequence[Entitlement], after: Sequence[Entitlement]) -> NDArray[np.int32]:
    """Place in the one list of every entitlement of the other."""
    places = {one: place for place, one in enumerate(after)}
    return np.array([places[one] for one in before], np.int32)


def _joined(found: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(found) if found else np.zeros(0, np.int64)
