"""Which rule fires for which contract, by numpy: a mask of rows for every test, put together rule by rule.

It stands apart from the product's evaluators, so that the state to compare with is made without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.workload.plain_rules import All, Op, PlainRules, Term, Test
from engine.columnar.columns import Columns

Mask = NDArray[np.bool_]
_MEANINGS: dict[Op, Any] = {
    Op.IN: lambda left, right: left in right,
    Op.STARTS_WITH: lambda left, right: left.startswith(right),
    Op.ENDS_WITH: lambda left, right: left.endswith(right),
    Op.CONTAINS: lambda left, right: right in left,
    Op.MATCHES: lambda left, right: re.fullmatch(right, left) is not None,
    Op.LESS: lambda left, right: left < right,
    Op.AT_MOST: lambda left, right: left <= right,
    Op.MORE: lambda left, right: left > right,
    Op.AT_LEAST: lambda left, right: left >= right,
    Op.KNOWN: lambda left, _: left is not None,
    Op.TRUE: lambda left, _: left is True,
}


def firings(rules: PlainRules, columns: Columns) -> Iterator[NDArray[np.int64]]:
    """Rows of the contracts for which each rule fires, ascending, rule by rule."""
    masks = _Masks(columns)
    windows = {one: masks.window(rules, *one) for one in rules.windows}
    for rule in rules.rules:
        yield np.flatnonzero(masks.mask(rule.term) & windows[rule.starts_days, rule.ends_days])


def desired_pairs(rules: PlainRules, columns: Columns) -> NDArray[np.int64]:
    """Everything desired, ascending: row of the person times the number of entitlements, plus the entitlement."""
    size = len(rules.entitlements)
    owners = columns.owners.astype(np.int64) * size
    found: list[list[NDArray[np.int64]]] = [[] for _ in range(size)]
    for rule, rows in zip(rules.rules, firings(rules, columns), strict=True):
        for one in rule.entitlements:
            found[one].append(owners[rows] + one)
    pairs = np.concatenate([np.unique(np.concatenate(one)) for one in found if one] or [np.zeros(0, np.int64)])
    pairs.sort()
    return pairs


def truths(test: Test, values: tuple[Any, ...]) -> Mask:
    """Truth of a test for every one of `values` (None: absent)."""
    meaning = _MEANINGS[test.op]
    right = frozenset(test.operand) if isinstance(test.operand, tuple) else test.operand
    asked = (value is not None and bool(meaning(value, right)) for value in values)
    return np.fromiter((one != test.negated for one in asked), np.bool_, len(values))


class _Masks:
    """Masks over contracts; those of tests are kept, as many rules ask the same."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.kept: dict[Test, Mask] = {}

    def mask(self, term: Term) -> Mask:
        if isinstance(term, Test):
            return self._test(term)
        if not term.parts:
            return np.full(self.columns.contract_count, isinstance(term, All))
        combine = np.logical_and if isinstance(term, All) else np.logical_or
        combined: Mask = combine.reduce([self.mask(one) for one in term.parts])
        return combined

    def window(self, rules: PlainRules, starts_days: int, ends_days: int) -> Mask:
        """Contracts that lie in a window today."""
        latest, earliest = rules.as_of + timedelta(days=starts_days), rules.as_of - timedelta(days=ends_days)
        begun = self._test(Test("contract", "start_date", Op.AT_MOST, latest))
        return begun & self._test(Test("contract", "end_date", Op.LESS, earliest, negated=True))

    def _test(self, test: Test) -> Mask:
        found = self.kept.get(test)
        if found is None:
            column = self.columns.fields[test.root, test.path]
            found = truths(test, column.values)[column.codes]
            found = found[self.columns.owners] if test.root == "person" else found
            if len(self.kept) < 200:  # noqa: PLR2004  # a million contracts are 1.4 MB each
                self.kept[test] = found
        return found
