"""HelloID's exported business rules: what a cell says, and where the name of a system ends."""

from __future__ import annotations

import pytest

from connectors.helloid.business_rules import read_business_rules
from connectors.helloid.rule_conditions import read_condition
from connectors.helloid.rule_entitlements import EntitlementReader, split_entitlements
from policy.business_rules import (
    ConditionOperator,
    FieldCondition,
    PersonStatus,
    SystemEntitlement,
    TimeFrame,
    Unread,
)
from policy.diagnostics import DataError
from policy.entitlements import Kind
from tests.builders.helloid import Exported, export


def read(text: str, *others: str, named: tuple[str, ...] = ()) -> tuple[str, str, str, str]:
    """System, kind, name and path of an entitlement, as read beside others of its export."""
    one = EntitlementReader.of((text, *others), named).read(text)
    assert isinstance(one, SystemEntitlement)
    return one.system, one.kind.value, one.name, one.path


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Person: active", PersonStatus("Person: active", active=True)),
        ("person :Inactive", PersonStatus("person :Inactive", active=False)),
        (
            "Time frame: days before start date: 14, days after end date: -3",
            TimeFrame("Time frame: days before start date: 14, days after end date: -3", 14, -3),
        ),
        ("Time frame: days after end date: 3", TimeFrame("Time frame: days after end date: 3", 0, 3)),
        (
            "Department.ExternalId, one of: CA010, CA020",
            FieldCondition(
                "Department.ExternalId, one of: CA010, CA020",
                "Department.ExternalId",
                ConditionOperator.ONE_OF,
                "CA010, CA020",
            ),
        ),
        (
            "Title.Name,  NOT  only : a: b",
            FieldCondition("Title.Name,  NOT  only : a: b", "Title.Name", ConditionOperator.NOT_ONLY, "a: b"),
        ),
        ("Custom.x, is empty", FieldCondition("Custom.x, is empty", "Custom.x", ConditionOperator.EMPTY)),
    ],
)
def test_what_a_condition_says(text: str, condition: object) -> None:
    assert read_condition(text) == condition


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Person: retired", "“retired”"),
        ("Time frame: soon", "a number"),
        ("Time frame: days before start date: 99999", "a number"),
        ("Title.Code, resembles: x", "“resembles” is not known"),
        ("Title.Code, one of:", "no value"),
        ("Title.Code, is empty: x", "takes no values"),
        ("whatever", "none of the known forms"),
    ],
)
def test_what_nobody_understands_is_told_with_a_reason(text: str, reason: str) -> None:
    read_as = read_condition(text)
    assert isinstance(read_as, Unread)
    assert reason in read_as.reason


def test_account_access_and_permission() -> None:
    assert read("AD - Account") == ("AD", "account", "", "")
    assert read("AD - Account Access") == ("AD", "access", "", "")
    assert read("AD - GG-All (corp.example/Groups)") == ("AD", "permission", "GG-All", "corp.example/Groups")


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("AD - Sales - Team (corp/G)", "Sales - Team", "corp/G"),
        ("AD - Team (old) (corp/G)", "Team (old)", "corp/G"),
        ("AD - Team (corp/G (new)/X)", "Team", "corp/G (new)/X"),
        ("AD - Team) (corp/G)", "Team)", "corp/G"),
        ("AD - Team (OU=G,DC=corp)", "Team", "OU=G,DC=corp"),
        ("AD - Team", "Team", ""),
    ],
)
def test_where_a_name_ends_and_a_path_begins(text: str, name: str, path: str) -> None:
    assert read(text, "AD - Account") == ("AD", "permission", name, path)


def test_parentheses_are_a_path_where_every_permission_of_the_system_has_some() -> None:
    assert read("App - Role (Finance)", "App - Other (Sales)")[2:] == ("Role", "Finance")
    assert read("App - Role (Finance)", "App - Other")[2:] == ("Role (Finance)", "")


def test_two_permissions_of_one_name_keep_their_paths() -> None:
    first = read("AD - Team (corp/A)", "AD - Team (corp/B)")
    assert first == ("AD", "permission", "Team (corp/A)", "")


def test_a_system_with_a_dash_is_known_by_its_account_and_access() -> None:
    lab = ("AD - Lab - Account", "AD - Lab - Account Access", "AD - Account", "AD - Account Access")
    assert read("AD - Lab - Account", *lab)[:2] == ("AD - Lab", "account")
    assert read("AD - Lab - Team (x/y)", *lab)[0] == "AD - Lab"
    assert read("AD - Sales - Team (x/y)", *lab)[0] == "AD"


def test_a_permission_called_account_is_one_unless_somebody_names_the_system() -> None:
    beside = ("AD - Account", "AD - Account Access")
    assert read("AD - Sales - Account", *beside)[:3] == ("AD", "permission", "Sales - Account")
    reader = EntitlementReader.of(("AD - Sales - Account", *beside), ())
    assert reader.doubtful == {"AD - Sales - Account"}
    assert read("AD - Sales - Account", *beside, named=("AD - Sales",))[:2] == ("AD - Sales", "account")


@pytest.mark.parametrize("text", ["Account", "nothing", " - Account", "AD - ", "AD - (x/y)"])
def test_an_entitlement_without_system_or_name_is_none(text: str) -> None:
    read_as = EntitlementReader.of((text, "AD - a (x/y)"), ()).read(text)
    assert isinstance(read_as, Unread) or read_as.name == "(x/y)"


def test_a_name_with_a_bar_is_one_where_the_count_says_so() -> None:
    assert split_entitlements("AD - A|B (x/y)|AD - Account", 2) == ["AD - A|B (x/y)", "AD - Account"]
    assert split_entitlements("AD - A|B (x/y)|AD - Account", 3) == ["AD - A", "B (x/y)", "AD - Account"]
    assert split_entitlements("", 0) == []


def test_columns_may_be_called_as_the_manual_calls_them_and_stand_in_any_order() -> None:
    head = "State;Name;Entitlements count;Persons latest evaluation;Categories;Entitlements;Conditions;More"
    content = f"{head}\r\nPublished;A;1;7;X | Y | X;AD - Account;Person: active;zzz\r\n\r\n".encode("utf-16")
    (rule,) = read_business_rules(content, "rules.csv").rules
    assert (rule.line, rule.name, rule.published, rule.entitlement_count, rule.persons) == (2, "A", True, 1, 7)
    assert rule.categories == ("X", "Y")
    assert rule.entitlements == (SystemEntitlement("AD - Account", "AD", Kind.ACCOUNT),)


def test_lines_are_counted_through_cells_of_several_lines() -> None:
    rows = [Exported("A").row([]), Exported("B").row([])]
    rows[0]["Categories"] = "one\ntwo"
    assert [one.line for one in read_business_rules(export(rows), "rules.csv").rules] == [2, 4]


def test_every_row_without_a_name_is_told() -> None:
    rows = [{**Exported("A").row([]), "Name": name} for name in ("", "A", " ")]
    with pytest.raises(DataError) as caught:
        read_business_rules(export(rows), "rules.csv")
    assert [one.span and one.span.line for one in caught.value.diagnostics] == [2, 4]


def test_a_column_twice_is_told() -> None:
    content = export([]).replace(b"Name,", b"Name,name,")
    with pytest.raises(DataError, match="the column Name twice"):
        read_business_rules(content, "rules.csv")
