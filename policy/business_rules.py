"""Business rules of another product, as its export tells them: read and told apart, not yet in our language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy.diagnostics import Diagnostic
from policy.entitlements import Kind


class ConditionOperator(StrEnum):
    """How a field is compared with values; the words are those of the export."""

    ONE_OF = "one of"
    NOT = "not"  # leaves out whoever has one of the values, on any of their contracts
    NOT_ONLY = "not only"  # leaves out whoever has nothing but the values, on all of their contracts
    EMPTY = "is empty"
    NOT_EMPTY = "is not empty"
    CONTAINS = "contains"
    STARTS_WITH = "starts with"


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """`Person: active`: some contract lies in the time frame; inactive: none does. `text` as exported, everywhere."""

    text: str
    active: bool


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """A contract counts from `days_before` days before its start until `days_after` days after its end."""

    text: str
    days_before: int
    days_after: int


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """`NAME, OPERATOR: VALUES`. `name` is a field of the vault schema; `values` the values as written, in one text."""

    text: str
    name: str
    operator: ConditionOperator
    values: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A condition or entitlement that nobody could make sense of, and why (a clause without a full stop)."""

    text: str
    reason: str


BusinessCondition = PersonStatus | TimeFrame | FieldCondition | Unread


@dataclass(frozen=True, slots=True)
class SystemEntitlement:
    """Something granted in the target system called `system`.

    `name` is empty but for a permission; `path` is where the system keeps that permission, empty when not told.
    """

    text: str
    system: str
    kind: Kind
    name: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class BusinessRule:
    """One row of the export: 1-based `line` it begins at.

    `entitlement_count` and `persons` (selected at the latest evaluation) are what the product counted, None when it
    did not. All conditions must hold together.
    """

    line: int
    name: str
    published: bool
    entitlement_count: int | None
    persons: int | None
    categories: tuple[str, ...]
    conditions: tuple[BusinessCondition, ...]
    entitlements: tuple[SystemEntitlement | Unread, ...]


@dataclass(frozen=True, slots=True)
class BusinessRules:
    """A whole export: `file` names it in messages, `rules` in order of their rows, `problems` that stop nothing."""

    file: str
    rules: tuple[BusinessRule, ...]
    problems: tuple[Diagnostic, ...] = ()

    @property
    def systems(self) -> tuple[str, ...]:
        """Every target system that an entitlement names, sorted."""
        named = {one.system for rule in self.rules for one in rule.entitlements if isinstance(one, SystemEntitlement)}
        return tuple(sorted(named))
