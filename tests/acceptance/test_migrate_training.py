"""Moving in with the people of the training set: rules about them select whom a plain reading of them selects."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.clinic import ROOT, run_here
from tests.builders.helloid import Asked, Exported, export

DATA = ROOT.parent / "shared" / "data" / "training"
DAY = date(2026, 3, 2)
DEPARTMENT = "Contract.Department.ExternalId"

pytestmark = [
    pytest.mark.training,
    pytest.mark.skipif(not DATA.is_dir(), reason="the training data lie beside the project of its makers alone"),
]

RULES = (
    Exported("Everybody", before=14, entitlements=("Microsoft Active Directory - Account",)),
    Exported("ICT", (Asked(DEPARTMENT, "one of", ("EN_ICT", "EN_CO")),)),
    Exported("Not ICT", (Asked(DEPARTMENT, "not", ("EN_ICT",)),)),
    Exported("Not only ICT", (Asked(DEPARTMENT, "not only", ("EN_ICT",)),)),
    Exported("Teams", (Asked(DEPARTMENT, "starts with", ("EN_",)), Asked(DEPARTMENT, "not", ("EN_MAR",)))),
    Exported("Managers", (Asked("Contract.Title.ExternalId", "one of", ("EN_MANA", "EN_DIREC")),)),
    Exported("Manager by name", (Asked("Contract.Title.Name", "contains", ("anage", "Direct")),)),
    Exported("Without a manager", (Asked("Contract.Custom.manager", "is empty"),)),
    Exported("With a partner's name", (Asked("Person.Name.FamilyNamePartner", "is not empty"),)),
    Exported("Women", (Asked("Person.Details.Gender", "one of", ("V",)),)),
    Exported("Gone", active=False),
)


def table(name: str) -> list[dict[str, str]]:
    text = (DATA / f"T4E_HelloID_{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def american(text: str) -> str | None:
    return datetime.strptime(text, "%m/%d/%Y").date().isoformat() if text else None  # noqa: DTZ007  # a calendar date


def vault() -> dict[str, Any]:
    """The training set as a vault, without any of our code."""
    titles = {one["Functie"]: one["Omschrijving"] for one in table("OrganizationalFunctions")}
    units = [
        {
            "ExternalId": one["ExternalId"],
            "DisplayName": one["DisplayName"],
            "ParentExternalId": one["ParentExternalId"],
        }
        for one in table("OrganizationalUnits")
    ]
    contracts: dict[str, list[dict[str, Any]]] = {}
    for one in table("Contracts"):
        contracts.setdefault(one["EmployeeNumber"], []).append(
            {
                "ExternalId": f"{one['EmployeeNumber']}-{one['VolgnummerContract']}",
                "StartDate": american(one["BegindatumContract"]),
                "EndDate": american(one["EinddatumContract"]),
                "Department": {"ExternalId": one["OrganisatorischeEenheid"]},
                "Title": {"ExternalId": one["Functie"], "Name": titles.get(one["Functie"])},
                "Custom": {"manager": one["Leidinggevende"]},
            }
        )
    persons = [
        {
            "ExternalId": one["EmployeeNumber"],
            "Name": {"FamilyName": one["LastName"], "FamilyNamePartner": one["PartnerName"]},
            "Details": {"Gender": one["Geslacht_code"]},
            "Excluded": one["Excluded"] == "1",
            "Contracts": contracts.get(one["EmployeeNumber"], []),
        }
        for one in table("Persons")
    ]
    return {"Persons": persons, "Departments": units}


def test_the_rules_select_whom_they_selected(tmp_path: Path, somebody: None) -> None:
    people = vault()
    (tmp_path / "vault.json").write_text(json.dumps(people), encoding="utf-8")
    (tmp_path / "rules.csv").write_bytes(export([one.row(people["Persons"], DAY) for one in RULES], delimiter=";"))
    files = ("--rules", tmp_path / "rules.csv", "--vault", tmp_path / "vault.json")
    ran = run_here("migrate", "helloid", *files, "--out", tmp_path / "out", "--as-of", DAY.isoformat(), "--json")
    assert ran.code == 0, ran.out
    counted = {one["name"]: one["here"] for one in ran.json["rules"]}
    assert [one["name"] for one in ran.json["rules"] if one["difference"] != 0] == []
    assert counted["Everybody"] == 27 - 3
    assert counted["Gone"] == 3
    assert all(0 < counted[one.name] < 27 for one in RULES)
    assert ran.json["problems"] == []
    assert run_here("check", "-w", tmp_path / "out").code == 0
    assert "when person.excluded" in (tmp_path / "out" / "rules" / "exclusions.ordain").read_text(encoding="utf-8")
