"""Moving in from HelloID: a workspace that checks at once, and whose rules select the people they selected there."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.clinic import Ran, run_here
from tests.builders.helloid import DAY, Asked, Exported, export, selected, town

AD = "Microsoft Active Directory"
DEPARTMENT = "Contract.Department.ExternalId"
RULES = (
    Exported(
        "Basic AD account",
        before=14,
        after=30,
        categories=("Birthright", "All", "Intake"),
        entitlements=(f"{AD} - Account", f"{AD} - Account Access", f"{AD} - GG-All (town.example/Groups)"),
    ),
    Exported("Care", (Asked(DEPARTMENT, "one of", ("CA010", "CA020")),), categories=("Care",)),
    Exported("Care", (Asked(DEPARTMENT, "one of", ("CA010",)),), published=False, categories=("Care",)),
    Exported("One department", (Asked(DEPARTMENT, "one of", ("FIN",)),), before=7),
    Exported("A department with a comma", (Asked(DEPARTMENT, "one of", ("HR, staff", "ICT")),)),
    Exported("No interns", (Asked("Contract.Type.Code", "not", ("INT", "EXT")),), before=15),
    Exported("Not only interns", (Asked("Contract.Type.Code", "not only", ("INT", "EXT")),), after=20),
    Exported(
        "Nurses who are no interns",
        (Asked("Contract.Title.Code", "one of", ("NURSE",)), Asked("Contract.Type.Code", "not", ("INT",))),
        before=14,
    ),
    Exported(
        "Doctors and not only external",
        (Asked("Contract.Title.Code", "one of", ("DOCTOR", "HEAD")), Asked("Contract.Type.Code", "not only", ("EXT",))),
        after=60,
    ),
    Exported(
        "Neither here nor only there",
        (Asked(DEPARTMENT, "not", ("FIN",)), Asked("Contract.Type.Code", "not only", ("EXT",))),
    ),
    Exported("Without a title", (Asked("Contract.Title.Code", "is empty"),)),
    Exported("With a title", (Asked("Contract.Title.Code", "is not empty"),), before=90),
    Exported("Titles of the town", (Asked("Contract.Title.Name", "contains", ("octor", "Clerk")),)),
    Exported("Cost centres of the hundred", (Asked("Contract.CostCenter.Code", "starts with", ("C-1",)),)),
    Exported("Departments of care", (Asked(DEPARTMENT, "starts with", ("CA",)),)),
    Exported("Night shift", (Asked("Contract.Custom.shift", "one of", ("NIGHT",)),), categories=("Shifts",)),
    Exported("Some shift", (Asked("Contract.Custom.shift", "is not empty"),), categories=("Shifts",)),
    Exported("No shift", (Asked("Contract.Custom.shift", "is empty"),), categories=("Shifts",)),
    Exported("Badges of A", (Asked("Person.Custom.badge", "starts with", ("A",)),)),
    Exported("No badge", (Asked("Person.Custom.badge", "is empty"),)),
    Exported("Not the first badge", (Asked("Person.Custom.badge", "not", ("A1",)),)),
    Exported("Family names", (Asked("Person.Name.FamilyName", "one of", ("Bakker", "de Wit")),)),
    Exported("Not only Vermeer", (Asked("Person.Name.FamilyName", "not only", ("Vermeer",)),)),
    Exported("Mill Lane", (Asked("Contract.Location.Name", "one of", ("Mill Lane",)),)),
    Exported("The old harbour", (Asked("Contract.Location.Name", "contains", ("(old)",)),)),
    Exported("In the north", (Asked("Person.Location.Name", "one of", ("North",)),)),
    Exported("Gone", active=False, entitlements=("Archive - Account",)),
    Exported("Gone from care", (Asked(DEPARTMENT, "starts with", ("CA",)),), active=False),
    Exported("Gone, never an intern", (Asked("Contract.Type.Code", "not", ("INT",)),), active=False),
    Exported("Gone, not only an intern", (Asked("Contract.Type.Code", "not only", ("INT",)),), active=False),
    Exported("account", entitlements=(f"{AD} - Sales - Team (old) (town.example/Groups/Sales (new))",)),
    Exported("Größe über 3", entitlements=(f'{AD} - "quoted" \\ back (OU=Groups,DC=town)',), categories=("Überall",)),
    Exported("3e lijn", entitlements=("Entra ID - Account", "Entra ID - Account Access", "Entra ID - A|B (x/y)")),
)


@pytest.fixture
def place(tmp_path: Path, somebody: None) -> Path:
    """A folder with an export and a vault."""
    vault = town()
    (tmp_path / "vault.json").write_text(json.dumps(vault), encoding="utf-8")
    (tmp_path / "rules.csv").write_bytes(export([one.row(vault["Persons"]) for one in RULES]))
    return tmp_path


def migrate(place: Path, *more: object, out: str = "out") -> Ran:
    files = ("--rules", place / "rules.csv", "--vault", place / "vault.json")
    return run_here("migrate", "helloid", *files, "--out", place / out, "--as-of", DAY.isoformat(), *more)


def write_rows(place: Path, *rules: Exported, **cells: str) -> None:
    (place / "rules.csv").write_bytes(export([{**one.row([]), **cells} for one in rules]))


def text_of(place: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted((place / "out" / "rules").glob("*.ordain")))


def test_every_rule_selects_whom_it_selected(place: Path) -> None:
    ran = migrate(place, "--json")
    assert ran.code == 0, ran.out
    told = ran.json
    assert len(told["rules"]) == len(RULES) > 25
    counted = {(one["name"], one["helloid"], one["here"]) for one in told["rules"] if one["helloid"] is not None}
    assert [one for one in sorted(counted) if one[1] != one[2]] == []
    assert len({here for _, _, here in counted}) > 10, "the rules differ in whom they select"
    assert [one["not_carried"] for one in told["rules"] if one["not_carried"]] == []


def test_the_workspace_checks_at_once_and_goes_all_the_way(place: Path) -> None:
    assert migrate(place).code == 0
    checked = run_here("check", "-w", place / "out", "--json")
    assert checked.code == 0
    assert {one["severity"] for one in checked.json["problems"]} <= {"warning", "note"}
    assert run_here("fmt", "--check", "-w", place / "out").code == 0
    assert run_here("import", "-w", place / "out").code == 0
    assert run_here("evaluate", "-w", place / "out", "--as-of", DAY.isoformat()).code == 0


def test_ids_are_readable_unique_and_never_reserved(place: Path) -> None:
    told = migrate(place, "--json", "--target", f"{AD}=ad").json
    ids = [one["id"] for one in told["rules"]]
    assert len(set(ids)) == len(ids)
    assert {"basic-ad-account", "care", "care-draft", "rule-account", "grosse-uber-3", "rule-3e-lijn"} <= set(ids)
    assert told["targets"] == {AD: "ad", "Archive": "archive", "Entra ID": "entra-id"}


def test_names_and_paths_are_told_apart(place: Path) -> None:
    migrate(place, "--target", f"{AD}=ad")
    text = text_of(place)
    assert 'grant permission "GG-All" in ad  # town.example/Groups\n' in text
    assert 'grant permission "Sales - Team (old)" in ad  # town.example/Groups/Sales (new)\n' in text
    assert 'grant permission "\\"quoted\\" \\\\ back" in ad  # OU=Groups,DC=town\n' in text
    assert 'grant permission "A|B" in entra-id  # x/y\n' in text


def test_a_published_rule_and_its_draft_stand_side_by_side(place: Path) -> None:
    ran = migrate(place)
    text = (place / "out" / "rules" / "care.ordain").read_text(encoding="utf-8")
    assert 'rule care "Care"' in text
    assert 'draft rule care-draft "Care"' in text
    assert "ORD1210" in ran.err
    assert "rules.csv:3:1" in ran.err


def test_categories_make_files_and_further_ones_are_named(place: Path) -> None:
    migrate(place)
    names = {path.name for path in (place / "out" / "rules").iterdir()}
    assert names == {
        *("birthright.ordain", "care.ordain", "shifts.ordain", "uberall.ordain", "other.ordain"),
        *("policy.ordain", "targets.ordain"),
    }
    birthright = (place / "out" / "rules" / "birthright.ordain").read_text(encoding="utf-8")
    assert 'category "Birthright"\n    about "Also in the categories All and Intake."' in birthright


def test_what_is_lost_is_said_in_its_place_and_makes_a_draft(place: Path) -> None:
    lost = Exported(
        "Odd",
        (Asked(DEPARTMENT, "one of", ("CA010",)), Asked("Contract.Shoe.Size", "one of", ("44",))),
        entitlements=(f"{AD} - Account", f"{AD} - {{odd}} (a/b)", "nothing at all"),
        more=("Contract.Title.Code, resembles: x", "whatever"),
    )
    write_rows(place, lost)
    ran = migrate(place, "--json")
    assert ran.code == 0
    (rule,) = ran.json["rules"]
    assert rule["draft"]
    assert len(rule["not_carried"]) == 5
    assert {one["code"] for one in ran.json["problems"]} == {"ORD1204", "ORD1205"}
    assert all(one["place"]["line"] == 2 for one in ran.json["problems"])
    text = text_of(place)
    assert "# Not carried over: Contract.Title.Code, resembles: x: the operator “resembles” is not known.\n" in text
    assert "draft rule odd" in text
    assert run_here("check", "-w", place / "out").code == 0
    assert "resembles" in (place / "out" / "MIGRATION.md").read_text(encoding="utf-8")


def test_a_rule_without_conditions_is_a_draft(place: Path) -> None:
    write_rows(place, Exported("Whoever"), Conditions="")
    ran = migrate(place, "--json")
    assert [one["code"] for one in ran.json["problems"]] == ["ORD1207"]
    assert "draft rule whoever" in text_of(place)


def test_a_rule_that_grants_nothing_stays_as_a_comment(place: Path) -> None:
    write_rows(place, Exported("Empty", entitlements=()))
    ran = migrate(place, "--json")
    assert [one["code"] for one in ran.json["problems"]] == ["ORD1206"]
    assert ran.json["rules"][0]["id"] is None
    assert "# Not carried over: rule Empty" in text_of(place)


def test_a_status_nobody_knows_makes_a_draft(place: Path) -> None:
    write_rows(place, Exported("Odd"), Status="Gepubliceerd")
    ran = migrate(place, "--json")
    assert [one["code"] for one in ran.json["problems"]] == ["ORD1208"]
    assert "draft rule odd" in text_of(place)


def test_counts_that_do_not_fit_are_named(place: Path) -> None:
    write_rows(place, Exported("Odd"), EntitlementCount="3", PersonsLatestEvaluation="many")
    assert [one["code"] for one in migrate(place, "--json").json["problems"]] == ["ORD1209", "ORD1209"]


def test_a_field_that_both_have_is_named(place: Path) -> None:
    write_rows(place, Exported("Odd", more=("Location.Name, one of: Mill Lane",)))
    assert [one["code"] for one in migrate(place, "--json").json["problems"]] == ["ORD1211"]
    assert 'contract.location.name is "Mill Lane"' in text_of(place)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_a_bom_are_read(place: Path, delimiter: str) -> None:
    persons = json.loads((place / "vault.json").read_text(encoding="utf-8"))["Persons"]
    rows = [one.row(persons) for one in RULES]
    (place / "rules.csv").write_bytes(export(rows, delimiter=delimiter, bom=True))
    assert len(migrate(place, "--json").json["rules"]) == len(RULES)


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "ORD1202", 1),
        (b"Name,Status\nx,published\n", "ORD1202", 1),
        (export([]) + b"a,b\n", "ORD1203", 2),
        (export([{**RULES[0].row([]), "Name": " "}]), "ORD1203", 2),
        (export([]) + b'"a,1,2,,published,,\n', "ORD1201", 2),
        (export([]) + b"\xff,1,2,,published,,\n", "ORD1201", 2),
    ],
)
def test_a_broken_export_is_refused_with_its_line_and_nothing_is_written(
    place: Path, content: bytes, code: str, line: int
) -> None:
    (place / "rules.csv").write_bytes(content)
    ran = migrate(place, "--json")
    assert ran.code == 1
    assert [(one["code"], one["place"]["line"]) for one in ran.json["problems"]] == [(code, line)]
    assert not (place / "out").exists()


def test_missing_files_and_a_vault_that_is_none(place: Path) -> None:
    (place / "rules.csv").rename(place / "other.csv")
    assert migrate(place).code == 4
    (place / "other.csv").rename(place / "rules.csv")
    (place / "vault.json").write_text("{}", encoding="utf-8")
    assert migrate(place).code == 1
    (place / "vault.json").unlink()
    assert migrate(place).code == 4
    assert not (place / "out").exists()


def test_a_folder_in_use_is_left_alone_without_force(place: Path) -> None:
    out = place / "out"
    (out / "rules").mkdir(parents=True)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    ran = migrate(place, "--json")
    assert (ran.code, ran.problems) == (2, ["ORD0407"])
    assert migrate(place, "--force").code == 0
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    (out / "rules" / "own.ordain").write_text("# mine\n", encoding="utf-8")
    ran = migrate(place, "--json", "--force")
    assert (ran.code, ran.problems) == (2, ["ORD1213"])
    assert (out / "rules" / "own.ordain").exists()


def test_a_vault_in_the_folder_is_named_where_it_lies(place: Path) -> None:
    (place / "out" / "people").mkdir(parents=True)
    shutil.move(place / "vault.json", place / "out" / "people" / "vault.json")
    files = ("--rules", place / "rules.csv", "--vault", place / "out" / "people" / "vault.json")
    ran = run_here("migrate", "helloid", *files, "--out", place / "out", "--force")
    assert ran.code == 0
    assert 'file = "people/vault.json"' in (place / "out" / "ordain.toml").read_text(encoding="utf-8")
    assert "people/vault.json" in (place / "out" / ".gitignore").read_text(encoding="utf-8")
    assert not (place / "out" / "hr").exists()


@pytest.mark.parametrize("wish", ["Microsoft AD=ad", f"{AD}=AD", f"{AD}=rule", f"{AD}=archive,Archive=archive"])
def test_a_wrong_wish_for_a_target_is_refused(place: Path, wish: str) -> None:
    targets = [word for one in wish.split(",") for word in ("--target", one)]
    ran = migrate(place, "--json", *targets)
    assert (ran.code, ran.problems) == (2, ["ORD1212"])
    assert not (place / "out").exists()


@pytest.mark.parametrize("more", [("--target", "ad"), ("--timezone", "Mars"), ("--as-of", "2-3-2026")])
def test_a_wrong_call_is_told(place: Path, more: tuple[str, str]) -> None:
    assert migrate(place, *more).code == 2


def test_the_export_day_is_found(place: Path) -> None:
    vault: Any = json.loads((place / "vault.json").read_text(encoding="utf-8"))
    earlier = DAY.replace(day=1)
    rule = Exported("Starting", before=14)
    (place / "rules.csv").write_bytes(export([rule.row(vault["Persons"], earlier)]))
    (told,) = migrate(place, "--json").json["rules"]
    assert told["difference"] != 0
    assert any(earlier.isoformat() in reason for reason in told["reasons"])


def test_excluded_persons_stay_left_alone_and_explain_a_difference(place: Path) -> None:
    vault: Any = json.loads((place / "vault.json").read_text(encoding="utf-8"))
    rule = Exported("All", published=True)
    without = rule.row(vault["Persons"])
    for person in vault["Persons"]:
        person["Excluded"] = person["ExternalId"] == "1001"
    assert any(one["ExternalId"] == "1001" and one["Contracts"] for one in vault["Persons"])
    count = int(without["PersonsLatestEvaluation"])
    rows = [{**without, "PersonsLatestEvaluation": str(count - 1)}]
    (place / "rules.csv").write_bytes(export(rows))
    (place / "vault.json").write_text(json.dumps(vault), encoding="utf-8")
    (told,) = migrate(place, "--json").json["rules"]
    assert told["reasons"][0] == "1 of them are marked as excluded"
    assert "when person.excluded" in text_of(place)


def test_conditions_that_were_asked_apart_are_a_reason(place: Path) -> None:
    vault: Any = json.loads((place / "vault.json").read_text(encoding="utf-8"))
    first, second = Asked("Contract.Title.Code", "one of", ("NURSE",)), Asked("Contract.Type.Code", "one of", ("EXT",))
    together = Exported("Nurses", (first, second))
    each = [set(selected(replace(together, asked=(one,)), vault["Persons"])) for one in (first, second)]
    assert each[0] & each[1] > set(selected(together, vault["Persons"]))
    row = {**together.row([]), "PersonsLatestEvaluation": str(len(each[0] & each[1]))}
    (place / "rules.csv").write_bytes(export([row]))
    (told,) = migrate(place, "--json").json["rules"]
    assert told["reasons"][0].startswith("they are equal if each condition is asked of all contracts")


def test_drafts_and_unseen_values_are_reasons(place: Path) -> None:
    draft = replace(RULES[1], name="Draft", published=False)
    unseen = Exported("Unseen", (Asked(DEPARTMENT, "one of", ("CA999",)),))
    rows = [draft.row([]), {**unseen.row([]), "PersonsLatestEvaluation": "4"}]
    (place / "rules.csv").write_bytes(export(rows))
    first, second = migrate(place, "--json").json["rules"]
    assert first["reasons"] == ["a draft is not evaluated there"]
    assert second["reasons"] == ["nobody in the vault has “CA999”"]
