"""Vault exports."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.vault.source import VaultConfig, open_vault_source
from policy.diagnostics import DataError, OrdainError
from policy.people import Department
from policy.records import RawRecords


def read(root: Path, content: Any) -> RawRecords:  # noqa: ANN401  # JSON, text or bytes
    if isinstance(content, dict | list):
        content = json.dumps(content)
    (root / "vault.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_vault_source("hr", VaultConfig(file="vault.json"), root).read()


def test_persons_and_contracts_are_kept_as_read(tmp_path: Path) -> None:
    text = """\ufeff{"Persons": [{"ExternalId": "1", "Name": {"GivenName": "J\\u00f3"},
        "PrimaryContract": {"ExternalId": "C"},
        "Custom": {"rate": 0.80, "count": 3, "big": 12345678901234567890123, "vip": true, "half": "a\\ud800"},
        "Contracts": [{"ExternalId": "C", "Details": {"Fte": 1}}]}, {"ExternalId": 7, "Contracts": null}, {}]}"""
    found = read(tmp_path, text)
    first, second, third = found.persons
    assert first.record.fields == {
        "ExternalId": "1",
        "Name": {"GivenName": "Jó"},
        "Custom": {
            "rate": Decimal("0.80"),
            "count": 3,
            "big": 12345678901234567890123,
            "vip": True,
            "half": "a\ufffd",
        },
    }
    assert [dict(one.fields) for one in first.contracts] == [{"ExternalId": "C", "Details": {"Fte": 1}}]
    assert (first.key, second.key, third.key) == ("1", "7", "number 3")
    assert (second.record.line, second.contracts) == (2, ())
    assert found.departments == ()


def test_departments_are_in_the_standard_model(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "Persons": [],
            "Departments": [
                {"ExternalId": "R", "DisplayName": "Root", "Code": 5, "ManagerExternalId": "1"},
                {"ExternalId": "C", "Name": "Care", "ParentExternalId": "R", "Manager": {"ExternalId": "2"}},
                {"ExternalId": "", "Parent": {"ExternalId": "R"}},
            ],
        },
    )
    assert found.departments == (
        Department("R", "5", "Root", None, "1"),
        Department("C", None, "Care", "R", "2"),
        Department("", None, None, "R", None),
    )


@pytest.mark.parametrize("contracts", ["abc", [1], {"a": 1}])
def test_contracts_that_are_none_freeze_the_person(tmp_path: Path, contracts: object) -> None:
    found = read(tmp_path, {"Persons": [{"ExternalId": "1", "Contracts": contracts}]})
    assert [one.code for one in found.persons[0].problems] == ["ORD0514"]
    assert found.persons[0].contracts == ()


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("{", "ORD0514", "line 1, column 2"),
        ("[]", "ORD0514", "Persons"),
        ("{}", "ORD0514", "Persons"),
        ('{"Persons": {}}', "ORD0514", "Persons"),
        ('{"Persons": [1]}', "ORD0514", "Person number 1"),
        ('{"Persons": [], "Departments": 3}', "ORD0514", "Departments"),
        ('{"Persons": [], "Departments": [3]}', "ORD0514", "Department number 1"),
        ('{"Persons": [{"A": NaN}]}', "ORD0514", "NaN"),
        ('{"Persons": [{"A": 1e999999999}]}', "ORD0514", "out of any range"),
        ('{"Persons": [{"A": 1, "A": 2}]}', "ORD0518", "“A” twice"),
        ("[" * 100_000, "ORD0514", "no JSON"),
        (b'{"Persons": [\n{"A": "\xe9"}]}', "ORD0504", "line 2"),
    ],
)
def test_what_is_no_vault_is_refused(tmp_path: Path, content: str | bytes, code: str, words: str) -> None:
    with pytest.raises(DataError) as raised:
        read(tmp_path, content)
    assert raised.value.diagnostic.code == code
    assert words in raised.value.diagnostic.detail


def test_a_missing_vault_is_named(tmp_path: Path) -> None:
    with pytest.raises(OrdainError) as raised:
        open_vault_source("hr", VaultConfig(file="vault.json"), tmp_path).read()
    assert raised.value.diagnostic.code == "ORD0502"
