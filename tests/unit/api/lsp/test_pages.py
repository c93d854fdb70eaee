"""Columns as editors count them."""

import pytest
from lsprotocol.types import Position, PositionEncodingKind, Range

from api.lsp.pages import make_page
from policy.source import Span

UTF8, UTF16, UTF32 = PositionEncodingKind.Utf8, PositionEncodingKind.Utf16, PositionEncodingKind.Utf32
TEXT = 'a \U0001f600é "x"\r\nsecond\r\n'


@pytest.mark.parametrize(("encoding", "column"), [(UTF8, 9), (UTF16, 6), (UTF32, 5)])
def test_a_column_counts_code_units(encoding: PositionEncodingKind, column: int) -> None:
    page = make_page("file:///a", "a", TEXT, encoding)
    assert page.range(Span("a", 1, 6, 1, 9)) == Range(Position(0, column), Position(0, column + 3))
    assert page.offset(Position(0, column)) == 5
    assert page.position_at(5) == Position(0, column)


def test_a_place_inside_a_letter_is_before_it() -> None:
    page = make_page("file:///a", "a", TEXT, UTF16)
    assert page.offset(Position(0, 3)) == 2


def test_a_place_past_an_end_is_that_end() -> None:
    page = make_page("file:///a", "a", TEXT, UTF16)
    assert page.offset(Position(1, 99)) == page.source.text.index("\n", 10)
    assert page.offset(Position(99, 0)) == len(page.source.text)
    assert page.position(99, 1) == Position(2, 0)
    assert page.position(2, 99) == Position(1, 6)


@pytest.mark.parametrize(("encoding", "shift"), [(UTF8, 3), (UTF16, 1), (UTF32, 1)])
def test_a_byte_order_mark_moves_its_line_alone(encoding: PositionEncodingKind, shift: int) -> None:
    page = make_page("file:///a", "a", "\ufeffab\ncd", encoding)
    assert page.source.text == "ab\ncd"
    assert page.position(1, 2) == Position(0, 1 + shift)
    assert page.offset(Position(0, 1 + shift)) == 1
    assert page.position(2, 2) == Position(1, 1)


def test_letters_that_are_line_ends_elsewhere_are_none_here() -> None:
    page = make_page("file:///a", "a", "a\u2028b\x0cc\u0085d\ne", UTF16)
    assert page.position(2, 1) == Position(1, 0)
    assert page.offset(Position(0, 4)) == 4
