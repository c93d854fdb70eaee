"""The training set through the command: imported, evaluated, explained, and held against a plain reading of it."""

import csv
import io
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.clinic import ROOT, Clinic

DATA = ROOT.parent / "shared" / "data" / "training"
DAY = date(2026, 3, 2)

pytestmark = [
    pytest.mark.training,
    pytest.mark.skipif(not DATA.is_dir(), reason="the training data lie beside the project of its makers alone"),
]


def table(name: str) -> list[dict[str, str]]:
    text = (DATA / f"T4E_HelloID_{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def american(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def at_work() -> dict[str, dict[str, str]]:
    """Contracts by person of whoever works on the day and is not marked as excluded, read without any of our code."""
    excluded = {one["EmployeeNumber"] for one in table("Persons") if one["Excluded"] == "1"}
    return {
        one["EmployeeNumber"]: one
        for one in table("Contracts")
        if american(one["BegindatumContract"]) <= DAY
        and (not one["EinddatumContract"] or american(one["EinddatumContract"]) >= DAY)
        and one["EmployeeNumber"] not in excluded
    }


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The training workspace, imported and evaluated."""
    root = tmp_path_factory.mktemp("training")
    shutil.copytree(ROOT / "tests" / "fixtures" / "training", root, dirs_exist_ok=True)
    for file in DATA.glob("T4E_*.csv"):
        shutil.copy(file, root / "hr" / file.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ORDAIN_ACTOR", "otto@harbour.example")
        clinic = Clinic(root)
        clinic.evaluate(DAY.isoformat(), "--out", root / "diff")
        yield clinic


def lines_of(town: Clinic, status: str = "planned") -> list[dict[str, Any]]:
    lines = town.fine("show", town.root / "diff", "--json").json["lines"]
    return [one for one in lines if one["status"] == status]


def test_everybody_is_imported_and_what_was_odd_is_named(town: Clinic) -> None:
    report = town.fine("import", "--json").json
    assert (report["persons"], report["contracts"], report["departments"]) == (27, 27, 40)
    assert (report["frozen"], report["unaddressable"]) == ({}, 0)
    assert [one["code"] for one in report["problems"]] == ["ORD0563"]
    told = town.fine("import")
    assert "27 persons, 27 contracts, 40 departments; 0 persons frozen" in told.out
    assert "ORD0563" in told.err


def test_exactly_those_at_work_get_an_account(town: Clinic) -> None:
    planned = lines_of(town)
    assert {one["person"] for one in planned if one["kind"] == "account"} == set(at_work())
    assert len(at_work()) == 27 - 3 - 3
    assert {one["op"] for one in planned} == {"grant"}
    held_back = lines_of(town, "frozen")
    assert {one["person"] for one in held_back} == {"73291", "53213", "80925"}
    assert {one["why"][0]["id"] for one in held_back} == {"marked"}


def test_functions_and_departments_give_what_the_files_say(town: Clinic) -> None:
    parents = {one["ExternalId"]: one["ParentExternalId"] for one in table("OrganizationalUnits")}

    def within(unit: str, top: str) -> bool:
        return bool(unit) and (unit == top or within(parents.get(unit, ""), top))

    expected = set()
    for person, contract in at_work().items():
        unit = contract["OrganisatorischeEenheid"]
        leads = contract["Functie"] in {"EN_MANA", "EN_DIREC"}
        expected.add((person, "Managers" if leads else "Staff"))
        if within(unit, "EN_ICT"):
            expected.add((person, "ICT tools"))
        if within(unit, "EN_CO"):
            expected.add((person, f"Department {unit}"))
    assert {(one["person"], one["name"]) for one in lines_of(town) if one["kind"] == "permission"} == expected


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("65820", "outside the window, 2014-10-07 to 2015-08-04"),
        ("65131", "outside the window, 2005-07-19 to 2011-08-28"),
        ("18574", "outside the window, 2006-05-10 to 2009-06-28"),
    ],
)
def test_whoever_has_left_is_told_by_the_dates_of_the_contract(town: Clinic, person: str, words: str) -> None:
    told = town.fine("explain", person, "account in ad", "--as-of", DAY).out
    assert "account in ad: not entitled" in told
    assert words in told


@pytest.mark.parametrize("person", ["73291", "53213", "80925"])
def test_whoever_is_marked_as_excluded_is_left_alone(town: Clinic, person: str) -> None:
    assert "excluded from all targets by marked" in town.fine("explain", person, "--as-of", DAY).out


def test_a_contract_with_an_end_in_american_form_runs_until_then(town: Clinic) -> None:
    last, over = (
        town.fine("explain", "43589", "account in ad", "--as-of", day).out for day in ("2027-12-31", "2028-01-01")
    )
    assert "account in ad: entitled" in last
    assert "2025-01-01 to 2027-12-31" in over


def test_dates_in_dutch_form_and_managers_by_user_name_are_understood(town: Clinic) -> None:
    changes = {(one["contract"], one["field"]): one["new"] for one in town.fine("history", "80613", "--json").json}
    assert changes["", "person.details.birth_date"] == "1990-08-03"
    (manager,) = {value for (_, field), value in changes.items() if field == "contract.manager"}
    assert manager == "72084"


def test_evaluating_again_gives_the_same_bytes(town: Clinic, tmp_path: Path) -> None:
    town.evaluate(DAY.isoformat(), "--import", "--out", tmp_path)
    assert (tmp_path / "lines.ndjson").read_bytes() == (town.root / "diff" / "lines.ndjson").read_bytes()
