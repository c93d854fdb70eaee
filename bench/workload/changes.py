"""What changes between two evaluations of the workload: some persons, or some rules."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from bench.workload.rules import policy_files
from engine.columnar.columns import Column, Columns
from policy.source import SourceFile

_MOVES = ("title", "department", "cost_center", "location")
"""References of a contract that change when somebody gets another job."""


def change_persons(columns: Columns, count: int, seed: int = 1) -> tuple[Columns, Sequence[int]]:
    """Give `count` persons another job; the columns they then make, and the rows of these persons, ascending."""
    draw = np.random.default_rng([seed, 500])
    rows = np.sort(draw.choice(columns.person_count, min(count, columns.person_count), replace=False))
    changed = columns.first_contract[rows]  # the first contract of each
    donors = draw.integers(0, columns.contract_count, len(changed))
    fields = dict(columns.fields)
    for root, path in columns.fields:
        if root == "contract" and path.split(".")[0] in _MOVES:
            fields[root, path] = _moved(columns.fields[root, path], changed, donors)
    digest = hashlib.sha256(f"{columns.digest} {count} {seed}".encode()).hexdigest()
    return replace(columns, fields=fields, digest=digest), rows.tolist()


def change_rules(rules: int, count: int, seed: int = 1) -> list[SourceFile]:
    """Files of the policy in which the last `count` rules have the conditions of another seed."""
    before, after = policy_files(rules, seed), policy_files(rules, seed + 1)
    kept = _declarations(before[-1].text)
    kept[-count:] = _declarations(after[-1].text)[-count:]
    return [*before[:-1], SourceFile.from_text(before[-1].path, "\n".join(kept))]


def _declarations(text: str) -> list[str]:
    return [f"{one}\nend\n" for one in text.removesuffix("\nend\n").split("\nend\n\n")]


def _moved(column: Column, rows: np.ndarray, donors: np.ndarray) -> Column:
    """Column in which `rows` have the values of the rows `donors`."""
    codes = column.codes.copy()
    codes[rows] = column.codes[donors]
    indices = pa.array(codes - 1, pa.int32(), mask=codes == 0)
    return Column(column.tag, pa.DictionaryArray.from_arrays(indices, column.array.dictionary))
