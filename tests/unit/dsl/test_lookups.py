from __future__ import annotations

import pytest

from dsl.lookups import Lookup, find_column, lies_within_rules, read_lookup
from policy.diagnostics import Diagnostic
from policy.source import SourceFile, Span


def read(text: str) -> tuple[Lookup | None, tuple[Diagnostic, ...]]:
    return read_lookup(SourceFile.from_text("sites.csv", text))


def rows(text: str) -> list[dict[str, str]]:
    lookup, problems = read(text)
    assert lookup is not None
    assert problems == ()
    return [{name: cell.text for name, cell in row.items()} for row in lookup.rows]


def test_plain_cells_lose_their_blanks() -> None:
    assert rows("code,name\n N , North \nS,South") == [{"code": "N", "name": "North"}, {"code": "S", "name": "South"}]


def test_quoted_cells_hold_commas_marks_and_line_ends() -> None:
    assert rows('code,name\nN,"North, ""old""\nwing"\n') == [{"code": "N", "name": 'North, "old"\nwing'}]


def test_blank_lines_and_bom_and_crlf_do_not_count() -> None:
    assert rows("\ufeffcode,name\r\n\r\nN,North\r\n,\r\n") == [{"code": "N", "name": "North"}]


def test_text_is_brought_to_one_form() -> None:
    assert rows("code\ne\u0301\n") == [{"code": "\u00e9"}]


def test_cells_know_their_place() -> None:
    lookup, _ = read('code,name\n"N\nX",North\nS,South\n')
    assert lookup is not None
    assert [cell.span for cell in lookup.rows[0].values()] == [
        Span("sites.csv", 2, 1, 3, 3),
        Span("sites.csv", 3, 4, 3, 9),
    ]
    assert lookup.rows[1]["name"].span == Span("sites.csv", 4, 3, 4, 8)


@pytest.mark.parametrize(
    ("text", "words", "line", "column"),
    [
        ("", "is empty", 1, 1),
        ("\n\n", "is empty", 1, 1),
        ('code\n"N', "never closed", 2, 1),
        ('code\n"N"x', "behind the closing", 2, 4),
        ('code\nN"x', "inside a cell", 2, 2),
        ("code\nN\ufffdx", "no text in UTF-8", 2, 2),
        ("code\n\0", "no text in UTF-8", 2, 1),
    ],
)
def test_what_is_no_csv_is_not_read_at_all(text: str, words: str, line: int, column: int) -> None:
    lookup, [problem] = read(text)
    assert lookup is None
    assert problem.code == "ORD0223"
    assert words in problem.detail
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (line, column)


def test_a_column_twice_is_named() -> None:
    _, [problem] = read("code,code\nN,S\n")
    assert problem.code == "ORD0223"
    assert '"code"' in problem.detail


def test_a_line_of_another_length_is_left_out_and_named() -> None:
    lookup, [problem] = read("code,name\nN,North,Old\nS,South\n")
    assert lookup is not None
    assert len(lookup.rows) == 1
    assert problem.code == "ORD0224"
    assert problem.detail == "This line has 3 cells, the header has 2."


def test_a_missing_column_lists_what_there_is() -> None:
    lookup, _ = read("code,name\nN,North\n")
    assert lookup is not None
    assert find_column(lookup, "code") is None
    problem = find_column(lookup, "cod")
    assert problem is not None
    assert (problem.code, problem.hint) == ("ORD0222", "did you mean `code`?")
    assert '"code", "name"' in problem.detail


def test_semicolons_are_recognised() -> None:
    lookup, _ = read("code;name\nN;North\n")
    assert lookup is not None
    problem = find_column(lookup, "code")
    assert problem is not None
    assert problem.hint == "separate the columns with commas, not semicolons"


@pytest.mark.parametrize("path", ["sites.csv", "lookups/sites.csv", "a b.csv"])
def test_paths_within(path: str) -> None:
    assert lies_within_rules(path)


@pytest.mark.parametrize("path", ["", "/etc/x.csv", "../x.csv", "a/../../x.csv", "a//b", "./x", "C:x.csv", "a\\b.csv"])
def test_paths_outside(path: str) -> None:
    assert not lies_within_rules(path)
