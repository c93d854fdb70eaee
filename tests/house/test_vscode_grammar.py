"""The colours for editors know every word of the language."""

from tests.house.write_vscode_grammar import GRAMMAR, grammar_text


def test_the_grammar_is_up_to_date() -> None:
    assert GRAMMAR.read_text(encoding="utf-8") == grammar_text(), "run: python -m tests.house.write_vscode_grammar"
