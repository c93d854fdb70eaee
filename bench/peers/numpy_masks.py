"""numpy: a mask of rows per test, put together rule by rule, half of the rules on each thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from operator import and_, or_

import numpy as np
from numpy.typing import NDArray

from bench.peers.answer import Firings, Run, fold
from bench.peers.codes import Coded, CodeTest, coded
from bench.peers.threads import thread_count
from bench.workload.plain_rules import PlainRules, Test
from engine.columnar.columns import Columns

Mask = NDArray[np.bool_]


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Make codes ready; masks of tests that several rules share are kept for the run."""
    data = coded(columns, rules)
    threads = thread_count()

    def run() -> Firings:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(lambda part: _decide(data, part, threads), range(threads)))
        found = [one for part in parts for one in part]
        rows = np.concatenate([rows for _, rows in found])
        return rows, np.repeat([number for number, _ in found], [len(rows) for _, rows in found])

    return run


def _decide(data: Coded, part: int, parts: int) -> list[tuple[int, NDArray[np.int64]]]:
    kept: dict[Test, Mask] = {}

    def mask(test: Test) -> Mask:
        found = kept.get(test)
        if found is None:
            found = kept[test] = _mask(data, data.tests[test])
        return found

    found = []
    for rule in data.rules[part::parts]:
        whole = fold(rule.term, mask, and_, or_)
        assert whole is not None, "every rule of the workload has a window"
        found.append((rule.number, np.flatnonzero(whole)))
    return found


def _mask(data: Coded, test: CodeTest) -> Mask:
    codes = data.fields[test.name]
    found = np.full(len(codes), test.outside)
    for low, high in test.runs:
        inside = codes == low if low == high else (codes >= low) & (codes <= high)
        found = found & ~inside if test.outside else found | inside
    return found
