"""pandas: a boolean series per rule over integer codes of categorical columns."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

import numpy as np
import pandas as pd

from bench.peers.answer import Firings, Run, fold
from bench.peers.codes import CodeTest, coded
from bench.workload.plain_rules import PlainRules, Test
from engine.columnar.columns import Columns


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Make the frame; series of tests that several rules share are kept for the run."""
    data = coded(columns, rules)
    frame = pd.DataFrame(dict(data.fields))

    def run() -> Firings:
        kept: dict[Test, pd.Series] = {}

        def series(test: Test) -> pd.Series:
            found = kept.get(test)
            if found is None:
                found = kept[test] = _series(frame, data.tests[test])
            return found

        rows = []
        for rule in data.rules:
            whole = fold(rule.term, series, and_, or_)
            assert whole is not None, "every rule of the workload has a window"
            rows.append(np.flatnonzero(whole.to_numpy()))
        return np.concatenate(rows), np.repeat(np.arange(len(rows)), [len(one) for one in rows])

    return run


def _series(frame: pd.DataFrame, test: CodeTest) -> pd.Series:
    codes = frame[test.name]
    if not test.runs:
        return pd.Series(np.full(len(frame), test.outside))
    runs = [codes == low if low == high else codes.between(low, high) for low, high in test.runs]
    inside = reduce(or_, runs)
    return ~inside if test.outside else inside
