"""Tests as written (LANGUAGE.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.tree.leaves import Day, EntitlementNode, Flag, Ident, Number, Text
from policy.source import Span
from policy.testing import Expected


@dataclass(frozen=True, slots=True)
class TestDepartmentNode:
    """`department "W3" [below "CARE"]`."""

    __test__ = False  # no test of pytest
    id: Text
    below: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class FactName:
    """Name of a fact as written, `contract.` or `person.` left out by its author: `cost_center.code`."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class FactNode:
    """`type.code: "EMP"`."""

    name: FactName
    value: Text | Number | Day | Flag
    span: Span


@dataclass(frozen=True, slots=True)
class TestContractNode:
    """`contract "C1" … end`."""

    __test__ = False
    id: Text
    facts: tuple[FactNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TestPersonNode:
    """`person "P1" … end`: what they hold, facts and contracts, each in the order written."""

    __test__ = False
    id: Text
    holding: tuple[EntitlementNode, ...]
    facts: tuple[FactNode, ...]
    contracts: tuple[TestContractNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ExpectationNode:
    """`[person "P1"] expect …`. `event` is set for `expect event` alone."""

    person: Text | None
    expected: Expected
    entitlements: tuple[EntitlementNode, ...]
    because: tuple[Ident, ...]
    event: Ident | None
    span: Span


@dataclass(frozen=True, slots=True)
class TestDayNode:
    """`on DATE` and what is expected then; at least one expectation."""

    __test__ = False
    day: Day
    expectations: tuple[ExpectationNode, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TestDeclaration:
    """`test "Title" … end`. `snapshots` are the files named behind `from snapshot`."""

    __test__ = False
    title: Text
    departments: tuple[TestDepartmentNode, ...]
    snapshots: tuple[Text, ...]
    persons: tuple[TestPersonNode, ...]
    days: tuple[TestDayNode, ...]
    span: Span
