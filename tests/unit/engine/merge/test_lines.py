"""Lines as columns are the same lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.merge.lines import LineTable, line_table
from policy.decisions import Reason
from policy.diff import Ended, Line, Op, Status, Why
from tests.builders.diffs import key

LIMIT = Why("limit", "ad/revoke/permission", "Too many.")
LINES = (
    Line(
        0, key("P1 ad account"), Op.GRANT, Status.PLANNED, (Reason("base", "hr.ordain:3", "C1"), Reason("vip", "x:1"))
    ),
    Line(1, key("P1 ad A"), Op.REVOKE, Status.BLOCKED, why=(LIMIT,), ended=(Ended("no rule grants it any more"),)),
    Line(2, key("P2 ad account"), Op.UPDATE, Status.PLANNED, (Reason("base", "hr.ordain:3", "C2"),), before={"a": 1}),
    Line(3, key("P2 erp B"), Op.REVOKE, Status.PLANNED, ended=(Ended("the person is gone from the sources"),)),
)


def test_a_table_holds_the_lines_it_was_made_of() -> None:
    table = line_table(LINES)
    assert len(table) == 4
    assert tuple(table) == LINES
    assert [table[n] for n in range(4)] == list(LINES)
    assert table[-1] == LINES[-1]


def test_slices_are_lines_with_the_numbers_they_have() -> None:
    table = line_table(LINES)
    assert table[1:3] == LINES[1:3]
    assert table[::-1] == LINES[::-1]
    assert table[3:1] == ()


def test_a_table_without_lines_is_empty() -> None:
    assert tuple(line_table(())) == ()


def test_no_line_lies_outside() -> None:
    with pytest.raises(IndexError):
        line_table(LINES)[4]


def test_what_no_column_has_stands_whole_beside_them() -> None:
    assert line_table(LINES).special == {2: LINES[2]}


def test_a_long_table_is_walked_in_blocks() -> None:
    many = tuple(replace(LINES[0], n=n, key=key(f"P{n:05} ad account")) for n in range(10_000))
    assert tuple(line_table(many)) == many


def test_columns_stand_by_place_in_ascending_dictionaries() -> None:
    table: LineTable = line_table(LINES)
    assert table.person_ids.to_pylist() == ["P1", "P2"]
    assert list(table.entitlements) == sorted(table.entitlements)
    assert table.person.tolist() == [0, 0, 1, 1]
    assert table.first_reason.tolist() == [0, 2, 2, 3, 3]
    assert table.reason_contract.tolist() == [0, -1, 1]
    assert table.op.dtype == np.uint8
