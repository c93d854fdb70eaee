"""`docs/invariants.md` lists every law, and the tests it names for them are there."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "invariants.md"
COUNTS = {"E": 11, "P": 6, "T": 5, "X": 3, "O": 3, "L": 10}
LAWS = [f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]
NAMED_FOR_LAWS = re.compile(r"test((?:_[eptxol]\d+)+)_")


@dataclass(frozen=True, slots=True)
class Row:
    """A law as the page has it: its sentence, the tests (`file::function`) and what is left open."""

    law: str
    sentence: str
    tests: tuple[str, ...]
    left_open: str


def rows() -> list[Row]:
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"[A-Z]\d+", cells[0]):
            law, sentence, tests, left_open = cells
            found.append(Row(law, sentence, tuple(re.findall(r"`([^`]+)`", tests)), left_open))
    return found


ROWS = rows()


@cache
def functions(path: Path) -> frozenset[str]:
    """Names of the functions of a test module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_law_stands_on_the_page_once_and_in_order() -> None:
    assert [row.law for row in ROWS] == LAWS


@pytest.mark.parametrize("row", ROWS, ids=[row.law for row in ROWS])
def test_a_law_is_a_sentence_and_is_hunted_or_says_why_not(row: Row) -> None:
    assert re.fullmatch(r"[A-Z].*\.", row.sentence)
    assert row.tests or row.left_open
    assert len(set(row.tests)) == len(row.tests)


@pytest.mark.parametrize("test", sorted({test for row in ROWS for test in row.tests}))
def test_every_test_on_the_page_is_there(test: str) -> None:
    file, _, function = test.partition("::")
    assert (TESTS / file).is_file()
    assert function in functions(TESTS / file)


def test_tests_named_for_laws_stand_at_each_of_them() -> None:
    listed = {(row.law, test) for row in ROWS for test in row.tests}
    named = {
        (law.upper(), f"{path.relative_to(TESTS)}::{function}")
        for path in TESTS.rglob("test_*.py")
        for function in functions(path)
        if (match := NAMED_FOR_LAWS.match(function))
        for law in match[1].strip("_").split("_")
    }
    assert sorted(named - listed) == []
    assert {law for law, _ in named} <= set(LAWS)
