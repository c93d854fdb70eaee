"""What fits at a place."""

import pytest

from dsl.editor.proposals import ProposalKind
from dsl.editor.skeletons import SKELETONS, filled
from dsl.editor.surroundings import Seen, Surroundings
from dsl.format.source import Formatted, format_source
from dsl.read.remembered import read_file
from policy.source import SourceFile
from tests.unit.dsl.editor.marked import chosen, labels, proposals

WORLD = Surroundings(
    values=lambda field: (Seen("NURSE", "12 persons"),) if field.name == "contract.title.code" else (),
    columns=lambda file: (Seen("code"), Seen("name")) if file == "sites.csv" else (),
    departments=lambda: (Seen("CARE", "Care"), Seen("W3", "Ward 3")),
    persons=lambda: (Seen("10001", "Jan Jansen"),),
    permissions=lambda: {"ad": ("Listed there",)},
    files=lambda: ("sites.csv",),
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("|", {"policy", "rule", "draft rule", "test", "event"}),
        ("rule x\n    grant account in ad\nend\n|", {"rule", "never"}),
        ("rule x\n    |", {"owner", "when", "starting", "grant"}),
        ("rule x\n    grant |", {"account", "access", "permission", "role", "by"}),
        ("rule x\n    grant account in ad\n    |", {"grant", "end", "starting"}),
        ("rule x when contract.title.code |", {"is", "in", "starts with", "is known"}),
        ("rule x when contract.title.code starts |", {"starts with"}),
        ("rule x when contract.start_date is |", {"is before", "is on or after"}),
        ("rule x when contract is |", {"active", "future", "ended"}),
        ('rule x when contract.department is "A" |', {"or below", "and"}),
        ("rule x for |", {"any contract", "every contract", "primary contract", "person"}),
        ("target x\n    limit |", {"grant", "update", "revoke"}),
        ("never a account in ad together with access in ad severity |", {"low", "critical"}),
    ],
)
def test_words_of_the_language_come_where_the_grammar_takes_them(text: str, wanted: set[str]) -> None:
    assert wanted <= set(labels(text))


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("rule x when contract.title.code |", {"is before", "is at least", "and"}),
        ("rule x when contract.details.fte |", {"contains", "is before"}),
        ('rule x when contract.title.code is "A" |', {"or below"}),
        ("rule x when contract.start_date is |", {"true", "is at least"}),
        ("rule x\n    grant account in ad\n    |", {"owner", "when"}),
    ],
)
def test_words_that_cannot_mean_anything_here_stay_away(text: str, unwanted: set[str]) -> None:
    assert not unwanted & set(labels(text))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("rule x grant account in |", ["ad", "erp"]),
        ("rule x grant role |", ["basics"]),
        ("rule x when contract.location.code in |", ["sites"]),
        ("rule x grant by contract.title.code in |", ["ad", "erp"]),
        ('exclude x person "1" from ad, |', ["ad", "erp"]),
        ("target x depends on |", ["ad", "erp"]),
    ],
)
def test_names_of_the_kind_that_fits(text: str, names: list[str]) -> None:
    assert [one.label for one in proposals(text) if one.kind is ProposalKind.NAME] == names


def test_a_condition_may_be_a_field_or_a_define() -> None:
    found = {one.label: one for one in proposals("rule x when |")}
    assert found["staff"].kind is ProposalKind.NAME
    assert found["contract.type.code"].detail == 'text, one of "EMP", "INT"'
    assert found["contract.custom.on_call"].detail == "flag"
    assert found["contract.cost_center.code"].documentation == "Code of the cost center."


def test_a_moment_is_a_date_field() -> None:
    fields = [one.label for one in proposals("rule x starting 14 days before |") if one.kind is ProposalKind.FIELD]
    assert set(fields) == {"contract.start_date", "contract.end_date", "person.details.birth_date"}


def test_sort_keys_are_fields_of_the_contract_without_their_root() -> None:
    found = labels('policy "X" language 1 timezone "UTC" primary contract by active first, |')
    assert {"details.fte", "end_date"} <= set(found)
    assert not [one for one in found if one.startswith(("person.", "contract."))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('rule x when contract.type.code is "|', ["EMP", "INT"]),
        ('rule x when contract.type.code in ("EMP", "|")', ["EMP", "INT"]),
        ('rule x when contract.title.code is "|"', ["NURSE"]),
        ('rule x when contract.department is "|"', ["CARE", "W3"]),
        ('exclude x person "|"', ["10001"]),
        ('set x from "|"', ["sites.csv"]),
        ('set x from "sites.csv" column "|"', ["code", "name"]),
        ('rule x owner "|"', ["iam@example.org"]),
        ('rule x grant by contract.type.code in ad "|"', ["EMP", "INT"]),
        ('rule x grant by contract.type.code in erp "EMP" -> permission "|"', ["GG-All"]),
    ],
)
def test_inside_a_text_come_the_texts_that_mean_something_there(text: str, wanted: list[str]) -> None:
    assert labels(text, WORLD) == wanted


def test_permissions_are_those_of_the_rules_and_those_listed_elsewhere() -> None:
    found = {one.label: one.detail for one in proposals('rule x grant permission "|"', WORLD)}
    assert found == {"A": "in ad", "B": "in ad", "GG-All": "in erp", "Listed there": "in ad", "SEC-Nurse": "in ad"}


def test_where_a_text_may_stand_it_comes_with_its_quotes() -> None:
    assert chosen("rule x when contract.type.code is E|", '"EMP"') == 'rule x when contract.type.code is "EMP"'


@pytest.mark.parametrize(
    ("text", "label", "after"),
    [
        ("rule x when contract.ti|", "contract.title.code", "rule x when contract.title.code"),
        ("rule x when contract.title.code starts w|", "starts with", "rule x when contract.title.code starts with"),
        ('rule x when contract.type.code is "E|" and', "EMP", 'rule x when contract.type.code is "EMP" and'),
        ('rule x when contract.type.code is "E|', "EMP", 'rule x when contract.type.code is "EMP'),
        (
            'rule x grant permission "W-{con|}" in ad',
            "contract.title.code",
            'rule x grant permission "W-{contract.title.code}" in ad',
        ),
        (
            'rule x grant permission "W-{con|" in ad',
            "contract.title.code",
            'rule x grant permission "W-{contract.title.code}" in ad',
        ),
    ],
)
def test_what_is_chosen_takes_the_place_of_what_was_begun(text: str, label: str, after: str) -> None:
    assert chosen(text, label) == after


def test_a_value_with_quotes_in_it_is_escaped() -> None:
    around = Surroundings(values=lambda _: (Seen('5" pipe\\fitter'),))
    text = 'rule x when contract.title.name is "|"'
    assert chosen(text, '5" pipe\\fitter', around) == 'rule x when contract.title.name is "5\\" pipe\\\\fitter"'


def test_private_values_are_never_shown() -> None:
    around = Surroundings(values=lambda _: (Seen("secret"),))
    assert labels('rule x when person.contact.personal.email is "|"', around) == []


def test_comments_are_left_alone() -> None:
    assert labels("# when |") == []


def test_an_error_in_an_earlier_clause_does_not_stop_it() -> None:
    broken = 'rule x\n    owner nobody\n    when contract.type.code = "E"\n    grant account in |'
    assert labels(broken) == ["ad", "erp"]


def test_a_declaration_without_end_may_be_over_at_a_new_line() -> None:
    assert {"and", "rule"} <= set(labels('define x as contract.title.code is "A"\n|'))
    assert "rule" not in labels('define x as contract.title.code is "A" |')


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('test "T"\n    |', {"department", "person", "from snapshot", "on"}),
        ('test "T"\n    person "P"\n        |', {"holding", "contract", "name.given_name"}),
        ('test "T"\n    person "P"\n        contract "C"\n            |', {"type.code", "start_date", "end"}),
        ('test "T" person "P" end on 2026-03-01 expect |', {"nothing", "no", "denied", "event", "account"}),
        ("event x on |", {"grant", "update", "revoke"}),
        ("event x 14 days |", {"before", "after"}),
        ("event x on update account in ad when |", {"account.mail", "staff", "contract.title.code"}),
        ("target x depends on ad using |", {"mail"}),
    ],
)
def test_events_and_tests(text: str, wanted: set[str]) -> None:
    around = Surroundings(account_data=lambda: ("mail",))
    assert wanted <= set(labels(text, around))


@pytest.mark.parametrize(
    ("because", "names"),
    [("account in ad", ["everyone"]), ("denied account in ad", ["four-eyes"]), ("frozen", ["ceo"])],
)
def test_because_names_what_can_be_the_cause(because: str, names: list[str]) -> None:
    text = f'test "T" person "P" end on 2026-03-01 expect {because} because |'
    assert [one.label for one in proposals(text) if one.kind is ProposalKind.NAME] == names


def test_a_fact_has_the_values_of_its_field() -> None:
    assert labels('test "T" person "P" contract "C" type.code: "|"') == ["EMP", "INT"]
    assert chosen('test "T" person "P" contract "C" ty|', "type.code") == 'test "T" person "P" contract "C" type.code: '


@pytest.mark.parametrize("word", sorted(SKELETONS))
def test_a_skeleton_can_be_read_as_it_is_proposed(word: str) -> None:
    text = filled(SKELETONS[word])
    file, problems = read_file(SourceFile.from_text("s.ordain", text + "\n"))
    assert problems == ()
    assert len(file.declarations) == 1
    assert format_source(SourceFile.from_text("s.ordain", text + "\n")) == Formatted(text + "\n")
