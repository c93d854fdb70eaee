"""Outline and folding."""

from dsl.editor.outline import Fold, folds, outline
from tests.unit.dsl.editor.marked import view

TEXT = """# One
# two

rule nurses "What nurses need"
    when contract.title.code is "N"
    grant account in ad
        starting contract.start_date
    grant by contract.title.code in ad
        "N" -> permission "A"
    end
end
define staff as contract is active
role basics permission "A" in ad
"""


def test_the_outline_has_declarations_with_what_they_grant() -> None:
    rule, define, role = outline(view(TEXT))
    assert (rule.label, rule.detail, rule.name.line, rule.span.end_line) == ("nurses", "What nurses need", 4, 11)
    assert [one.label for one in rule.below] == ["grant account in ad", "grant by contract.title.code in ad"]
    assert (define.label, define.below) == ("staff", ())
    assert [one.label for one in role.below] == ['permission "A" in ad']


def test_blocks_tables_and_comments_fold() -> None:
    assert folds(view(TEXT)) == (Fold(1, 2, comment=True), Fold(4, 11), Fold(8, 10))


def test_a_declaration_without_a_name_is_called_by_its_word() -> None:
    assert [one.label for one in outline(view("rule\nrule x"))] == ["rule", "x"]
