"""DuckDB: rules as filters of one table of codes, fifty to a statement."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from bench.peers.answer import Firings, Run, joined
from bench.peers.codes import CodeTest, coded
from bench.peers.threads import thread_count
from bench.workload.plain_rules import PlainRules
from engine.columnar.columns import Columns

_AT_ONCE = 50
_MOST_RUNS = 8


def ready(columns: Columns, rules: PlainRules) -> Run:
    """Fill the table and write the statements."""
    data = coded(columns, rules)
    rows = np.arange(len(data.owners), dtype=np.int32)
    connection = duckdb.connect(config={"threads": thread_count()})
    connection.register("arrow", pa.table({**data.fields, "contract_row": rows}))
    connection.execute("CREATE TABLE contracts AS SELECT * FROM arrow")
    tests = {test: _test(found) for test, found in data.tests.items()}
    asked = [
        f"SELECT contract_row, {rule.number} AS rule FROM contracts "  # noqa: S608  # made of our own rules
        f"WHERE {joined(rule.term, tests.__getitem__, both=' AND ', either=' OR ')}"
        for rule in data.rules
    ]
    statements = [" UNION ALL ".join(asked[start : start + _AT_ONCE]) for start in range(0, len(asked), _AT_ONCE)]

    def run() -> Firings:
        found = [connection.execute(one).fetchnumpy() for one in statements]
        return np.concatenate([one["contract_row"] for one in found]), np.concatenate([one["rule"] for one in found])

    return run


def _test(test: CodeTest) -> str:
    if not test.runs:
        return "true" if test.outside else "false"
    name = test.name
    if len(test.runs) > _MOST_RUNS:
        inside = f"{name} IN ({', '.join(str(one) for low, high in test.runs for one in range(low, high + 1))})"
    else:
        runs = (f"{name} = {low}" if low == high else f"{name} BETWEEN {low} AND {high}" for low, high in test.runs)
        inside = f"({' OR '.join(runs)})"
    return f"NOT {inside}" if test.outside else inside
