"""What sources hand over: raw records as read, and persons as mapped from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from policy.canonical import Value
from policy.diagnostics import Diagnostic
from policy.people import DataProblem, Department

RawValue = None | bool | int | Decimal | str | Sequence["RawValue"] | Mapping[str, "RawValue"]
"""A value as a source gives it: JSON with exact numbers. Every `JsonValue` is one."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record of a source, exactly as read.

    `file` and 1-based `line` (or item number) it came from, and its fields.
    """

    file: str
    line: int
    fields: Mapping[str, RawValue]


@dataclass(frozen=True, slots=True)
class RawPerson:
    """A person's raw record with the raw contracts that belong to it, in file order. `key` is the source's own key.

    `problems` were found by reading (two rows with one key, a row of the wrong length) and freeze the person.
    """

    key: str
    record: RawRecord
    contracts: tuple[RawRecord, ...] = ()
    problems: tuple[DataProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class RawRecords:
    """Everything a source holds at one reading.

    `departments` are already in the standard model (a source's configuration names their columns). `problems` are what
    reading found (a contract without a person, a lookup key that is missing, …). `mapped` persons need no mapping: the
    source speaks the standard model itself.
    """

    source: str
    persons: tuple[RawPerson, ...] = ()
    departments: tuple[Department, ...] = ()
    mapped: tuple[MappedPerson, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class MappedContract:
    """A contract in the standard model, before references are checked; `external_id` may be missing."""

    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class MappedPerson:
    """A person in the standard model, before aggregation and import. `key` names the record it came from."""

    key: str
    values: Mapping[str, Value]
    contracts: tuple[MappedContract, ...] = ()
    problems: tuple[DataProblem, ...] = field(default=())
