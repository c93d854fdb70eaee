"""Witnesses made easier to believe: what a proof made up is replaced by what could stand in a real file."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from policy.canonical import Value
from policy.entitlements import Entitlement
from policy.people import Contract, Department, Person
from policy.proofs import Witness

Confirm = Callable[[Witness, Entitlement], bool]
_LETTERS = "XYZABCDEFGHIJKLMNOPQRSTUVW"
_NEVER_WRITTEN = frozenset({"Co", "Cn"})
"""Categories of letters that nobody writes: private use, and not assigned."""


def make_plausible(witness: Witness, entitlement: Entitlement, confirm: Confirm) -> tuple[Witness, Entitlement]:
    """Give the witness, and the entitlement it is about, with every change that `confirm` still agrees with.

    Letters that nobody writes become `X`, `Y`, …; a contract that ends before it starts starts on its last day.
    """
    for change in (_with_letters, _with_ordered_dates):
        made, about = change(witness, entitlement)
        if (made, about) != (witness, entitlement) and confirm(made, about):
            witness, entitlement = made, about
    return witness, entitlement


def _with_letters(witness: Witness, entitlement: Entitlement) -> tuple[Witness, Entitlement]:
    strange = dict.fromkeys(
        letter for text in _texts(witness) for letter in text if unicodedata.category(letter) in _NEVER_WRITTEN
    )
    table = str.maketrans(dict(zip(strange, _LETTERS, strict=False)))
    person = Person(
        witness.person.external_id.translate(table),
        _translated(witness.person.values, table),
        tuple(Contract(one.external_id, _translated(one.values, table)) for one in witness.person.contracts),
    )
    departments = tuple(
        Department(
            one.external_id.translate(table),
            one.code,
            one.display_name,
            one.parent_external_id and one.parent_external_id.translate(table),
            one.manager and one.manager.translate(table),
        )
        for one in witness.departments
    )
    about = replace(entitlement, name=entitlement.name.translate(table))
    made = Witness(person, departments, witness.as_of, about if witness.entitlement else None)
    alike = len({one.external_id for one in departments}) == len(departments)
    return (made, about) if strange and alike else (witness, entitlement)


def _texts(witness: Witness) -> Iterator[str]:
    person = witness.person
    values = [*person.values.values(), *(value for one in person.contracts for value in one.values.values())]
    yield person.external_id
    yield from (value for value in values if isinstance(value, str))
    for one in witness.departments:
        yield from (text for text in (one.external_id, one.parent_external_id, one.manager) if text)


def _translated(values: Mapping[str, Value], table: dict[int, str]) -> dict[str, Value]:
    return {key: value.translate(table) if isinstance(value, str) else value for key, value in values.items()}


def _with_ordered_dates(witness: Witness, entitlement: Entitlement) -> tuple[Witness, Entitlement]:
    contracts = tuple(Contract(one.external_id, _ordered(one.values)) for one in witness.person.contracts)
    return replace(witness, person=replace(witness.person, contracts=contracts)), entitlement


def _ordered(values: Mapping[str, Value]) -> Mapping[str, Value]:
    start, end = values.get("start_date"), values.get("end_date")
    if isinstance(start, date) and isinstance(end, date) and end < start:
        return {**values, "start_date": end}
    return values
