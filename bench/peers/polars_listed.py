"""Polars once more, as one would write it first: firings joined with grants, and every entitlement with its reasons.

`polars_masks` looks reasons up for the lines of the diff alone; here they stand in a list beside everything desired.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from bench.peers import polars_masks
from bench.peers.answer import Diff, DiffRun
from bench.workload.managed import ManagedPairs
from bench.workload.plain_rules import PlainRules
from engine.columnar.columns import Columns


def ready_diff(columns: Columns, rules: PlainRules, managed: ManagedPairs) -> DiffRun:
    """Make everything ready; the state before is a frame of pairs."""
    size = len(rules.entitlements)
    fire = polars_masks.ready(columns, rules)
    owners = pl.Series("owner", columns.owners.astype(np.int64) * size)
    before = pl.DataFrame({"pair": managed.pairs})
    grants = pl.DataFrame(
        [(rule.number, place) for rule in rules.rules for place in rule.entitlements],
        {"rule": pl.UInt16, "entitlement": pl.Int64},
        orient="row",
    )

    def run() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        rows, numbers = fire()
        fired = pl.LazyFrame({"row": rows, "rule": numbers}, {"row": pl.UInt32, "rule": pl.UInt16})
        given = fired.with_columns(owner=owners.gather(rows)).join(grants.lazy(), on="rule")
        desired = (
            given.select("rule", "row", pair=pl.col("owner") + pl.col("entitlement"))
            .group_by("pair")
            .agg(pl.col("rule"), pl.col("row"))
        ).collect()
        added = desired.lazy().join(before.lazy(), on="pair", how="anti")
        removed = before.lazy().join(desired.lazy(), on="pair", how="anti")
        return desired, *pl.collect_all([added, removed])

    return DiffRun(run, _answer)


def _answer(found: Any) -> Diff:  # noqa: ANN401  # what `run` gives
    desired, added, removed = found
    because = added.explode("rule", "row")
    return Diff(desired["pair"], added["pair"], removed["pair"], (because["pair"], because["rule"], because["row"]))
