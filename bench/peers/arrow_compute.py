"""pyarrow.compute: boolean arrays over the indices of dictionary columns, half of the rules on each thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.peers.answer import Firings, Run, fold
from bench.peers.codes import CodedRule, CodeTest, coded
from bench.peers.threads import thread_count
from bench.workload.plain_rules import PlainRules, Test
from engine.columnar.columns import Columns


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Make the arrays; masks of tests that several rules share are kept for the run."""
    data = coded(columns, rules)
    fields = {name: pa.array(codes) for name, codes in data.fields.items()}
    rows = pa.array(np.arange(len(data.owners), dtype=np.int32))
    threads = thread_count()

    def decide(part: tuple[CodedRule, ...]) -> list[tuple[int, Any]]:
        kept: dict[Test, Any] = {}

        def mask(test: Test) -> Any:  # noqa: ANN401  # Arrow has no types
            found = kept.get(test)
            if found is None:
                found = kept[test] = _mask(fields, data.tests[test], len(rows))
            return found

        return [(rule.number, rows.filter(fold(rule.term, mask, pc.and_, pc.or_))) for rule in part]

    def run() -> Firings:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(decide, (data.rules[part::threads] for part in range(threads))))
        found = [one for part in parts for one in part]
        return pa.concat_arrays([one for _, one in found]).to_numpy(), np.repeat(
            [number for number, _ in found], [len(one) for _, one in found]
        )

    return run


def _mask(fields: dict[str, Any], test: CodeTest, size: int) -> Any:  # noqa: ANN401  # Arrow has no types
    codes = fields[test.name]
    if not test.runs:
        return pa.array(np.full(size, test.outside))
    inside = reduce(pc.or_, [_run(codes, low, high) for low, high in test.runs])
    return pc.invert(inside) if test.outside else inside


def _run(codes: Any, low: int, high: int) -> Any:  # noqa: ANN401  # Arrow has no types
    first, last = pa.scalar(low, codes.type), pa.scalar(high, codes.type)
    if low == high:
        return pc.equal(codes, first)
    return pc.and_(pc.greater_equal(codes, first), pc.less_equal(codes, last))
