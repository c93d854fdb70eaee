"""Contracts row by row, for engines that look at one at a time: their own values and those of their person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from bench.peers.codes import field_name
from bench.workload.plain_rules import PlainRules, Test, tests_of
from engine.columnar.columns import Columns
from policy.types import Root

WINDOW: tuple[tuple[Root, str], ...] = (("contract", "end_date"), ("contract", "start_date"))
_THOUSAND = 1000


def fields_of(rules: PlainRules) -> tuple[tuple[Root, str], ...]:
    """Fields that rules or windows ask for, in order."""
    asked = {(test.root, test.path) for rule in rules.rules for test in tests_of(rule.term)}
    return tuple(sorted(asked | set(WINDOW)))


def field_names(rules: PlainRules) -> tuple[str, ...]:
    """Names of the values in a record."""
    return tuple(field_name(*one) for one in fields_of(rules))


def records(columns: Columns, rules: PlainRules) -> list[tuple[Any, ...]]:
    """Values of every contract: texts and flags, a day as its ordinal, a number in thousandths; None is absent."""
    found = []
    for root, path in fields_of(rules):
        column = columns.fields[root, path]
        values = np.array([_simple(one) for one in column.values], object)[column.codes]
        found.append((values[columns.owners] if root == "person" else values).tolist())
    return list(zip(*found, strict=True))


def operand(test: Test) -> Any:  # noqa: ANN401  # as the values of a record
    """Right side of a test as it compares with values of a record; several texts stay a tuple."""
    return test.operand if isinstance(test.operand, tuple) else _simple(test.operand)


def absent_fields(columns: Columns, rules: PlainRules) -> frozenset[str]:
    """Names of the fields that some contract has no value in."""
    return frozenset(field_name(*one) for one in fields_of(rules) if (columns.fields[one].codes == 0).any())


def _simple(value: object) -> object:
    match value:
        case date():
            return value.toordinal()
        case Decimal():
            return int(value * _THOUSAND)
        case _:
            return value
