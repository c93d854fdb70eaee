"""What spells give, numbered: fixed entitlements, and those whose names or choice hang on data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.columnar.columns import Codes
from engine.columnar.desired import Gifts
from engine.columnar.population import Population, Rows
from engine.evaluate.context import Spell
from policy.canonical import Value, normal_text, plain
from policy.entitlements import Entitlement
from policy.rules import Grant, Rule, Scope, TableGrant, Template
from policy.types import Field

_Values = Mapping[Field, Value | None]


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A template that gives nothing for some data: `missing` is its first field without a value."""

    template: Template
    missing: Field


@dataclass(frozen=True, slots=True)
class NamedGrant:
    """A grant that hangs on data: in a row whose code is `c` it gives `gives[c]`; `unfilled[c]` came to nothing.

    Codes stand in the slot `slot` of rows of the kind `rows`.
    """

    rows: Rows
    slot: int
    gives: tuple[tuple[Entitlement, ...], ...]
    unfilled: tuple[tuple[Unfilled, ...], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """Fields that grants hang on, and the values that each code of their combination stands for."""

    asked: tuple[Field, ...]
    values: Sequence[_Values]


@dataclass(frozen=True, slots=True)
class GiftList:
    """All spells of a policy in order of rule ids, `spells` beside the rule each is of, and what they give.

    `entitlements` are all that anybody may be given, ascending; `rules` ids and places, ascending. `slots` say what
    the slots of codes in `gifts` stand for.
    """

    spells: tuple[tuple[Rule, Spell], ...]
    rules: tuple[tuple[str, str], ...]
    entitlements: tuple[Entitlement, ...]
    gifts: Gifts
    grants: tuple[NamedGrant, ...]
    slots: Mapping[Rows, tuple[Slot, ...]]

    def take(self, rows: NDArray[Any], contracts: NDArray[Any]) -> GiftList:
        """Give the same for the persons in these rows, whose contracts are in the rows `contracts`."""
        codes, person_codes = self.gifts.codes[:, contracts], self.gifts.person_codes[:, rows]
        return replace(self, gifts=replace(self.gifts, codes=_rowwise(codes), person_codes=_rowwise(person_codes)))


@dataclass(slots=True)
class _Slots:
    """Codes of the fields that grants hang on, each kind of rows once per combination of fields."""

    population: Population
    codes: dict[Rows, list[Codes]] = field(default_factory=lambda: {"person": [], "contract": []})
    known: dict[tuple[Rows, tuple[Field, ...]], tuple[int, list[_Values]]] = field(default_factory=dict)

    def of(self, asked: tuple[Field, ...], rows: Rows) -> tuple[int, list[_Values]]:
        """Slot of several fields, and the values that each of its codes stands for."""
        if (rows, asked) not in self.known:
            codes, values = _combine(asked, rows, self.population)
            self.codes[rows].append(codes)
            self.known[rows, asked] = (len(self.codes[rows]) - 1, values)
        return self.known[rows, asked]

    def listed(self) -> Mapping[Rows, tuple[Slot, ...]]:
        """Every slot of each kind of rows, in order."""
        found: dict[Rows, list[Slot]] = {"person": [], "contract": []}
        for (rows, asked), (_, values) in self.known.items():
            found[rows].append(Slot(asked, values))
        return {rows: tuple(each) for rows, each in found.items()}

    def stacked(self, rows: Rows) -> Codes:
        """Codes of every slot of a kind of rows, one row each."""
        count = self.population.count(rows)
        return np.array(self.codes[rows], np.int32) if self.codes[rows] else np.zeros((0, count), np.int32)


def list_gifts(population: Population) -> GiftList:
    """List and number everything that the rules of the population's policy may give to these people."""
    context = population.context
    in_order = sorted(context.rules, key=lambda rule: rule.id)
    spells = [(rule, spell) for rule in in_order for spell in context.spells[rule.id]]
    numbers = {rule.id: number for number, rule in enumerate(in_order)}
    slots = _Slots(population)
    fixed: list[list[Entitlement]] = []
    named: list[list[int]] = []
    grants: list[NamedGrant] = []
    for rule, spell in spells:
        rows: Rows = "person" if rule.scope is Scope.PERSON else "contract"
        fixed.append([])
        named.append([])
        for grant in spell.grants:
            given = context.fixed.get(id(grant.template)) if isinstance(grant, Grant) else None
            if given is not None:
                fixed[-1].append(given)
            else:
                named[-1].append(len(grants))
                grants.append(_name(grant, rows, slots))
    entitlements = tuple(sorted(_every(fixed, grants)))
    places = {one: place for place, one in enumerate(entitlements)}
    filled = [[places[one] for one in given] for grant in grants for given in grant.gives]
    gifts = Gifts(
        rule=np.array([numbers[rule.id] for rule, _ in spells], np.int32),
        first_fixed=_offsets(fixed),
        fixed=_flat([[places[one] for one in given] for given in fixed]),
        first_named=_offsets(named),
        named=_flat(named),
        slot=np.array([grant.slot for grant in grants], np.int32),
        base=np.array([0, *accumulate(len(grant.gives) for grant in grants)][: len(grants)], np.int64),
        first_filled=_offsets(filled),
        filled=_flat(filled),
        codes=slots.stacked("contract"),
        person_codes=slots.stacked("person"),
    )
    rules = tuple((rule.id, rule.span.at) for rule in in_order)
    return GiftList(tuple(spells), rules, entitlements, gifts, tuple(grants), slots.listed())


def _name(grant: Grant | TableGrant, rows: Rows, slots: _Slots) -> NamedGrant:
    slot, values = slots.of(_fields_of(grant), rows)
    gives: list[tuple[Entitlement, ...]] = []
    unfilled: list[tuple[Unfilled, ...]] = []
    for one in values:
        offers = [_fill(template, one) for template in _templates(grant, one)]
        gives.append(tuple(dict.fromkeys(offer for offer in offers if isinstance(offer, Entitlement))))
        unfilled.append(tuple(offer for offer in offers if isinstance(offer, Unfilled)))
    return NamedGrant(rows, slot, tuple(gives), tuple(unfilled))


def _fields_of(grant: Grant | TableGrant) -> tuple[Field, ...]:
    """Fields that decide what the grant gives, each once."""
    if isinstance(grant, Grant):
        return _in_name(grant.template)
    templates = [one for row in (*grant.rows.values(), grant.otherwise) for one in row]
    return tuple(dict.fromkeys((grant.field, *(one for template in templates for one in _in_name(template)))))


def _in_name(template: Template) -> tuple[Field, ...]:
    return tuple(dict.fromkeys(part for part in template.parts if isinstance(part, Field)))


def _templates(grant: Grant | TableGrant, values: _Values) -> tuple[Template, ...]:
    if isinstance(grant, Grant):
        return (grant.template,)
    key = values[grant.field]
    return grant.otherwise if key is None else grant.rows.get(str(plain(key)), grant.otherwise)


def _fill(template: Template, values: _Values) -> Entitlement | Unfilled:
    """Fill the fields of a template, as `engine.evaluate.rules` does."""
    texts: list[str] = []
    for part in template.parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        value = values[part]
        if value is None or value == "":
            return Unfilled(template, part)
        texts.append(str(plain(value)))
    return Entitlement(template.target, template.kind, normal_text("".join(texts)))


def _combine(asked: tuple[Field, ...], rows: Rows, population: Population) -> tuple[Codes, list[_Values]]:
    """Codes of the combinations of values that occur, and the values of each."""
    values = [population.values_of(one) for one in asked]
    codes = [population.codes_at(one, rows) for one in asked]
    if not asked:
        return np.zeros(population.count(rows), np.int32), [{}]
    if len(asked) == 1:
        return codes[0], [{asked[0]: value} for value in values[0]]
    distinct, combined = np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True)
    found: list[_Values] = [
        {one: theirs[code] for one, theirs, code in zip(asked, values, row, strict=True)} for row in distinct.tolist()
    ]
    return combined.astype(np.int32).reshape(-1), found


def _every(fixed: Iterable[Iterable[Entitlement]], grants: Iterable[NamedGrant]) -> set[Entitlement]:
    found = {one for given in fixed for one in given}
    for grant in grants:
        found.update(one for given in grant.gives for one in given)
    return found


def _offsets(lists: Sequence[Sequence[object]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([0, *accumulate(len(one) for one in lists)], np.int64)


def _rowwise(codes: Codes) -> Codes:
    return np.ascontiguousarray(codes)


def _flat(lists: Iterable[Iterable[int]]) -> Codes:
    return np.array([number for one in lists for number in one], np.int32)
