"""What the policy requires of people's data, and which problems freeze a person (LANGUAGE.md sections 3 and 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from engine.mapping.typed import Mismatch, coerce
from policy.canonical import Value
from policy.catalogue import sources as kinds
from policy.people import Contract, DataProblem, Person
from policy.types import Root, Schema

_POLICY_CODES = frozenset({kinds.REQUIRED_MISSING.code, kinds.VALUE_NOT_LISTED.code, kinds.VALUE_WRONG_TYPE.code})
EXCUSABLE_CODES = _POLICY_CODES | {kinds.UNKNOWN_DEPARTMENT.code, kinds.UNDECIDABLE_DEPARTMENT.code}
"""Problems that do not freeze when they lie on a contract that ended before any rule can still look at it."""


def freezing_problems(person: Person, schema: Schema, *, ended_since: date = date.min) -> tuple[DataProblem, ...]:
    """Every problem that freezes the person: those of the snapshot, then those of the policy.

    Contracts that ended before `ended_since` (see `engine.people.horizon.contract_horizon`) are excused from missing
    fields and vanished departments: they decide nothing any more, so they must not freeze anybody for ever. Without
    it every contract counts.
    """
    past = {one.external_id for one in person.contracts if _ended_before(one, ended_since)}
    found = [one for one in person.problems if one.contract not in past or one.code not in EXCUSABLE_CODES]
    return (*found, *required_problems(person, schema, ended_since=ended_since))


def required_problems(person: Person, schema: Schema, *, ended_since: date = date.min) -> tuple[DataProblem, ...]:
    """Problems of the person under the policy's schema: required fields that are missing, values of another type than
    declared, values outside `one of`. Sorted by contract, then field; the person's own come first.

    What the snapshot already names as a problem of that very field is not named again. `person.primary_manager` is
    worked out at evaluation and never missing here. Contracts that ended before `ended_since` are left out.
    """  # noqa: D205  # one sentence
    named = {(one.contract, one.field) for one in person.problems}
    found = list(_of_values("person", person.values, schema, None))
    for contract in person.contracts:
        if not _ended_before(contract, ended_since):
            found += _of_values("contract", contract.values, schema, contract.external_id)
    return tuple(one for one in found if (one.contract, one.field) not in named)


def _of_values(root: Root, values: Mapping[str, Value], schema: Schema, contract: str | None) -> Iterator[DataProblem]:
    where = f"contract “{contract}”" if contract is not None else "the person"
    wanted = {one.path: one for one in schema.required_of(root)}
    wanted |= {one.path: one for key in values for one in schema.kept_as(root, key)}
    for _, one in sorted(wanted.items()):
        if one.path in {"external_id", "primary_manager"}:  # the one is the key itself, the other is worked out
            continue
        value = coerce(values.get(one.key), one, "UTC")  # only whether it is a date matters here, not which
        if value is None:
            if one.required:
                text = f"{one.name} is required by the policy, but {where} has none"
                yield DataProblem(kinds.REQUIRED_MISSING.code, one.name, text, contract)
        elif isinstance(value, Mismatch):
            yield DataProblem(kinds.VALUE_WRONG_TYPE.code, one.name, f"{one.name}: {value.text}", contract)
        elif one.one_of is not None and value not in one.one_of:
            listed = ", ".join(f"“{each}”" for each in one.one_of)
            text = f"{one.name} is “{value}”; the policy lists {listed}"
            yield DataProblem(kinds.VALUE_NOT_LISTED.code, one.name, text, contract)


def _ended_before(contract: Contract, day: date) -> bool:
    end = contract.values.get("end_date")
    return isinstance(end, date) and end < day
