"""Fields as codes for engines that work on columns: a test is one or more runs of codes, worked out on distinct values.

So no engine compares a text, searches a pattern or moves a date a hundred thousand times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.workload.firings import truths
from bench.workload.plain_rules import All, Op, PlainRules, Term, Test, tests_of
from engine.columnar.columns import Columns

Codes = NDArray[np.uint8 | np.uint16 | np.uint32]
_SMALLEST = (np.uint8, np.uint16, np.uint32)


@dataclass(frozen=True, slots=True)
class CodeTest:
    """A test on a field of `size` codes: true in the runs (first and last code), or outside of them."""

    name: str
    size: int
    runs: tuple[tuple[int, int], ...]
    outside: bool


@dataclass(frozen=True, slots=True)
class CodedRule:
    """A rule with its window as one term over tests whose codes are known."""

    number: int
    term: Term


@dataclass(frozen=True, eq=False)
class Coded:
    """Fields that rules ask for, one row to a contract, in the smallest type that holds their codes (0: absent)."""

    fields: Mapping[str, Codes]
    rules: tuple[CodedRule, ...]
    tests: Mapping[Test, CodeTest]
    owners: NDArray[np.int32]


def coded(columns: Columns, rules: PlainRules) -> Coded:
    """Fields and rules over codes."""
    found = tuple(CodedRule(rule.number, _with_window(rule.term, rule.starts_days, rule.ends_days, rules))
                  for rule in rules.rules)  # fmt: skip
    tests = {test for rule in found for test in tests_of(rule.term)}
    fields: dict[str, Codes] = {}
    for root, path in sorted({(test.root, test.path) for test in tests}):
        column = columns.fields[root, path]
        kind = next(one for one in _SMALLEST if len(column.values) <= np.iinfo(one).max)
        codes = column.codes.astype(kind)
        fields[field_name(root, path)] = codes[columns.owners] if root == "person" else codes
    return Coded(fields, found, {test: _code_test(test, columns) for test in tests}, columns.owners)


def field_name(root: str, path: str) -> str:
    """Name of a field that every engine can take."""
    return f"{root}_{path}".replace(".", "_")


def _with_window(term: Term, starts_days: int, ends_days: int, rules: PlainRules) -> Term:
    return All((*window_tests(starts_days, ends_days, rules), *((term,) if term != All(()) else ())))


def window_tests(starts_days: int, ends_days: int, rules: PlainRules) -> tuple[Test, Test]:
    """Say that a contract has begun, or begins in some days, and has not ended some days ago."""
    latest, earliest = rules.as_of + timedelta(days=starts_days), rules.as_of - timedelta(days=ends_days)
    begun = Test("contract", "start_date", Op.AT_MOST, latest)
    return begun, Test("contract", "end_date", Op.LESS, earliest, negated=True)


def _code_test(test: Test, columns: Columns) -> CodeTest:
    true = truths(test, columns.fields[test.root, test.path].values)
    inside, outside = _runs(np.flatnonzero(true)), _runs(np.flatnonzero(~true))
    name = field_name(test.root, test.path)
    if len(outside) < len(inside):
        return CodeTest(name, len(true), outside, outside=True)
    return CodeTest(name, len(true), inside, outside=False)


def _runs(codes: NDArray[Any]) -> tuple[tuple[int, int], ...]:
    if not len(codes):
        return ()
    parts = np.split(codes, np.flatnonzero(np.diff(codes) > 1) + 1)
    return tuple((int(one[0]), int(one[-1])) for one in parts)
