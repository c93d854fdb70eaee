import json
from typing import Any

import pytest

from connectors.helloid.field_mapping import read_field_mapping
from policy.diagnostics import DataError, Diagnostic
from policy.field_mapping import AccountAction, FieldMapping, MappingMode


def action(mode: str = "Field", value: Any = "Person.ExternalId", *on: str, **more: bool) -> dict[str, Any]:  # noqa: ANN401  # JSON
    return {
        "MapForActions": list(on) or ["Create", "Update"],
        "MappingMode": mode,
        "Value": json.dumps(value),
        "UsedInNotifications": more.get("shown", False),
        "StoreInAccountData": more.get("stored", False),
    }


def field(name: str, *actions: dict[str, Any], kind: str = "Text") -> dict[str, Any]:
    return {"Name": name, "Description": "d", "Type": kind, "MappingActions": list(actions)}


def read(*fields: dict[str, Any], unique: tuple[str, ...] = ()) -> FieldMapping:
    file = {"Version": "v1", "MappingFields": fields, "UniqueFieldNames": unique}
    return read_field_mapping(json.dumps(file), "ad/fieldMapping.json")


def refused(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(DataError) as caught:
        read_field_mapping(text, "f.json")
    return caught.value.diagnostics


def refused_fields(*fields: dict[str, Any], unique: tuple[str, ...] = ()) -> tuple[Diagnostic, ...]:
    return refused(json.dumps({"Version": "v1", "MappingFields": fields, "UniqueFieldNames": unique}))


def test_all_modes_are_read() -> None:
    mapping = read(
        field("EmployeeId", action(stored=True, shown=True)),
        field("mail", action("Complex", "Person.Name.GivenName + '@x'")),
        field("phones", action("Fixed", ["1", "2"]), kind="Array"),
        field("enabled", action("Fixed", "TRUE", "Enable"), action("Fixed", "FALSE", "Create", "Disable")),
        field("id", action("None", None, stored=True)),
        unique=("mail",),
    )
    assert [one.name for one in mapping.fields] == ["EmployeeId", "mail", "phones", "enabled", "id"]
    assert mapping.unique == ("mail",)
    first, mail, phones, enabled, made = mapping.fields
    assert (first.mappings[0].stored, first.mappings[0].in_notifications, first.about) == (True, True, "d")
    assert mail.mappings[0].value == "Person.Name.GivenName + '@x'"
    assert (phones.array, phones.mappings[0].value) == (True, ["1", "2"])
    assert enabled.for_action(AccountAction.UPDATE) is None
    found = enabled.for_action(AccountAction.DISABLE)
    assert found is not None
    assert found.value == "FALSE"
    assert (made.mappings[0].mode, made.mappings[0].value) == (MappingMode.NONE, None)


def test_a_byte_order_mark_and_keys_of_others_are_left_alone() -> None:
    assert read_field_mapping('\ufeff{"Version": "v1", "MappingFields": [], "Later": 1}', "f").fields == ()


def test_what_is_not_json_is_refused() -> None:  # ORD0850
    found = refused("nonsense")
    assert [one.code for one in found] == ["ORD0850"]
    assert found[0].subject == "f.json"


def test_each_wrong_key_is_named() -> None:
    fields = [{"Name": "", "Type": "Number", "MappingActions": [{"MapForActions": [], "MappingMode": "Magic"}]}]
    found = refused(json.dumps({"Version": "v9", "MappingFields": fields, "UniqueFieldNames": 3}))
    details = [one.detail for one in found]
    assert details == [
        "Version (items counted from 1) is no word that belongs here.",
        "MappingFields.1.Name (items counted from 1) is empty.",
        "MappingFields.1.Type (items counted from 1) is no word that belongs here.",
        "MappingFields.1.MappingActions.1.MapForActions (items counted from 1) is empty.",
        "MappingFields.1.MappingActions.1.MappingMode (items counted from 1) is no word that belongs here.",
        "UniqueFieldNames (items counted from 1) is no list.",
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (action() | {"Value": "Person.ExternalId"}, "is not JSON text"),
        (action() | {"Value": None}, "no path that begins with Person"),
        (action("Field", "ExternalId"), "no path that begins with Person"),
        (action("Complex", " "), "a script belongs here"),
        (action("Complex", 3), "a script belongs here"),
        (action("Fixed", ["a"]), "does not fit the type Text"),
        (action("Fixed", {"a": "x" * 99}), "…"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(wrong: dict[str, Any], words: str) -> None:  # ORD0851
    found = refused_fields(field("mail", wrong))
    assert [one.code for one in found] == ["ORD0851"]
    assert words in found[0].detail
    assert "“mail”" in found[0].detail


def test_mapping_twice_is_refused() -> None:  # ORD0853
    found = refused_fields(field("a", action()), field("a"), field("b", action(), action("Fixed", "x", "Update")))
    assert [one.code for one in found] == ["ORD0853", "ORD0853"]
    assert "“a” stands 2 times" in found[0].detail
    assert "“b” has 2 mappings for the action Update" in found[1].detail


def test_a_unique_field_must_be_mapped() -> None:  # ORD0854
    found = refused_fields(field("a", action()), unique=("a", "b"))
    assert [one.code for one in found] == ["ORD0854"]
    assert "“b”" in found[0].detail
