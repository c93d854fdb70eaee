"""Which word is the name of what, and where it stands."""

import pytest

from dsl.editor.names import NameKind, occurrences
from dsl.editor.navigation import Refusal, definitions, references, renamable, rename
from dsl.editor.view import view_file
from tests.unit.dsl.editor.marked import COMMON, library, marked, view

RULE = """
rule second "Second"
    when staff and not (contract.location.code in sites or contract.title.code is "X")
    starting 14 days before contract.start_date
    grant role basics
    grant permission "W-{contract.title.code}" in ad
    grant by contract.type.code in erp
        "EMP" -> permission "{contract.location.code}"
    end
end
exclude x when staff from ad, erp because "so" end
target crm depends on ad using mail, name end
"""


def test_every_name_of_a_declaration_is_seen() -> None:
    found = [(one.kind.value, one.name) for one in occurrences(view(RULE)) if one.kind is not NameKind.FIELD]
    assert found == [
        ("rule", "second"),
        ("define", "staff"),
        ("set", "sites"),
        ("role", "basics"),
        ("target", "ad"),
        ("target", "erp"),
        ("exclusion", "x"),
        ("define", "staff"),
        ("target", "ad"),
        ("target", "erp"),
        ("target", "crm"),
        ("target", "ad"),
        ("account data", "mail"),
        ("account data", "name"),
    ]


def test_fields_are_seen_in_conditions_moments_tables_and_names_of_permissions() -> None:
    found = [one.name for one in occurrences(view(RULE)) if one.kind is NameKind.FIELD]
    assert found == [
        "contract.location.code",
        "contract.title.code",
        "contract.start_date",
        "contract.title.code",
        "contract.type.code",
        "contract.location.code",
    ]


@pytest.mark.parametrize(
    "text", [COMMON, RULE, 'grant account in ad end rule "x', "set set is", 'rule x when "a" in (']
)
def test_a_name_stands_where_it_is_said_to_stand(text: str) -> None:
    whole = view(text)
    for one in occurrences(whole):
        assert whole.text_of(one.span) == one.name


def test_sort_keys_name_fields_of_the_contract() -> None:
    text = 'policy "X" language 1 timezone "UTC" primary contract by details.fte highest, end_date latest end'
    assert [one.name for one in occurrences(view(text))] == ["contract.details.fte", "contract.end_date"]


def at(text: str) -> tuple[object, ...]:
    source, offset = marked(text)
    return library(source), view_file(source), offset


def test_a_name_leads_to_its_declaration_in_another_file() -> None:
    (span,) = definitions(*at("rule y when sta|ff grant account in ad end"))
    assert (span.path, span.line) == ("a.ordain", 8)


def test_references_are_found_in_every_file() -> None:
    found = references(*at("rule y when contract.title.code in sites| grant account in ad end"), with_declaration=True)
    assert [one.path for one in found] == ["a.ordain", "b.ordain"]
    found = references(*at("rule y when contract.title.code in sites| grant account in ad end"), with_declaration=False)
    assert [one.path for one in found] == ["b.ordain"]


def test_a_set_and_a_rule_of_one_name_are_two_things() -> None:
    found = references(
        *at("rule sites| when contract.title.code in sites grant account in ad end"), with_declaration=True
    )
    assert len(found) == 1


def test_a_new_name_is_written_everywhere() -> None:
    found = rename(*at("rule y when |staff and (staff) grant account in ad end"), "people")
    assert not isinstance(found, Refusal)
    assert [(one.path, one.column) for one in found] == [("a.ordain", 8), ("b.ordain", 13), ("b.ordain", 24)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("rule", "`rule` is a word of the language"),
        ("Staff", "`Staff` is no name: write small letters a to z, digits, and single `-` or `_` between them"),
        ("other", "there is a define called `other` already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, why: str) -> None:
    text = "define other as staff| and staff"
    assert rename(*at(text), name) == Refusal(why)


@pytest.mark.parametrize(
    "text", ["rule y when contract.title.|code is known", "target x depends on ad using ma|il end", "rule y own|er"]
)
def test_what_is_no_name_of_ours_is_not_renamed(text: str) -> None:
    assert isinstance(renamable(*at(text)), Refusal)


def test_broken_declarations_have_names_too() -> None:
    found = references(*at("rule y when = staff| grant"), with_declaration=False)
    assert [one.path for one in found] == ["b.ordain"]


TEST = """event joined
    on grant account in ad
    when account.display_name changes
    notify person.primary_manager using "joined"
end
test "T"
    person "P1"
        holding account in ad
        name.given_name: "Jan"
        contract "C1"
            department: "W3"
        end
        user_name: "x"
    end
    on 2026-03-01
        expect account in ad because everyone, second
        expect denied access in erp because four-eyes
        expect frozen because ceo
        person "P1" expect event joined
end
"""


def test_events_and_tests_name_things_too() -> None:
    assert [(one.kind.value, one.name) for one in occurrences(view(TEST))] == [
        ("event", "joined"),
        ("target", "ad"),
        ("account data", "display_name"),
        ("field", "person.primary_manager"),
        ("target", "ad"),
        ("field", "person.name.given_name"),
        ("field", "contract.department"),
        ("field", "person.user_name"),
        ("target", "ad"),
        ("rule", "everyone"),
        ("rule", "second"),
        ("target", "erp"),
        ("never", "four-eyes"),
        ("exclusion", "ceo"),
        ("event", "joined"),
    ]


def test_a_rule_is_renamed_in_the_tests_that_speak_of_it() -> None:
    found = rename(*at(TEST.replace("because everyone", "because every|one")), "all-staff")
    assert not isinstance(found, Refusal)
    assert [one.path for one in found] == ["a.ordain", "b.ordain"]
