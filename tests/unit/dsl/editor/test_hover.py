"""What is said of a word."""

from dsl.editor.hover import explain_place
from dsl.editor.view import view_file
from tests.unit.dsl.editor.marked import library, marked


def said(text: str) -> str:
    source, offset = marked(text)
    found = explain_place(library(source), view_file(source), offset)
    return found.text if found is not None else ""


def test_a_field_with_its_type_and_where_it_is_declared() -> None:
    text = said('define x as contract.type|.code is "EMP"')
    assert '**contract.type.code** — text, one of "EMP", "INT"' in text
    assert "Code of the kind of contract." in text
    assert "Declared in a.ordain:5." in text


def test_a_define_is_shown_as_it_is_written() -> None:
    assert 'define staff as contract.type.code is "EMP"' in said("rule x when sta|ff grant account in ad end")


def test_a_rule_is_told_by_title_and_owner() -> None:
    text = said('test "T" person "1" end on 2026-01-01 expect account in ad because every|one end')
    assert "**everyone** — rule: Everyone" in text
    assert "Owner: iam@example.org" in text


def test_an_exclusion_says_because() -> None:
    assert "so" in said('test "T" person "1" end on 2026-01-01 expect frozen because ce|o end')


def test_an_operator_and_its_negation() -> None:
    assert "The value begins with this text." in said('define x as contract.title.code starts wi|th "A"')
    assert said('define x as contract.title.code does not start| with "A"').count("negation") == 1


def test_words_without_more_to_say_are_silent() -> None:
    assert said("rule x wh|en staff grant account in ad end") == ""
    assert said('rule x owner "is| known" grant account in ad end') == ""
    assert said("rule x when nob|ody grant account in ad end") == ""


def test_what_authors_write_is_no_markdown() -> None:
    assert "\\<script\\>" in said('target x| "<script>" end')
