"""What is formatted, and what is left alone."""

from __future__ import annotations

import pytest

from dsl.format import source as formatting
from dsl.format.source import Formatted, NotFormatted, format_source
from dsl.read import scan
from policy.source import SourceFile
from tests.unit.dsl.format.formatting import formatted


@pytest.mark.parametrize("text", ["", "\n", " \t\n\n"])
def test_nothing_stays_nothing(text: str) -> None:
    assert formatted(text) == ""


def test_line_ends_are_lf_and_the_last_line_has_one() -> None:
    assert formatted('\ufeffset a is "A"\r\nset b is "B"') == 'set a is "A"\nset b is "B"\n'


def test_a_file_with_an_error_is_left_alone() -> None:
    outcome = format_source(SourceFile("a.ordain", 'set  a is "A"\nset b is B'))
    assert isinstance(outcome, NotFormatted)
    assert [(one.code, one.span and one.span.line) for one in outcome.problems] == [("ORD0121", 2)]


def test_names_that_mean_nothing_are_no_reason_to_leave_it_alone() -> None:
    assert formatted("define a as nobody-knows") == "define a as nobody-knows\n"


def test_a_file_that_would_get_too_large_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "target a limit grant account to 1 end"
    monkeypatch.setattr(scan, "MOST_CHARACTERS", len(text) + 4)
    outcome = format_source(SourceFile("a.ordain", text))
    assert isinstance(outcome, NotFormatted)
    assert [one.code for one in outcome.problems] == ["ORD0124"]


def test_a_text_that_means_something_else_is_never_given(monkeypatch: pytest.MonkeyPatch) -> None:
    source = SourceFile("a.ordain", "define a as b and c")
    for wrong in ("define a as b or c\n", "define a as b and c # d\n", "define a as b and\n", ""):
        monkeypatch.setattr(formatting, "_print", lambda _, text=wrong: text)
        with pytest.raises(AssertionError, match="formatted text"):
            format_source(source)
    monkeypatch.setattr(formatting, "_print", lambda _: "define a as b\nand c\n")
    assert format_source(source) == Formatted("define a as b\nand c\n")


def test_a_comment_that_is_lost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatting, "_print", lambda _: "# two\n# one\n")
    with pytest.raises(AssertionError, match="means something else"):
        format_source(SourceFile("a.ordain", "# one\n# two"))
