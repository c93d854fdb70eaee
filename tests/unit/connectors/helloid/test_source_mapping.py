"""HelloID's exported source mapping."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.helloid.source_mapping import load_source_mapping, read_source_mapping
from policy.diagnostics import DataError
from policy.mappings import MappingMode, SourceField, SourceMapping


def entry(name: str = "ExternalId", mode: str = "field", value: object = "Id", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"name": name, "mode": mode, "value": value, **more}


def read(persons: Any, contracts: Any = ()) -> tuple[SourceMapping, list[str]]:  # noqa: ANN401  # JSON
    document = {"personMappings": persons, "contractMappings": list(contracts)}
    mapping, warnings = read_source_mapping(json.dumps(document).encode("utf-8-sig"), "mapping.json")
    return mapping, [one.code for one in warnings]


def test_every_mode_is_read() -> None:
    mapping, warnings = read(
        [
            entry("Name.GivenName", value="First", validation={"required": True, "regex": None}, guid="x"),
            entry("Custom.firstStart", "Fixed", 3, validation=None),
            entry("PrimaryManager.ExternalId", "complex", "source.M", convertToString=True),
        ],
        [entry("Manager.ExternalId", value="Boss.Id"), entry("Details.HoursPerWeek", "fixed", None)],
    )
    assert warnings == []
    assert mapping == SourceMapping(
        "mapping.json",
        (
            SourceField("Name.GivenName", "name.given_name", MappingMode.FIELD, "First", required=True),
            SourceField("Custom.firstStart", "custom.first_start", MappingMode.FIXED, 3),
            SourceField("PrimaryManager.ExternalId", "primary_manager", MappingMode.COMPLEX, "source.M", as_text=True),
        ),
        (
            SourceField("Manager.ExternalId", "manager", MappingMode.FIELD, "Boss.Id"),
            SourceField("Details.HoursPerWeek", "details.hours_per_week", MappingMode.FIXED, None),
        ),
    )
    assert mapping.fields("person") == mapping.persons
    assert mapping.fields("contract") == mapping.contracts


def test_a_name_that_does_not_exist_is_left_out_and_said() -> None:
    mapping, warnings = read([entry(), entry("Name.GivnName"), entry("Shoe"), entry("Custom."), entry("Custom.ö/")])
    assert warnings == ["ORD0516"] * 3
    assert [one.path for one in mapping.persons] == ["external_id", "custom.o"]
    document = {"personMappings": [entry("Name.GivnName"), entry("Shoe")], "contractMappings": []}
    near, far = read_source_mapping(json.dumps(document).encode(), "m.json")[1]
    assert near.hint == "Did you mean name.given_name?"
    assert far.hint == "Put a field of your own below Custom: Custom.Shoe."


@pytest.mark.parametrize(
    ("persons", "code", "words"),
    [
        ([entry(), entry()], "ORD0517", "person.external_id twice"),
        ([entry("Custom.firstStart"), entry("Custom.FirstStart")], "ORD0517", "as Custom.firstStart and as"),
        ([entry(value=" ")], "ORD0515", "no value"),
        ([entry(value=None)], "ORD0515", "no value"),
        ([entry(mode="complex", value=3)], "ORD0515", "no value"),
        ([entry(mode="magic")], "ORD0515", "personMappings number 1, mode must be field, fixed or complex"),
        ([{"mode": "field"}], "ORD0515", "personMappings number 1, name is missing"),
        ([entry(value=[1])], "ORD0515", "personMappings number 1, value"),
        ([entry(validation=3)], "ORD0515", "personMappings number 1, validation must be an object"),
        ([3], "ORD0515", "personMappings number 1 must be an object"),
        (3, "ORD0515", "personMappings must be a list"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(persons: object, code: str, words: str) -> None:
    with pytest.raises(DataError) as raised:
        read(persons)
    assert raised.value.diagnostic.code == code
    assert words in raised.value.diagnostic.detail


@pytest.mark.parametrize("content", [b"{", b"[]", b"3", b"{}", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_mapping_is_refused(content: bytes) -> None:
    with pytest.raises(DataError) as raised:
        read_source_mapping(content, "mapping.json")
    assert raised.value.diagnostic.code == "ORD0515"
    assert "mapping.json" in raised.value.diagnostic.detail


def test_every_problem_of_a_mapping_is_told_at_once() -> None:
    with pytest.raises(DataError) as raised:
        read([{"mode": "field"}, entry(mode="magic")])
    assert len(raised.value.diagnostics) == 2


def test_a_mapping_of_the_workspace_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"personMappings": [entry()], "contractMappings": []}))
    mapping, warnings = load_source_mapping(tmp_path, "m.json")
    assert mapping.file == "m.json"
    assert warnings == ()
