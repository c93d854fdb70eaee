"""Canonical bytes of line tables: what is not in the generated ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from engine.columnar.native import kernels_in_python
from engine.merge.canonical import lines_file
from engine.merge.lines import line_table
from policy.decisions import Reason
from policy.diff import Line, Op, Status, line_bytes
from tests.builders.diffs import key

REASON = Reason("base", "hr.ordain:3", "C1")


def written(lines: tuple[Line, ...]) -> bytes:
    return b"".join(line_bytes(line) + b"\n" for line in lines)


def test_a_table_without_lines_is_an_empty_file() -> None:
    assert lines_file(line_table(())) == b""
    assert line_table(()).totals() == {}
    assert line_table(()).persons() == {}


def test_numbers_have_as_many_digits_as_they_need() -> None:
    lines = tuple(
        Line(n, key(f"P{n:05} ad account"), Op.GRANT, Status.PLANNED, (REASON,) * (n % 3)) for n in range(10_001)
    )
    assert lines_file(line_table(lines)) == written(lines)


def test_dictionaries_may_hold_more_than_the_lines_use() -> None:
    lines = (Line(0, key("P2 ad account"), Op.GRANT, Status.PLANNED, (REASON, Reason("vip", "x:1"))),)
    table = line_table(lines)
    wider = replace(
        table,
        person_ids=pa.array(["P0", 'P"1', "P2"]).slice(1),
        person=np.array([1], np.int32),
        contract_ids=pa.array(["x\\", "C1", "é"]),
        reason_contract=np.array([1, -1], np.int32),
    )
    assert lines_file(wider) == written(lines)


def test_python_lays_the_same_bytes() -> None:
    lines = tuple(Line(n, key(f"P{n:02} ad account"), Op.GRANT, Status.PLANNED, (REASON,)) for n in range(12))
    with kernels_in_python():
        assert lines_file(line_table(lines)) == written(lines)
