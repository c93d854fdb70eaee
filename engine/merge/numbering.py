"""One numbering of persons and of entitlements for what is desired and what is managed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.columnar.desired import DesiredColumns
from engine.merge.kernels.pairs import count_items, find_places, list_places
from engine.merge.kernels.texts import find_texts, merge_texts
from engine.merge.managed import ManagedColumns
from policy.entitlements import Entitlement, EntitlementKey, Kind

Numbers = NDArray[np.int32]
Places = NDArray[np.int64]
_EXPECTED_SHARE = 16
KINDS = tuple(Kind)
ACCOUNT = KINDS.index(Kind.ACCOUNT)


@dataclass(frozen=True, eq=False)
class Side:
    """What is desired, or what is managed, by the common numbers.

    Person `i` has the places `first[i]` to before `first[i + 1]` of `items` (int32, ascending within a person), which
    the side numbers in a way of its own: `common` gives the common number of each, `own` the other way round (-1 for
    none). `rows` is the row on this side of every person, -1 for none, and `persons` the person of every row.
    """

    first: Places
    items: Numbers
    common: Numbers
    own: Numbers
    rows: Numbers
    persons: Numbers

    def find(self, persons: Numbers, entitlements: Numbers) -> Places:
        """Place of each of these pairs in `items`, -1 for those that this side does not have.

        Both are common numbers; -1 stands for an entitlement that nobody has.
        """
        places = np.empty(len(persons), np.int64)
        asked = np.ascontiguousarray(persons), lookup(self.own, np.ascontiguousarray(entitlements))
        find_places(self.first, self.items, *asked, places)
        return places

    def holders(self, is_wanted: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
        """Everybody who has a wanted entitlement (a flag for every common number), and which."""
        is_ours = is_wanted[self.common]
        room = len(self.items) // _EXPECTED_SHARE + 1
        while True:
            places = np.empty(room + 1, np.int64)
            used = list_places(self.items, is_ours, places)
            if used <= room:
                return self.pairs_at(places[:used])
            room = used

    def count(self) -> Places:
        """How many have each entitlement, by common number."""
        counts = np.zeros(len(self.common), np.int64)
        count_items(self.items, counts)
        found = np.zeros(len(self.own), np.int64)
        found[self.common] = counts
        return found

    def pairs_at(self, places: Places) -> tuple[Numbers, Numbers]:
        """Person and entitlement at each of these places."""
        persons = np.searchsorted(self.first, places, side="right").astype(np.int32) - np.int32(1)
        return persons, self.common[self.items[places]]


@dataclass(frozen=True, eq=False)
class Numbering:
    """Persons of both sides by `person_ids` and entitlements of both, all ascending; a number is a place in them.

    `targets` are those of the entitlements, ascending.
    """

    person_ids: pa.StringArray
    entitlements: tuple[Entitlement, ...]
    targets: tuple[str, ...]
    desired: Side
    managed: Side

    @cached_property
    def target(self) -> Numbers:
        """Place in `targets` of every entitlement's target."""
        return np.array([self.target_places[one.target] for one in self.entitlements], np.int32)

    @cached_property
    def target_places(self) -> dict[str, int]:
        """Place of every target in `targets`."""
        return {target: place for place, target in enumerate(self.targets)}

    @cached_property
    def kind(self) -> NDArray[np.uint8]:
        """Place in `KINDS` of every entitlement's kind."""
        return np.array([KINDS.index(one.kind) for one in self.entitlements], np.uint8)

    @cached_property
    def accounts(self) -> Numbers:
        """Number of the account of every target, -1 for one in which nobody has an account."""
        found = np.full(len(self.targets), -1, np.int32)
        is_account = self.kind == ACCOUNT
        found[self.target[is_account]] = np.flatnonzero(is_account)
        return found

    @cached_property
    def account(self) -> Numbers:
        """Number of the account that every entitlement hangs on (itself for an account), -1 for none."""
        return lookup(self.accounts, self.target)

    @cached_property
    def numbers(self) -> dict[tuple[str, Kind, str], int]:
        """Number of every entitlement by target, kind and name."""
        return {(one.target, one.kind, one.name): number for number, one in enumerate(self.entitlements)}

    def find_persons(self, ids: Sequence[str]) -> Numbers:
        """Find the number of every person, -1 for somebody on neither side."""
        places = np.empty(len(ids), np.int32)
        find_texts(*text_buffers(self.person_ids), *text_buffers(pa.array(ids, pa.string())), places)
        return places

    def numbers_of(self, keys: Sequence[EntitlementKey | Entitlement]) -> Numbers:
        """Find the number of every entitlement, -1 for one that nobody has."""
        return np.array([self.numbers.get((one.target, one.kind, one.name), -1) for one in keys], np.int32)

    def name_persons(self, persons: Numbers) -> list[str]:
        """External ids of persons."""
        ids: list[str] = self.person_ids.take(pa.array(persons)).to_pylist()
        return ids

    def keys_of(self, persons: Numbers, entitlements: Numbers) -> list[EntitlementKey]:
        """Keys of pairs."""
        named = zip(self.name_persons(persons), entitlements.tolist(), strict=True)
        return [EntitlementKey.of(person, self.entitlements[entitlement]) for person, entitlement in named]


def number_both(desired: DesiredColumns, managed: ManagedColumns) -> Numbering:
    """Give persons and entitlements of both sides one numbering."""
    entitlements, wanted, ours = _merge_entitlements(desired.entitlements, managed.entitlements)
    person_ids, of_desired, of_managed = _merge_persons(desired.columns.person_ids, managed.person_ids)
    shape = (len(person_ids), len(entitlements))
    return Numbering(
        person_ids=person_ids,
        entitlements=entitlements,
        targets=tuple(sorted({one.target for one in entitlements})),
        desired=_side(desired.first, desired.given, common=wanted, persons=of_desired, shape=shape),
        managed=_side(managed.first, managed.held, common=ours, persons=of_managed, shape=shape),
    )


def lookup(table: NDArray[Any], places: NDArray[Any], missing: int = -1) -> NDArray[Any]:
    """Values at places; `missing` for the place -1."""
    found: NDArray[Any] = np.append(table, np.array(missing, table.dtype))[places]
    return found


def _side(first: Places, items: Numbers, *, common: Numbers, persons: Numbers, shape: tuple[int, int]) -> Side:
    """Bring the runs of a side to common numbers: `shape` is how many persons and entitlements both have."""
    person_count, entitlement_count = shape
    rows, own = np.full(person_count, -1, np.int32), np.full(entitlement_count, -1, np.int32)
    rows[persons] = np.arange(len(persons), dtype=np.int32)
    own[common] = np.arange(len(common), dtype=np.int32)
    if len(persons) < person_count:
        counts = np.zeros(person_count + 1, np.int64)
        counts[persons + 1] = np.diff(first)
        first = np.cumsum(counts) + first[0]
    return Side(np.ascontiguousarray(first), np.ascontiguousarray(items), common, own, rows, persons)


def _merge_entitlements(
    desired: tuple[Entitlement, ...], managed: tuple[Entitlement, ...]
) -> tuple[tuple[Entitlement, ...], Numbers, Numbers]:
    """Entitlements of both, and the number of each of the one and of the other."""
    if desired == managed:
        same = np.arange(len(desired), dtype=np.int32)
        return desired, same, same
    found = {(one.target, one.kind, one.name): one for one in (*desired, *managed)}
    numbers = {key: number for number, key in enumerate(sorted(found))}
    of_desired, of_managed = (
        np.array([numbers[one.target, one.kind, one.name] for one in side], np.int32) for side in (desired, managed)
    )
    return tuple(found[key] for key in numbers), of_desired, of_managed


def _merge_persons(desired: pa.StringArray, managed: pa.StringArray) -> tuple[pa.StringArray, Numbers, Numbers]:
    """External ids of both, and the number of each person of the one and of the other."""
    if desired.equals(managed):
        same = np.arange(len(desired), dtype=np.int32)
        return desired, same, same
    of_desired, of_managed = np.empty(len(desired), np.int32), np.empty(len(managed), np.int32)
    count = merge_texts(*text_buffers(desired), *text_buffers(managed), of_desired, of_managed)
    if count == len(desired):
        return desired, of_desired, of_managed
    order = np.empty(count, np.int32)
    order[of_managed] = np.arange(len(desired), len(desired) + len(managed), dtype=np.int32)
    order[of_desired] = np.arange(len(desired), dtype=np.int32)
    return pa.concat_arrays([desired, managed]).take(pa.array(order)), of_desired, of_managed


def text_buffers(texts: pa.StringArray) -> tuple[Numbers, NDArray[np.uint8]]:
    """Offsets and bytes of texts, none of which is absent."""
    if not len(texts):
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    _, offsets, content = texts.buffers()
    first = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    return first, np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8)
