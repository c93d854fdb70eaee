"""Polars: one mask per rule over the physical codes of Enum columns, common sub-expressions worked out once."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import and_, or_

import numpy as np
import polars as pl

from bench.peers.answer import Diff, DiffRun, Firings, Run, fold
from bench.peers.codes import Coded, CodeTest, coded
from bench.workload.managed import ManagedPairs
from bench.workload.plain_rules import PlainRules, tests_of
from engine.columnar.columns import Columns

Found = tuple[pl.Series, pl.Series, pl.Series, pl.DataFrame]
_MOST_RUNS = 16
"""With more runs of codes one look into a table of truths is cheaper than comparing with each."""


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Make the frame and the expressions."""
    data = coded(columns, rules)
    frame = pl.DataFrame({**data.fields, "row": np.arange(len(data.owners), dtype=np.uint32)})
    shared, masks = _masks(data)
    asked = [pl.col("row").filter(mask).implode().alias(str(number)) for number, mask in enumerate(masks)]
    query = frame.lazy().with_columns(shared).select(asked)

    def run() -> Firings:
        lists = query.collect()
        found = [lists[str(number)][0] for number in range(len(masks))]
        return pl.concat(found), np.repeat(np.arange(len(masks)), [len(one) for one in found])

    return run


def ready_diff(columns: Columns, rules: PlainRules, managed: ManagedPairs) -> DiffRun:
    """Make everything ready; the state before stands sorted by entitlement, as the frame finds it."""
    found = PolarsDiff(columns, rules, managed)
    return DiffRun(found.run, found.answer)


class PolarsDiff:
    """From masks of rules to entitlements, reasons and lines.

    An entitlement is the union of the masks of its rules, and its persons come out in order: so nothing is sorted and
    no double is searched for but next to each other. Reasons are looked up for the lines of the diff alone.
    """

    def __init__(self, columns: Columns, rules: PlainRules, managed: ManagedPairs) -> None:
        data = coded(columns, rules)
        self.persons, self.size = columns.person_count, len(rules.entitlements)
        self.key = pl.UInt32 if self.persons * self.size < np.iinfo(np.uint32).max else pl.UInt64
        self.owners = pl.Series("owner", data.owners).cast(self.key)
        rows = np.arange(len(data.owners), dtype=np.uint32)
        self.frame = pl.DataFrame({**data.fields, "row": rows, "owner": self.owners})
        self.shared, masks = _masks(data)
        self.masks = [mask.alias(str(number)) for number, mask in enumerate(masks)]
        self.givers = [
            [rule.number for rule in rules.rules if place in rule.entitlements] for place in range(self.size)
        ]
        self.lists = [pl.col("row").filter(pl.col(str(number))).implode().alias(f"rule {number}")
                      for number in range(len(self.masks))]  # fmt: skip
        self.lists += [self._holders(place) for place in range(self.size)]
        before = managed.entitlement.astype(np.int64) * self.persons + managed.person
        self.managed = pl.Series("key", np.sort(before)).cast(self.key)
        self.grants = pl.DataFrame(
            [(place, number) for place, found in enumerate(self.givers) for number in found],
            {"entitlement": self.key, "rule": pl.UInt16},
            orient="row",
        )

    def _holders(self, place: int) -> pl.Expr:
        """Persons of an entitlement, as keys that ascend over all entitlements."""
        mask = reduce(or_, [pl.col(str(number)) for number in self.givers[place]])
        shift = pl.lit(place * self.persons, self.key)
        return (pl.col("owner").filter(mask) + shift).implode().alias(f"entitlement {place}")

    def run(self) -> Found:
        """Decide once: what is desired, grants, revokes, and reasons of the grants."""
        masks = self.frame.lazy().with_columns(self.shared).select("row", "owner", *self.masks).collect()
        lists = masks.select(self.lists)
        keys = pl.concat([lists[f"entitlement {place}"][0] for place in range(self.size)])
        desired = keys.filter((keys != keys.shift(1)).fill_null(value=True)).alias("key")
        grants = desired.filter(~desired.is_in(self.managed.implode()))
        revokes = self.managed.filter(~self.managed.is_in(desired.implode()))
        return desired, grants, revokes, self._reasons(grants, lists)

    def answer(self, found: Found) -> Diff:
        """Say it in pairs."""
        desired, grants, revokes, reasons = found
        because = (self._pairs(reasons["line"]), reasons["rule"], reasons["row"])
        return Diff(self._pairs(desired), self._pairs(grants), self._pairs(revokes), because)

    def _reasons(self, grants: pl.Series, lists: pl.DataFrame) -> pl.DataFrame:
        """Rules and contracts that give what is new."""
        found = [lists[f"rule {number}"][0] for number in range(len(self.masks))]
        rules = np.repeat(np.arange(len(found), dtype=np.uint64), [len(one) for one in found])
        rows = pl.concat(found)
        pairs = pl.Series("pair", rules) * self.persons + self.owners.gather(rows)
        line = pl.DataFrame({"line": grants}).with_columns(
            entitlement=pl.col("line") // self.persons, owner=pl.col("line") % self.persons
        )
        asked = line.join(self.grants, on="entitlement").select(
            "line", "rule", pair=pl.col("rule").cast(pl.UInt64) * self.persons + pl.col("owner")
        )
        hits = pairs.is_in(asked["pair"].implode())
        return asked.join(pl.DataFrame({"pair": pairs.filter(hits), "row": rows.filter(hits)}), on="pair")

    def _pairs(self, keys: pl.Series) -> pl.Series:
        """Pairs in the order of persons: row of the person times entitlements, plus the entitlement."""
        wide = keys.cast(pl.Int64)
        return wide % self.persons * self.size + wide // self.persons


def _masks(data: Coded) -> tuple[list[pl.Expr], list[pl.Expr]]:
    """Give the tests that several rules share, as columns to be, and the mask of every rule."""
    uses = Counter(test for rule in data.rules for test in set(tests_of(rule.term)))
    shared, tests = [], {}
    for number, (test, found) in enumerate(data.tests.items()):
        tests[test] = _expression(found)
        if uses[test] > 1:
            shared.append(tests[test].alias(f"test {number}"))
            tests[test] = pl.col(f"test {number}")
    masks = [fold(rule.term, tests.__getitem__, and_, or_) for rule in data.rules]
    return shared, [mask for mask in masks if mask is not None]


def _expression(test: CodeTest) -> pl.Expr:
    code = pl.col(test.name)
    if not test.runs:
        return pl.lit(test.outside)
    if len(test.runs) > _MOST_RUNS:
        truths = np.zeros(test.size, np.uint8)
        for low, high in test.runs:
            truths[low : high + 1] = 1
        return pl.lit(pl.Series(truths)).gather(code) == int(not test.outside)
    inside = reduce(or_, [_run(code, low, high, test.size) for low, high in test.runs])
    return ~inside if test.outside else inside


def _run(code: pl.Expr, low: int, high: int, size: int) -> pl.Expr:
    if low == high:
        return code == low
    if low == 0:
        return code <= high
    return code >= low if high == size - 1 else (code >= low) & (code <= high)
