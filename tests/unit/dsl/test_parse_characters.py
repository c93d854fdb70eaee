from __future__ import annotations

from datetime import date

import pytest

from dsl.read import lexical, texts
from dsl.read.dates import WrongDate, read_date
from dsl.read.reserved import phrases, reserved_words
from dsl.read.scan import MOST_CHARACTERS, MOST_LETTERS
from dsl.read.signs import MEANT_BY_SIGN, advise
from dsl.tree.ast import SetDeclaration
from tests.unit.dsl.reading import broken, codes, one, problems, read


@pytest.mark.parametrize(
    ("written", "hints"),
    [
        ("01-03-2026", ["2026-03-01", "2026-01-03"]),
        ("3/1/2026", ["2026-01-03", "2026-03-01"]),
        ("13.1.2026", ["2026-01-13"]),
        ("1-13-2026", ["2026-01-13"]),
        ("2-2-2026", ["2026-02-02"]),
        ("1-2-26", ["2026-02-01", "2026-01-02"]),
        ("2026/3/1", ["2026-03-01"]),
        ("2026-3-1", ["2026-03-01"]),
        ("2026-03-01T10:00:00Z", ["2026-03-01"]),
        ("2024-02-30", ["2024-02-29"]),
        ("2026-04-00", ["2026-04-01"]),
    ],
)
def test_dates_in_other_forms_are_proposed_in_iso_form(written: str, hints: list[str]) -> None:
    found = read_date(written)
    assert isinstance(found, WrongDate)
    assert [one.strip("`?") for one in found.hint.split() if one.startswith("`")] == hints


@pytest.mark.parametrize("written", ["2026-13-01", "2026-00-10", "0000-01-01", "99-99-99", "2026-99-99"])
def test_dates_that_are_none(written: str) -> None:
    found = read_date(written)
    assert isinstance(found, WrongDate)
    assert isinstance(found.likely, date)


def test_iso_dates() -> None:
    assert read_date("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r'"a\"b\\c\n\t"', 'a"b\\c\n\t'),
        ('"# no comment"', "# no comment"),
        ('""', ""),
        ('"{not.a.field} [0-9]{3}"', "{not.a.field} [0-9]{3}"),
        ('"“curly” inside"', "“curly” inside"),
        ('"a\u200db"', "a\u200db"),
    ],
)
def test_texts(written: str, value: str) -> None:
    (found,) = one(f"set a is {written}", SetDeclaration).values
    assert found.value == value


@pytest.mark.parametrize("written", ["“a”", "'a'", "\u2018a\u2019", "«a»", "„a“", "`a`", '"a”', '“a"'])
def test_other_quotes_are_read_on(written: str) -> None:
    file, found = read(f"set a is {written}")
    assert [(problem.code, problem.hint) for problem in found] == [("ORD0115", 'write `"a"`')]
    (declaration,) = file.declarations
    assert isinstance(declaration, SetDeclaration)
    assert declaration.values[0].value == "a"


def test_a_text_ends_with_its_line() -> None:
    assert codes('set a is "x\nset b is "y" ') == ["ORD0113"]
    assert codes('set a is "x\\\nset b is "y"') == ["ORD0113", "ORD0114"]
    assert codes('set a is "') == ["ORD0113"]


def test_what_follows_from_an_open_text_is_not_told() -> None:
    assert codes('rule r\n grant permission "X in ad\n grant acount in ad\nend') == ["ORD0113", "ORD0102"]


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x07", "\u2028", "\u00ad"])
@pytest.mark.parametrize("text", ['set a is "x{}"', 'set a{} is "x"', 'set a is "x" # {}'])
def test_unseen_characters_are_told_everywhere(letter: str, text: str) -> None:
    ((code, detail, hint),) = problems(text.format(letter))
    assert code == "ORD0117"
    assert f"U+{ord(letter):04X}" in detail
    assert f"U+{ord(letter):04X}" in str(hint)


def test_joiners_belong_to_texts_alone() -> None:
    assert codes('set a\u200d is "x"') == ["ORD0117"]


def test_spaces_that_are_none() -> None:
    assert codes('set\u00a0\u00a0a\u2003is "x\u00a0y\u00a0\u202f"') == ["ORD0116"] * 4
    assert codes('set a is "x" # \u00a0') == []


def test_letters_of_other_alphabets() -> None:
    file, found = read("define \u0441\u0430re as b")
    assert [problem.code for problem in found] == ["ORD0118"]
    assert file.declarations[0].id.name == "care"  # type: ignore[union-attr]  # a define
    assert codes("define \uff43are as b") == ["ORD0118"]
    assert codes("define a\u2011b as c") == ["ORD0118"]
    assert codes("define \u65e5\u672c as c") == ["ORD0119"]


@pytest.mark.parametrize(
    ("word", "proposal"),
    [
        ("CareStaff", "care-staff"),
        ("care__staff", "care-staff"),
        ("pflegekr\u00e4fte", "pflegekrafte"),
        ("-x-", "x"),
        ("2fa", "fa"),
        ("\u65e5\u672c", None),
        ("\u2460a", "a"),
        ("d\u00d8d", "d-d"),
    ],
)
def test_proposals_for_names(word: str, proposal: str | None) -> None:
    assert lexical.as_id(word) == proposal


def test_names() -> None:
    assert codes("define a-b_c2 as d") == []
    assert codes("define a- as d") == ["ORD0119"]
    assert codes("define 2fa as d") == ["ORD0119"]
    assert codes(f"define {'a' * (MOST_LETTERS + 1)} as d") == ["ORD0119"]
    assert codes("target t depends on ad using User end") == ["ORD0119"]
    assert broken("define 2fa as d and").id is None


def test_numbers() -> None:
    assert codes("target t on revoke account disable, delete after 14days end") == []
    assert codes("define a as contract.x is at least 1234567890123456") == ["ORD0122"]
    assert codes("define a as contract.x is at least 1.2.3-x") == ["ORD0119"]
    assert codes('rule r grant by contract.x in ad\n "a" -> access\n otherwise-> account\n end end') == []
    assert codes("define a as contract.x is at least 3->") == ["ORD0101"]


@pytest.mark.parametrize("sign", sorted(MEANT_BY_SIGN))
def test_signs_with_a_meaning_are_read_on(sign: str) -> None:
    detail, hint = advise(sign)
    assert sign in detail
    assert hint
    assert "ORD0120" in codes(f"define a as b {sign} c")


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "+", "?", "\\", "-", "$", "\U0001f600"])
def test_other_signs_end_the_clause(sign: str) -> None:
    assert codes(f"define a as b {sign} c") == ["ORD0120"]
    assert broken(f"define a as b {sign} c").readable is None


@pytest.mark.parametrize("sign", ["//", "/*", "--"])
def test_comments_of_other_languages_are_passed_over(sign: str) -> None:
    assert codes(f"define a as b {sign} any old words\nset c is 3 {sign} x") == ["ORD0120", "ORD0121", "ORD0120"]


def test_braces_of_other_languages_are_blocks() -> None:
    assert codes("rule r {\n grant account in ad;\n}") == ["ORD0120"] * 3


def test_paths() -> None:
    assert codes("define a as custom.x") == ["ORD0126"]
    assert codes('policy "P" language 1 timezone "UTC" primary contract by person.x highest end') == ["ORD0126"]
    assert codes('policy "P" language 1 timezone "UTC" primary contract by contract.x highest end') == ["ORD0126"]
    assert codes("define a as contract . x") == ["ORD0120"]


def test_templates() -> None:
    found = list(texts.find_braces("a{person.x}b{ contract.y.z }{x}{"))
    assert [brace.parts for brace in found] == [("person", "x"), ("contract", "y", "z"), None, None]
    assert codes('rule r grant permission "{account.x}" in ad end') == []
    assert codes('rule r grant permission "" in ad end') == ["ORD0128"]
    assert codes('rule r about "{contract.x}" grant account in ad end') == ["ORD0127"]
    assert codes('rule r grant permission "\\"{contract.x\\"}" in ad end') == ["ORD0127"]


def test_the_version() -> None:
    assert codes('policy "P" language 2 timezone "UTC" end') == ["ORD0129"]
    assert codes('policy "P" language 1.5 timezone "UTC" end') == ["ORD0122"]


def test_a_file_has_a_limit() -> None:
    assert codes("#" * MOST_CHARACTERS) == []
    assert codes("#" * (MOST_CHARACTERS + 1)) == ["ORD0124"]


def test_reserved_words_come_from_the_grammar() -> None:
    assert {"rule", "starts", "below", "event", "test", "notify", "true"} <= reserved_words()
    assert not {"manager", "nurse", "targets", "with"} & reserved_words()
    assert {"or below", "is not on or before", "department of primary contract"} <= phrases()
