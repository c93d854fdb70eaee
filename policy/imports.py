"""Imports: what an import found, whether it changes too much at once, and what changed of each person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy.canonical import JsonValue
from policy.diagnostics import Diagnostic
from policy.people import Person
from policy.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What an import holds. `frozen` persons have data problems of their own; what a policy requires comes on top.

    `unaddressable` records have no external id: nobody can tell who they are, so whoever they were would look gone.
    """

    persons: int
    contracts: int
    departments: int
    frozen: int
    unaddressable: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A snapshot built from mapped people, every problem found on the way (sorted), and counts."""

    snapshot: Snapshot
    diagnostics: tuple[Diagnostic, ...]
    counts: ImportCounts


class ImportMeasure(StrEnum):
    """What of an import is judged.

    `added`, `removed` and `frozen` persons have thresholds; a single `unaddressable` record, and an `empty` import,
    always trip.
    """

    ADDED = "added"
    REMOVED = "removed"
    FROZEN = "frozen"
    UNADDRESSABLE = "unaddressable"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class ImportThreshold:
    """Trips when reached (>=): a count (1 or more), or a percentage in hundredths of a percent (5 % = 500), or both."""

    count: int | None = None
    percent_hundredths: int | None = None

    def __str__(self) -> str:
        count = [str(self.count)] if self.count is not None else []
        if self.percent_hundredths is None:
            return " or ".join(count)
        whole, rest = divmod(self.percent_hundredths, 100)
        shown = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
        return " or ".join([*count, f"{shown} %"])


@dataclass(frozen=True, slots=True)
class ImportThresholds:
    """How many persons an import may add, remove or freeze; None = as many as there are."""

    added: ImportThreshold | None = None
    removed: ImportThreshold | None = None
    frozen: ImportThreshold | None = None


@dataclass(frozen=True, slots=True)
class ThresholdVerdict:
    """One measure of an import judged. `base` is what a percentage is of.

    When it tripped the whole import is blocked and `problem` says why. `releasable`: a person may let it through by
    name; an empty import never passes.
    """

    measure: ImportMeasure
    count: int
    base: int
    threshold: ImportThreshold | None
    problem: Diagnostic | None = None
    releasable: bool = True

    @property
    def tripped(self) -> bool:
        """Whether this measure blocks the import."""
        return self.problem is not None


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A field of a person that differs between two snapshots.

    `contract` is the external id, "" for the person's own. `field` is the full path (`contract.start_date`). `old`
    and `new` are JSON forms, None where absent.
    """

    person: str
    contract: str
    field: str
    old: JsonValue
    new: JsonValue


@dataclass(frozen=True, slots=True)
class PersonMove:
    """A person who came with an import, or is gone since: all their fields differ at once, and are kept as one."""

    person: Person
    came: bool

    @property
    def field_count(self) -> int:
        """Number of fields that differ."""
        return len(self.person.values) + sum(len(one.values) for one in self.person.contracts)
