"""What everybody is entitled to, as columns: entitlements in one run per person, reasons told when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Columns
from engine.columnar.kernels.reasons import find_reasons
from policy.decisions import Reason
from policy.entitlements import Entitlement, EntitlementKey

Numbers = NDArray[np.int32]
Offsets = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """Reasons of several entitlements: those of number `k` are `first[k]` to before `first[k + 1]`.

    `rule` (int32) is a place in `DesiredColumns.rules`, `contract` (int32) a row of contracts or -1. They are in the
    order of sorted `policy.decisions.Reason`s, each once.
    """

    first: Offsets
    rule: Numbers
    contract: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Gifts:
    """What spells give: a spell is the grants of one rule that share a window.

    `rule` (int32, one per spell) is a place among the rules. Spell `s` gives everybody the entitlements
    `fixed[first_fixed[s]:first_fixed[s + 1]]`, and by data the named grants `named[first_named[s]:first_named[s + 1]]`.
    A named grant `g` gives in a row whose code is `codes[slot[g], row]` the entitlements
    `filled[first_filled[base[g] + code]:first_filled[base[g] + code + 1]]`. Codes of grants to a person alone (no
    contract) stand in `person_codes`.
    """

    rule: Numbers
    first_fixed: Offsets
    fixed: Numbers
    first_named: Offsets
    named: Numbers
    slot: Numbers
    base: Offsets
    first_filled: Offsets
    filled: Numbers
    codes: NDArray[np.int32]
    person_codes: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Work:
    """How an evaluation was done: `conjunctions` of look-ups stood in bits for `spells` of rules.

    Conditions of the rules `by_rows` had too many alternatives for bits and were worked out row by row. `looked_at`
    persons, whose data may be wrong, were put before the reference one by one.
    """

    spells: int = 0
    conjunctions: int = 0
    by_rows: tuple[str, ...] = ()
    looked_at: int = 0
    by_reference: bool = False
    """The reference decided everybody."""


@dataclass(frozen=True, eq=False)
class DesiredColumns(Mapping[EntitlementKey, tuple[Reason, ...]]):
    """Desired entitlements of the persons of `columns`, as `policy.decisions.Decisions.desired` has them.

    `entitlements` are all that anybody may be given, ascending. Person row `i` is entitled to
    `given[first[i]:first[i + 1]]` (int32 places in `entitlements`, ascending), and spells fired for them through
    contracts: `fired[first_fired[i]:first_fired[i + 1]]` (int32 spells) beside `through` (int32 rows of contracts, -1
    for the person alone). `rules` are ids and places (`path:line`), ascending.
    """

    columns: Columns
    entitlements: tuple[Entitlement, ...]
    rules: tuple[tuple[str, str], ...]
    first: Offsets
    given: Numbers
    first_fired: Offsets
    fired: Numbers
    through: Numbers
    gifts: Gifts
    work: Work = Work()

    @cached_property
    def places(self) -> Mapping[Entitlement, int]:
        """Place of every entitlement."""
        return {one: place for place, one in enumerate(self.entitlements)}

    def __len__(self) -> int:
        return len(self.given)

    def __iter__(self) -> Iterator[EntitlementKey]:
        for row, (low, high) in enumerate(pairwise(self.first.tolist())):
            if low < high:
                person = self.columns.person_ids[row].as_py()
                for place in self.given[low:high].tolist():
                    yield EntitlementKey.of(person, self.entitlements[place])

    def __contains__(self, key: object) -> bool:
        return isinstance(key, EntitlementKey) and self._find(key) is not None

    def __getitem__(self, key: EntitlementKey) -> tuple[Reason, ...]:
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return self.reasons_at(*found)

    def reasons_at(self, row: int, place: int) -> tuple[Reason, ...]:
        """Reasons why the person in a row is entitled to the entitlement at a place."""
        return tuple(self.named(self.reasons_of(np.array([row], np.int32), np.array([place], np.int32))))

    def named(self, reasons: Reasons) -> list[Reason]:
        """Give reasons with the names of their rules and contracts, one behind the other."""
        contracts = {-1: ""}
        for row in set(reasons.contract.tolist()) - {-1}:
            contracts[row] = str(self.columns.contract_ids.value(row))
        rules = (self.rules[rule] for rule in reasons.rule.tolist())
        pairs = zip(rules, reasons.contract.tolist(), strict=True)
        return [Reason(rule, at, contracts[contract]) for (rule, at), contract in pairs]

    def reasons_of(self, rows: Numbers, places: Numbers) -> Reasons:
        """Reasons of many: of the persons in `rows` for the entitlements at `places` (int32, one for one)."""
        gifts = self.gifts
        firings = self.first_fired[rows + np.int64(1)] - self.first_fired[rows]
        room = int(firings.sum())
        first = np.zeros(len(rows) + 1, np.int64)
        rule, contract = np.empty(room, np.int32), np.empty(room, np.int32)
        used = find_reasons(
            rows, places, self.first_fired, self.fired, self.through,
            gifts.rule, gifts.first_fixed, gifts.fixed, gifts.first_named, gifts.named,
            gifts.slot, gifts.base, gifts.first_filled, gifts.filled, gifts.codes, gifts.person_codes,
            first, rule, contract,
        )  # fmt: skip
        return Reasons(first, rule[:used].copy(), contract[:used].copy())

    def holders(self, place: int) -> NDArray[np.int32]:
        """Rows of the persons who are entitled to the entitlement at a place, ascending."""
        at = np.flatnonzero(self.given == place)
        return np.searchsorted(self.first, at, side="right").astype(np.int32) - 1

    def place_of(self, row: int, entitlement: Entitlement) -> int | None:
        """Place of the entitlement, None when the person in a row is not entitled to it."""
        place = self.places.get(entitlement)
        if place is None:
            return None
        theirs = self.given[self.first[row] : self.first[row + 1]]
        at = int(np.searchsorted(theirs, place))
        return place if at < len(theirs) and theirs[at] == place else None

    def _find(self, key: EntitlementKey) -> tuple[int, int] | None:
        row = self.columns.find(key.person) if key.entitlement in self.places else None
        place = None if row is None else self.place_of(row, key.entitlement)
        return None if row is None or place is None else (row, place)


@dataclass(slots=True)
class _Fired:
    """Gathers spells that fire, person by person."""

    spells: dict[tuple[str, str, Entitlement], int] = field(default_factory=dict)
    first: list[int] = field(default_factory=lambda: [0])
    fired: list[int] = field(default_factory=list)
    through: list[int] = field(default_factory=list)


def desired_of(desired: Mapping[EntitlementKey, tuple[Reason, ...]], columns: Columns) -> DesiredColumns:
    """Columns of what a slower evaluation said of the same persons, entry by entry."""
    entitlements = tuple(sorted({key.entitlement for key in desired}))
    places = {one: place for place, one in enumerate(entitlements)}
    rules = tuple(sorted({(one.rule, one.at) for reasons in desired.values() for one in reasons}))
    by_person: dict[str, list[EntitlementKey]] = {}
    for key in sorted(desired):
        by_person.setdefault(key.person, []).append(key)
    found, given, first = _Fired(), [], [0]
    for row in range(columns.person_count):
        low, high = int(columns.first_contract[row]), int(columns.first_contract[row + 1])
        contracts = {str(columns.contract_ids.value(at)): at for at in range(low, high)}
        for key in by_person.get(columns.person_ids[row].as_py(), ()):
            given.append(places[key.entitlement])
            for one in desired[key]:
                spell = found.spells.setdefault((one.rule, one.at, key.entitlement), len(found.spells))
                found.fired.append(spell)
                found.through.append(contracts[one.contract] if one.contract else -1)
        first.append(len(given))
        found.first.append(len(found.fired))
    numbered = {rule: number for number, rule in enumerate(rules)}
    return DesiredColumns(
        columns=columns,
        entitlements=entitlements,
        rules=rules,
        first=np.array(first, np.int64),
        given=np.array(given, np.int32),
        first_fired=np.array(found.first, np.int64),
        fired=np.array(found.fired, np.int32),
        through=np.array(found.through, np.int32),
        gifts=fixed_gifts(
            [numbered[rule, at] for rule, at, _ in found.spells], [[places[one]] for _, _, one in found.spells]
        ),
    )


def fixed_gifts(rules: list[int], given: list[list[int]]) -> Gifts:
    """Gifts of spells that give everybody the same."""
    nothing, ends = np.zeros(0, np.int32), np.cumsum([0, *(len(one) for one in given)]).astype(np.int64)
    return Gifts(
        rule=np.array(rules, np.int32),
        first_fixed=ends,
        fixed=np.array([place for one in given for place in one], np.int32),
        first_named=np.zeros(len(rules) + 1, np.int64),
        named=nothing,
        slot=nothing,
        base=np.zeros(0, np.int64),
        first_filled=np.zeros(1, np.int64),
        filled=nothing,
        codes=np.zeros((0, 0), np.int32),
        person_codes=np.zeros((0, 0), np.int32),
    )
