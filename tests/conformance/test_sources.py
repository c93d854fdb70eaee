"""What every source promises, whatever it reads."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.registry import SOURCES
from policy.diagnostics import OrdainError
from policy.ports import Source
from policy.records import RawRecords

FILES = {
    "persons.csv": "ExternalId;Name.GivenName\n2;Bob\n1;Zoë\n3;Cleo\n",
    "contracts.csv": "Person;ExternalId;StartDate\n1;A;2026-01-01\n3;A;2026-01-01\n1;B;2026-02-01\n",
    "departments.csv": "ExternalId;DisplayName;Parent;Manager\nR;Root;;1\nC;Care;R;\n",
    "vault.json": json.dumps(
        {
            "Persons": [
                {"ExternalId": "2", "Name": {"GivenName": "Bob"}, "Contracts": []},
                {
                    "ExternalId": "1",
                    "Name": {"GivenName": "Zoë"},
                    "Contracts": [
                        {"ExternalId": "A", "StartDate": "2026-01-01"},
                        {"ExternalId": "B", "StartDate": "2026-02-01"},
                    ],
                },
                {"ExternalId": "3", "Contracts": [{"ExternalId": "A", "StartDate": "2026-01-01"}]},
            ],
            "Departments": [
                {"ExternalId": "R", "DisplayName": "Root", "ManagerExternalId": "1"},
                {"ExternalId": "C", "DisplayName": "Care", "ParentExternalId": "R"},
            ],
        }
    ),
}
TABLES: dict[str, dict[str, Any]] = {
    "csv": {
        "delimiter": ";",
        "persons": {"file": "persons.csv", "key": "ExternalId"},
        "contracts": {"file": "contracts.csv", "person_key": "Person"},
        "departments": {
            "file": "departments.csv",
            "external_id": "ExternalId",
            "display_name": "DisplayName",
            "parent": "Parent",
            "manager": "Manager",
        },
    },
    "vault": {"file": "vault.json"},
}
Open = Callable[[Path], Source]


def test_every_source_is_tried_here() -> None:
    assert sorted(TABLES) == sorted(SOURCES)


@pytest.fixture(params=sorted(TABLES))
def open_source(request: pytest.FixtureRequest) -> Open:
    entry = SOURCES[request.param]
    assert entry.name == request.param
    return lambda root: entry.open("hr", entry.config.model_validate(TABLES[request.param]), root)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def records(open_source: Open, workspace: Path) -> RawRecords:
    return open_source(workspace).read()


def test_persons_come_in_order_with_their_contracts(records: RawRecords) -> None:
    assert records.source == "hr"
    assert [one.key for one in records.persons] == ["2", "1", "3"]
    contracts = [[one.fields["ExternalId"] for one in person.contracts] for person in records.persons]
    assert contracts == [[], ["A", "B"], ["A"]]
    assert [one.problems for one in records.persons] == [(), (), ()]
    assert records.problems == ()


def test_departments_are_in_the_standard_model(records: RawRecords) -> None:
    told = [(one.external_id, one.display_name, one.parent_external_id, one.manager) for one in records.departments]
    assert told == [("R", "Root", None, "1"), ("C", "Care", "R", None)]


def test_every_record_knows_its_place(records: RawRecords, workspace: Path) -> None:
    for person in records.persons:
        for record in (person.record, *person.contracts):
            assert (workspace / record.file).is_file()
            assert record.line >= 1


def test_reading_twice_reads_the_same(open_source: Open, workspace: Path) -> None:
    assert open_source(workspace).read() == open_source(workspace).read()


def test_a_source_that_is_not_there_is_an_error_of_ours(open_source: Open, tmp_path: Path) -> None:
    with pytest.raises(OrdainError) as raised:
        open_source(tmp_path).read()
    assert raised.value.diagnostic.code == "ORD0502"


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b'"', b"{", b"\xef\xbb\xbf"])
def test_rubbish_is_an_error_of_ours(open_source: Open, workspace: Path, content: bytes) -> None:
    for name in FILES:
        (workspace / name).write_bytes(content)
    with pytest.raises(OrdainError):
        open_source(workspace).read()


def test_every_configuration_names_its_mapping() -> None:
    for entry in SOURCES.values():
        assert entry.config.model_fields["mapping"].default is None
        assert entry.config.model_config.get("extra") == "forbid"
