"""Csv files as HR systems write them."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.csv.configuration import CsvConfig
from connectors.csv.source import open_csv_source
from policy.diagnostics import DataError, OrdainError, Severity, UsageError
from policy.people import Department
from policy.records import RawRecords

PERSONS = "Id;Name\n1;Anna\n2;Bob\n"
CONTRACTS = "Person;Nr;Function\n1;A;F1\n1;B;F2\n2;C;\n"
FUNCTIONS = "Code;Title\nF1;Nurse\nF2;Doctor\n"


def read(root: Path, files: dict[str, str | bytes], **more: Any) -> RawRecords:  # noqa: ANN401  # configuration
    for name, text in files.items():
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    config: dict[str, Any] = {"delimiter": ";", "persons": {"file": "persons.csv", "key": "Id"}, **more}
    if "contracts.csv" in files:
        config["contracts"] = {"file": "contracts.csv", "person_key": "Person"}
    return open_csv_source("hr", CsvConfig.model_validate(config), root).read()


def lookup(**changes: str) -> dict[str, Any]:
    return {"file": "functions.csv", "key": "Code", "into": "contracts.Function", "as": "Job", **changes}


def test_records_are_kept_as_read(tmp_path: Path) -> None:
    found = read(tmp_path, {"persons.csv": PERSONS, "contracts.csv": CONTRACTS})
    assert found.source == "hr"
    assert found.problems == ()
    anna, bob = found.persons
    assert (anna.key, anna.record.file, anna.record.line) == ("1", "persons.csv", 2)
    assert anna.record.fields == {"Id": "1", "Name": "Anna"}
    assert [dict(one.fields) for one in anna.contracts] == [
        {"Person": "1", "Nr": "A", "Function": "F1"},
        {"Person": "1", "Nr": "B", "Function": "F2"},
    ]
    assert [one.line for one in bob.contracts] == [4]


def test_mark_quotes_line_ends_and_empty_rows(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbf"Id";"Name"\r\n"1";"An""na;\r\nB."\r\n;\r\n\r\n"2";" Bob "\r\n'
    anna, bob = read(tmp_path, {"persons.csv": text}).persons
    assert anna.record.fields["Name"] == 'An"na;\r\nB.'
    assert bob.record.fields["Name"] == " Bob "
    assert bob.record.line == 6


def test_another_delimiter_and_encoding(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"persons.csv": "Id,Name\n1,José\n".encode("cp1252")}, delimiter=",", encoding="windows-1252"
    )
    assert found.persons[0].record.fields["Name"] == "José"


def test_a_wrong_encoding_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        read(tmp_path, {"persons.csv": "Id;Name\n1;Anna\n2;José\n".encode("cp1252")})
    assert raised.value.diagnostic.code == "ORD0504"
    assert "line 3" in raised.value.diagnostic.detail


@pytest.mark.parametrize("text", ['Id;Name\n1;Anna\n2;"Bob\n3;Cleo\n', 'Id;Name\n1;Anna\n2;"Bob" x\n'])
def test_a_quote_out_of_place_names_the_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError) as raised:
        read(tmp_path, {"persons.csv": text})
    assert raised.value.diagnostic.code == "ORD0505"
    assert "line 3" in raised.value.diagnostic.detail


@pytest.mark.parametrize("text", ["", "\n", ";;\n1;2;3\n"])
def test_a_file_without_a_header_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError) as raised:
        read(tmp_path, {"persons.csv": text})
    assert raised.value.diagnostic.code == "ORD0505"


def test_a_missing_column_names_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        read(tmp_path, {"persons.csv": "Nr;Name\n1;Anna\n"})
    assert raised.value.diagnostic.code == "ORD0506"
    assert "Nr, Name" in (raised.value.diagnostic.hint or "")


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        read(tmp_path, {"persons.csv": "Id;Name;Name\n1;Anna;B\n"})
    assert raised.value.diagnostic.code == "ORD0507"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OrdainError) as raised:
        read(tmp_path, {})
    assert raised.value.diagnostic.code == "ORD0502"
    (tmp_path / "persons.csv").mkdir()
    with pytest.raises(OrdainError) as raised:
        read(tmp_path, {})
    assert raised.value.diagnostic.code == "ORD0503"


@pytest.mark.parametrize("path", ["../persons.csv", "/etc/passwd", "sub/../../persons.csv", "link/persons.csv", "a\0b"])
def test_a_path_out_of_the_workspace_is_refused(tmp_path: Path, path: str) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    (tmp_path / "persons.csv").write_text(PERSONS)
    (root / "link").symlink_to(tmp_path)
    config = CsvConfig.model_validate({"persons": {"file": path, "key": "Id"}})
    with pytest.raises(UsageError) as raised:
        open_csv_source("hr", config, root).read()
    assert raised.value.diagnostic.code == "ORD0501"


@pytest.mark.parametrize("row", ["2", "2;Bob;more"])
def test_a_ragged_row_freezes_its_person(tmp_path: Path, row: str) -> None:
    found = read(tmp_path, {"persons.csv": f"Id;Name\n1;Anna\n{row}\n"})
    anna, bob = found.persons
    assert anna.problems == ()
    assert [one.code for one in bob.problems] == ["ORD0508"]
    assert "Line 3 of persons.csv" in bob.problems[0].text


def test_a_ragged_contract_freezes_its_person_and_is_kept(tmp_path: Path) -> None:
    found = read(tmp_path, {"persons.csv": PERSONS, "contracts.csv": "Person;Nr;Function\n2;C\n1;A;F1\n"})
    anna, bob = found.persons
    assert anna.problems == ()
    assert [one.code for one in bob.problems] == ["ORD0508"]
    assert len(bob.contracts) == 1


def test_two_rows_with_one_key_are_one_frozen_person(tmp_path: Path) -> None:
    found = read(tmp_path, {"persons.csv": "Id;Name\n1;Anna\n2;Bob\n1;Anne\n", "contracts.csv": CONTRACTS})
    anna, bob = found.persons
    assert [one.code for one in anna.problems] == ["ORD0510"]
    assert "Lines 2 and 4 of persons.csv" in anna.problems[0].text
    assert len(anna.contracts) == 2
    assert bob.problems == ()


def test_a_row_without_a_key_is_somebody_who_cannot_be_addressed(tmp_path: Path) -> None:
    contracts = "Person;Nr;Function\n;Z;F1\n1;A;F1\n"
    found = read(tmp_path, {"persons.csv": "Id;Name\n1;Anna\n ;Bob\n", "contracts.csv": contracts})
    assert [one.key for one in found.persons] == ["1", "persons.csv line 3", "contracts.csv line 2"]
    assert [one.code for one in found.problems] == ["ORD0509", "ORD0509"]
    assert found.persons[2].record.fields == {}
    assert all(one.problems for one in found.persons[1:])
    ragged = read(tmp_path, {"persons.csv": "Id;Name\n1;Anna\n;Bob;x\n"})
    assert [one.code for one in ragged.persons[1].problems] == ["ORD0509", "ORD0508"]


def test_a_contract_of_nobody_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, {"persons.csv": PERSONS, "contracts.csv": "Person;Nr;Function\n9;A;F1\n"})
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("ORD0511", Severity.WARNING)
    assert "Line 2 of contracts.csv" in problem.detail
    assert "“9”" in problem.detail


def test_a_lookup_puts_the_row_beside_the_value(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "persons.csv": PERSONS,
        "contracts.csv": CONTRACTS,
        "functions.csv": FUNCTIONS + "F2;Doctor\n",
    }
    by_name = lookup(file="persons.csv", key="Name", into="persons.Name", **{"as": "Self"})
    found = read(tmp_path, files, lookups=[lookup(), by_name])
    anna, bob = found.persons
    assert anna.contracts[0].fields["Job"] == {"Code": "F1", "Title": "Nurse"}
    assert anna.contracts[1].fields["Job"] == {"Code": "F2", "Title": "Doctor"}
    assert "Job" not in bob.contracts[0].fields
    assert anna.record.fields["Self"] == {"Id": "1", "Name": "Anna"}
    assert found.problems == ()


def test_a_value_that_is_not_in_the_lookup_file_is_named_once(tmp_path: Path) -> None:
    contracts = "Person;Nr;Function\n1;A;F9\n1;B;F9\n2;C;F1\n"
    found = read(
        tmp_path,
        {"persons.csv": PERSONS, "contracts.csv": contracts, "functions.csv": FUNCTIONS},
        lookups=[lookup()],
    )
    (problem,) = found.problems
    assert problem.code == "ORD0512"
    assert "Function “F9” (contracts.csv line 2 and 1 more)" in problem.detail
    assert "Job" not in found.persons[0].contracts[0].fields
    assert found.persons[0].problems == ()


@pytest.mark.parametrize("more", ["F1;Cook\n", "F1\n"])
def test_a_value_that_stands_for_several_rows_freezes(tmp_path: Path, more: str) -> None:
    found = read(
        tmp_path,
        {"persons.csv": PERSONS, "contracts.csv": CONTRACTS, "functions.csv": FUNCTIONS + more},
        lookups=[lookup()],
    )
    anna, bob = found.persons
    assert [one.code for one in anna.problems] == ["ORD0513"]
    assert bob.problems == ()
    assert [one.code for one in found.problems] == ["ORD0513"]
    assert "lines 2, 4 of functions.csv" in found.problems[0].detail


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": "Nope"}, "ORD0506"),
        ({"into": "contracts.Nope"}, "ORD0506"),
        ({"as": "Nr"}, "ORD0507"),
    ],
)
def test_a_lookup_that_cannot_be_is_refused(tmp_path: Path, changes: dict[str, str], code: str) -> None:
    files: dict[str, str | bytes] = {
        "persons.csv": PERSONS,
        "contracts.csv": CONTRACTS,
        "functions.csv": FUNCTIONS,
    }
    with pytest.raises(DataError) as raised:
        read(tmp_path, files, lookups=[lookup(**changes)])
    assert raised.value.diagnostic.code == code


DEPARTMENTS = {
    "file": "departments.csv",
    "external_id": "Code",
    "display_name": "Name",
    "parent": "Above",
    "manager": "Boss",
}


def test_departments_are_in_the_standard_model(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"persons.csv": PERSONS, "departments.csv": "Code;Name;Above;Boss\nR;Root;;1\nC;Care;R; \n"},
        departments=DEPARTMENTS,
    )
    assert found.departments == (
        Department("R", None, "Root", None, "1"),
        Department("C", None, "Care", "R", None),
    )


def test_a_department_that_cannot_be_trusted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        read(
            tmp_path,
            {"persons.csv": PERSONS, "departments.csv": "Code;Name;Above;Boss\nR;Root\nC;Care;R;;\n"},
            departments=DEPARTMENTS,
        )
    assert [one.code for one in raised.value.diagnostics] == ["ORD0508", "ORD0508"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"delimiter": ";;"},
        {"delimiter": '"'},
        {"encoding": "klingon"},
        {"encoding": "base64"},
        {"persons": {"file": "p.csv"}},
        {"surprise": 1},
        {"lookups": [{"file": "f.csv", "key": "K", "into": "departments.X", "as": "Y"}]},
    ],
)
def test_a_wrong_configuration_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CsvConfig.model_validate({"persons": {"file": "p.csv", "key": "K"}, **wrong})
