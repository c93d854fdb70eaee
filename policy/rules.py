"""The checked policy: what every declaration of every file means, resolved and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from policy.canonical import digest_of, normal_text
from policy.entitlements import Entitlement, Kind
from policy.events import Event
from policy.expressions import Condition
from policy.moments import Moment
from policy.source import SourceFile, Span
from policy.targets import TargetPolicy
from policy.testing import PolicyTest
from policy.types import STANDARD_SCHEMA, Field, Schema


class Scope(StrEnum):
    """Which contracts of a person a rule speaks of (LANGUAGE.md section 6)."""

    ANY_CONTRACT = "any contract"
    EVERY_CONTRACT = "every contract"
    PRIMARY_CONTRACT = "primary contract"
    PERSON = "person"


class SortDirection(StrEnum):
    """Direction of a sort key.

    `highest`/`latest` put missing values last; a missing `end_date` counts as the latest.
    """

    FIRST = "first"
    HIGHEST = "highest"
    LOWEST = "lowest"
    LATEST = "latest"
    EARLIEST = "earliest"


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of the primary contract's order: `active first`, or a contract field with a direction.

    `field` None = active.
    """

    field: Field | None
    direction: SortDirection


class ManagerRule(StrEnum):
    """Where a person's primary manager comes from."""

    CONTRACT = "primary contract"
    DEPARTMENT = "department of primary contract"
    DEPARTMENT_OR_ABOVE = "department of primary contract, or above"


@dataclass(frozen=True, slots=True)
class WindowBound:
    """A bound said by an author: a moment, or `ending never` (`moment` None)."""

    moment: Moment | None
    span: Span


@dataclass(frozen=True, slots=True)
class Window:
    """Bounds of a rule or grant; None = not said, so the rule's bound, or the contract's own dates, apply."""

    starting: WindowBound | None = None
    ending: WindowBound | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """An entitlement whose permission name may hold fields.

    `parts` are texts and fields in order; empty but for permissions.
    """

    target: str
    kind: Kind
    parts: tuple[str | Field, ...]
    span: Span

    @property
    def fixed(self) -> Entitlement | None:
        """The entitlement, when no field stands in its name."""
        if any(isinstance(part, Field) for part in self.parts):
            return None
        return Entitlement(self.target, self.kind, normal_text("".join(str(part) for part in self.parts)))


@dataclass(frozen=True, slots=True)
class Grant:
    """`grant ENTITLEMENT`, also each entitlement of a granted role (`via` names the roles, outermost first)."""

    template: Template
    window: Window
    span: Span
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableGrant:
    """`grant by FIELD in TARGET … end`.

    `rows` maps each key to its entitlements; a key that is not listed, or an absent value, takes `otherwise` (empty
    when there is none).
    """

    field: Field
    rows: Mapping[str, tuple[Template, ...]]
    otherwise: tuple[Template, ...]
    window: Window
    span: Span


@dataclass(frozen=True, slots=True)
class Rule:
    """A business rule. `condition` None: everybody in scope."""

    id: str
    title: str
    owner: str | None
    category: str | None
    about: str | None
    scope: Scope
    condition: Condition | None
    window: Window
    grants: tuple[Grant | TableGrant, ...]
    draft: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Role:
    """A named bundle of entitlements, flattened; `includes` names the roles it includes directly."""

    id: str
    title: str
    grants: tuple[Grant, ...]
    includes: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A named set of texts, sorted, without doubles; `file` is the CSV it came from."""

    id: str
    values: tuple[str, ...]
    file: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Define:
    """A named condition."""

    id: str
    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Exclusion:
    """People who are left alone. Exactly one of `person` and `condition` is set; `targets` None = all targets."""

    id: str
    title: str
    person: str | None
    condition: Condition | None
    targets: tuple[str, ...] | None
    because: str
    approved_by: str | None
    until: date | None
    span: Span


@dataclass(frozen=True, slots=True)
class NeverException:
    """A person who may hold both sides, until a day (inclusive; None = without end)."""

    person: str
    because: str
    approved_by: str | None
    until: date | None
    span: Span


@dataclass(frozen=True, slots=True)
class Never:
    """Separation of duties: nobody holds `first` together with `second`."""

    id: str
    title: str
    first: Entitlement
    second: Entitlement
    severity: Literal["low", "medium", "high", "critical"]
    because: str | None
    exceptions: tuple[NeverException, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class FieldDeclaration:
    """A `field` declaration and the field as it narrowed or extended the schema."""

    field: Field
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedPolicy:
    """All rules of a workspace as one value; every mapping is sorted by id (tests by title).

    File and declaration order never show.

    `sources` are the rules files and the lookup files they name, sorted by path; they alone make the digest.
    """

    title: str
    language: int
    timezone: str
    primary_contract_by: tuple[SortKey, ...]
    primary_manager: ManagerRule
    schema: Schema = STANDARD_SCHEMA
    fields: Mapping[str, FieldDeclaration] = field(default_factory=dict)
    sets: Mapping[str, ValueSet] = field(default_factory=dict)
    defines: Mapping[str, Define] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    targets: Mapping[str, TargetPolicy] = field(default_factory=dict)
    exclusions: Mapping[str, Exclusion] = field(default_factory=dict)
    nevers: Mapping[str, Never] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    tests: Mapping[str, PolicyTest] = field(default_factory=dict)
    sources: tuple[SourceFile, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over path and digest of every source, in order of path."""
        return digest_of({source.path: source.digest for source in self.sources})
