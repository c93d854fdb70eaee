"""Tests in the language: people who never were, days, and what is expected of them (LANGUAGE.md section 3, `test`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy.entitlements import Entitlement
from policy.people import Department, Person
from policy.source import Span


class Expected(StrEnum):
    """What an expectation speaks of."""

    ENTITLED = "entitled"  # expect ENTITLEMENT [because RULE, …]
    NOT_ENTITLED = "not entitled"  # expect no ENTITLEMENT
    NOTHING = "nothing"  # expect nothing: entitled to nothing
    ONLY = "only"  # expect only ENTITLEMENT, …
    GRANT = "grant"  # expect grant|revoke|update ENTITLEMENT: a planned line of that day's diff
    REVOKE = "revoke"
    UPDATE = "update"
    DENIED = "denied"  # expect denied ENTITLEMENT [because NEVER, …]
    FROZEN = "frozen"  # expect frozen [because EXCLUSION, …]
    WAITING = "waiting"  # expect waiting|blocked|conflict ENTITLEMENT
    BLOCKED = "blocked"
    CONFLICT = "conflict"
    EVENT = "event"  # expect event EVENT


@dataclass(frozen=True, slots=True)
class Expectation:
    """One `expect`, of the person with external id `person`.

    `entitlements` holds one entitlement; several for `only`; none for `nothing`, `frozen` and `event`. `because` are
    ids of rules, nevers or exclusions, as the kind says; empty when not said. `event` is set for `event` alone.
    """

    expected: Expected
    person: str
    entitlements: tuple[Entitlement, ...]
    because: tuple[str, ...]
    event: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class TestPerson:
    """A person of a test, and what they hold before its first day."""

    __test__ = False  # no test of pytest
    person: Person
    holding: tuple[Entitlement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TestDay:
    """`on DATE`, with its expectations in the order written; at least one."""

    __test__ = False
    day: date
    expectations: tuple[Expectation, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """A `test`. `days` in date order; each starts from what the one before left behind, as if enforced.

    `snapshots` are vault files (paths relative to the rules folder) whose persons and departments take part besides
    `persons` and `departments`; a person of the test stands in for one of the same external id.
    """

    title: str
    departments: tuple[Department, ...]
    persons: tuple[TestPerson, ...]
    snapshots: tuple[tuple[str, Span], ...]
    days: tuple[TestDay, ...]
    span: Span
