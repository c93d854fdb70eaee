"""Raw records to persons in the standard model."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.mapping.fields import look_up
from engine.mapping.source import map_people
from policy.mappings import MappingMode, SourceField, SourceMapping
from policy.people import DataProblem
from policy.records import MappedPerson, RawPerson, RawRecord, RawRecords, RawValue
from policy.scripts import ScriptFailure, ScriptResult

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Scripted:
    """Plays a script runner from a table; remembers the rows it was given."""

    def __init__(self, table: Mapping[str, ScriptResult]) -> None:
        self.table = table
        self.calls: list[Sequence[Mapping[str, RawValue]]] = []

    def run(
        self, scripts: Sequence[str], rows: Sequence[Mapping[str, RawValue]], *, now: datetime, seed: int
    ) -> list[list[ScriptResult]]:
        assert (now, seed) == (NOW, 7)
        self.calls.append(rows)
        return [[self.table[one] for one in scripts] for _ in rows]

    def close(self) -> None:
        self.calls.clear()


def records(fields: dict[str, Any], *contracts: dict[str, Any], problems: tuple[DataProblem, ...] = ()) -> RawRecords:
    raw = RawPerson(
        "key",
        RawRecord("persons.csv", 2, fields),
        tuple(RawRecord("contracts.csv", line, one) for line, one in enumerate(contracts, 5)),
        problems,
    )
    return RawRecords("hr", (raw,))


def mapped(
    raw: RawRecords,
    mapping: SourceMapping | None = None,
    scripts: Scripted | None = None,
    timezone: str = "Europe/Amsterdam",
) -> MappedPerson:
    runner = scripts or Scripted({})
    (found,) = map_people(raw, mapping, runner, now=NOW, seed=7, timezone=timezone)
    return found


def by_field(name: str, value: str, **more: bool) -> SourceField:
    return SourceField(name, name.lower(), MappingMode.FIELD, value, **more)


def test_a_vault_person_is_flattened_and_typed() -> None:
    found = mapped(
        records(
            {
                "ExternalId": 10001,
                "Excluded": "false",
                "Name": {"GivenName": "Anna", "NickName": " "},
                "Details": {"BirthDate": "1990-05-01T22:00:00Z"},
                "Location": {"Code": "L", "Name": "North"},
                "PrimaryManager": {"ExternalId": "9", "DisplayName": "Boss"},
                "Unknown": {"Thing": 1},
                "Custom": {"firstStart": "2020-01-01", "rate": Decimal("0.8"), "vip": True, "list": [1], "日": "x"},
            },
            {
                "ExternalId": "C1",
                "StartDate": "2026-03-01T00:00:00Z",
                "EndDate": "2026-03-31T23:30:00Z",
                "Details": {"Fte": "0.8", "Sequence": 1},
                "Title": {"ExternalId": "", "Code": "N", "Name": "Nurse"},
                "Department": {"ExternalId": "W3", "DisplayName": "Ward"},
                "Manager": {"ExternalId": "8"},
            },
        )
    )
    assert found.problems == ()
    assert found.values == {
        "external_id": "10001",
        "excluded": False,
        "name.given_name": "Anna",
        "details.birth_date": date(1990, 5, 2),
        "primary_manager": "9",
        "custom.first_start": "2020-01-01",
        "custom.rate": Decimal("0.8"),
        "custom.vip": True,
    }
    assert found.contracts[0].values == {
        "external_id": "C1",
        "start_date": date(2026, 3, 1),
        "end_date": date(2026, 4, 1),
        "details.fte": Decimal("0.8"),
        "details.sequence": Decimal(1),
        "department.external_id": "W3",
        "department.display_name": "Ward",
        "manager": "8",
    }


def test_a_flat_file_may_use_dotted_names() -> None:
    found = mapped(records({"ExternalId": "1", "Name.GivenName": "Anna", "Custom.shift type": "N"}))
    assert found.values == {"external_id": "1", "name.given_name": "Anna", "custom.shift_type": "N"}


def test_a_value_of_another_type_freezes_and_names_the_contract() -> None:
    found = mapped(records({"ExternalId": "1"}, {"Details": {"Fte": "abc"}, "ExternalId": "C1"}))
    (problem,) = found.problems
    assert (problem.code, problem.field, problem.contract) == ("ORD0520", "contract.details.fte", "C1")
    assert "Details.Fte of contracts.csv line 5: “abc” is no number" in problem.text


def test_two_names_that_become_one_freeze() -> None:
    found = mapped(records({"ExternalId": "1", "Custom": {"firstStart": "a", "FirstStart": "a"}}))
    (problem,) = found.problems
    assert (problem.code, problem.field) == ("ORD0518", "person.custom.first_start")
    assert "Custom.firstStart and Custom.FirstStart" in problem.text


def test_problems_of_reading_come_along_and_mapped_persons_pass_through() -> None:
    before = DataProblem("ORD0508", "person.external_id", "ragged")
    ready = MappedPerson("ready", {"external_id": "0"})
    raw = records({"ExternalId": "1"}, problems=(before,))
    both = RawRecords("hr", raw.persons, mapped=(ready,))
    first, second = map_people(both, None, Scripted({}), now=NOW, seed=7, timezone="UTC")
    assert first is ready
    assert second.problems == (before,)
    mapping = SourceMapping("m", (by_field("external_id", "ExternalId"),), ())
    assert map_people(both, mapping, Scripted({}), now=NOW, seed=7, timezone="UTC")[0] is ready


def test_fields_fixed_values_and_scripts() -> None:
    mapping = SourceMapping(
        "m.json",
        (
            by_field("external_id", "Nr"),
            SourceField("Custom.source", "custom.source", MappingMode.FIXED, "hr"),
            SourceField("Custom.count", "custom.count", MappingMode.FIXED, 3, as_text=True),
            SourceField("DisplayName", "display_name", MappingMode.COMPLEX, "name()"),
            SourceField("Excluded", "excluded", MappingMode.COMPLEX, "flag()", as_text=True),
        ),
        (
            by_field("external_id", "Id"),
            SourceField("Title.Name", "title.name", MappingMode.FIELD, "Job.Title"),
            SourceField("Title.ExternalId", "title.external_id", MappingMode.FIELD, "Job.Code"),
            SourceField("StartDate", "start_date", MappingMode.COMPLEX, "start()", required=True),
        ),
    )
    scripts = Scripted(
        {
            "name()": ScriptResult("Anna"),
            "flag()": ScriptResult(value=True),
            "start()": ScriptResult("2026-03-01T00:00:00.000Z"),
        }
    )
    contract = {"Id": "A", "Job": {"Code": "N", "Title": "Nurse"}}
    found = mapped(records({"Nr": "1"}, contract), mapping, scripts)
    assert found.problems == ()
    assert found.values == {
        "external_id": "1",
        "custom.source": "hr",
        "custom.count": "3",
        "display_name": "Anna",
        "excluded": True,
    }
    assert found.contracts[0].values == {
        "external_id": "A",
        "title.name": "Nurse",
        "title.external_id": "N",
        "start_date": date(2026, 3, 1),
    }
    source = {"Nr": "1", "Contracts": [contract]}
    assert scripts.calls == [[{"source": source}], [{"source": source, "sourceContract": contract}]]


@pytest.mark.parametrize(
    ("mode", "value", "words"),
    [
        (MappingMode.FIELD, "First", "“First” is empty in persons.csv line 2"),
        (MappingMode.FIELD, "Blank", "“Blank” is empty in persons.csv line 2"),
        (MappingMode.FIXED, None, "the mapping gives it no value"),
        (MappingMode.COMPLEX, "nothing()", "its script gave nothing for persons.csv line 2"),
    ],
)
def test_a_required_value_that_is_missing_freezes(mode: MappingMode, value: str | None, words: str) -> None:
    field = SourceField("Name.GivenName", "name.given_name", mode, value, required=True)
    found = mapped(
        records({"Blank": "  "}), SourceMapping("m", (field,), ()), Scripted({"nothing()": ScriptResult(None)})
    )
    (problem,) = found.problems
    assert (problem.code, problem.field) == ("ORD0519", "person.name.given_name")
    assert words in problem.text
    optional = SourceField("Name.GivenName", "name.given_name", mode, value)
    again = mapped(
        records({"Blank": "  "}), SourceMapping("m", (optional,), ()), Scripted({"nothing()": ScriptResult(None)})
    )
    assert again.problems == ()
    assert again.values == {}


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (ScriptResult(failure=ScriptFailure.THROWN, text="No code"), "stopped at contracts.csv line 5: No code"),
        (ScriptResult(failure=ScriptFailure.SYNTAX, text="Unexpected"), "cannot be read: Unexpected"),
        (ScriptResult(failure=ScriptFailure.TIME, text="too slow"), "gave nothing for contracts.csv line 5: too slow"),
        (ScriptResult(failure=ScriptFailure.MEMORY, text="too big"), "gave nothing for contracts.csv line 5: too big"),
    ],
)
def test_a_script_that_fails_freezes_even_when_optional(result: ScriptResult, words: str) -> None:
    mapping = SourceMapping(
        "m",
        (),
        (
            SourceField("EndDate", "end_date", MappingMode.COMPLEX, "x()"),
            SourceField("ExternalId", "external_id", MappingMode.FIELD, "Id"),
        ),
    )
    found = mapped(records({}, {"Id": "A"}), mapping, Scripted({"x()": result}))
    (problem,) = found.problems
    assert (problem.code, problem.field, problem.contract) == ("ORD0521", "contract.end_date", "A")
    assert "EndDate" in problem.text
    assert words in problem.text


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), (3, "3"), (Decimal("0.80"), "0.8"), ("x", "x"), (None, None), ([1], None)],
)
def test_convert_to_string(value: RawValue, text: str | None) -> None:
    field = SourceField("Custom.x", "custom.x", MappingMode.FIELD, "X", as_text=True)
    found = mapped(records({"X": value}), SourceMapping("m", (field,), ()))
    assert found.values.get("custom.x") == text


def test_contracts_of_several_persons_stay_with_their_own() -> None:
    first = records({"Nr": "1"}, {"Id": "A"}, {"Id": "B"}).persons[0]
    second = records({"Nr": "2"}).persons[0]
    third = records({"Nr": "3"}, {"Id": "C"}).persons[0]
    mapping = SourceMapping("m", (by_field("external_id", "Nr"),), (by_field("external_id", "Id"),))
    found = map_people(RawRecords("hr", (first, second, third)), mapping, Scripted({}), now=NOW, seed=7, timezone="UTC")
    assert [[one.values["external_id"] for one in person.contracts] for person in found] == [["A", "B"], [], ["C"]]


@pytest.mark.parametrize(
    ("path", "value"),
    [("A", 1), ("B.C", 2), ("B.D.E", 3), ("B.X", None), ("A.X", None), ("B.D.E.F", None), ("X.Y", 4), ("", None)],
)
def test_a_dotted_path_is_followed(path: str, value: RawValue) -> None:
    fields: dict[str, RawValue] = {"A": 1, "B": {"C": 2, "D": {"E": 3}}, "X.Y": 4, "X": {"Y": 5}}
    assert look_up(fields, path) == value
