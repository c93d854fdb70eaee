"""Imports: what blocks them, who lets them through, what is remembered of everybody, and CSV as offices write it."""

import copy
import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.clinic import DAY, Clinic


def change(clinic: Clinic, number: str, **values: object) -> None:
    document = clinic.vault
    next(one for one in document["Persons"] if one["ExternalId"] == number).update(values)
    clinic.vault = document


def remove(clinic: Clinic, count: int) -> None:
    document = clinic.vault
    document["Persons"] = document["Persons"][count:]
    clinic.vault = document


def add(clinic: Clinic, count: int) -> None:
    document = clinic.vault
    for number in range(count):
        new = copy.deepcopy(document["Persons"][0])
        new["ExternalId"] = new["DisplayName"] = f"2{number:03}"
        document["Persons"].append(new)
    clinic.vault = document


def freeze(clinic: Clinic, count: int) -> None:
    document = clinic.vault
    for one in document["Persons"][:count]:
        one["Contracts"][0]["Type"] = {"Code": ""}
    clinic.vault = document


MEASURES: list[tuple[Callable[[Clinic, int], None], str, int, str]] = [
    (remove, "removed = { count = 3 }", 3, "removes 3 of 13 persons"),
    (remove, "removed = { percent = 23.08 }", 4, "removes 4 of 13 persons"),
    (add, "added = { count = 3 }", 3, "adds 3 of 13 persons"),
    (add, "added = { percent = 15 }", 2, "adds 2 of 13 persons"),
    (freeze, "frozen = { count = 2 }", 2, "freezes 2 of 13 persons"),
    (freeze, "frozen = { percent = 20 }", 3, "freezes 3 of 13 persons"),
]


@pytest.mark.parametrize("measure", MEASURES, ids=[one[3] for one in MEASURES])
def test_a_limit_blocks_from_its_number_on_and_not_before(
    known: Clinic, measure: tuple[Callable[[Clinic, int], None], str, int, str]
) -> None:
    happens, limit, trips, words = measure
    known.edit("ordain.toml", "removed = { count = 5, percent = 25 }, frozen = { count = 3 }", limit)
    whole = known.vault
    happens(known, trips - 1)
    known.fine("import")
    known.vault = whole
    known.edit("ordain.toml", limit, "")
    known.fine("import")
    known.edit("ordain.toml", "limits = {  }", f"limits = {{ {limit} }}")
    happens(known, trips)
    before = known.evaluate()
    ran = known("import", "--json")
    assert ran.code == 3
    assert ran.json["state"] == "blocked"
    assert words in ran.json["limits"][0]
    assert known.evaluate()["totals"] == before["totals"]
    evaluated = known("evaluate", "--as-of", DAY, "--import")
    assert evaluated.code == 3
    assert "Blocked:" in evaluated.out
    assert "Diff " not in evaluated.out


def test_a_blocked_import_is_released_by_name_and_with_a_reason(known: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    remove(known, 6)
    blocked = known("import", "--json").json["import"]
    told = known("import")
    assert told.code == 3
    assert f"ordain import --release {told.out.rsplit('--release ', 1)[1].split()[0]}" in told.out
    assert known("import", "--release", blocked, "--because", "  ").code == 2
    monkeypatch.setenv("ORDAIN_ACTOR", "nina@harbour.example")
    released = known.fine("import", "--release", blocked, "--because", "the ward is closed")
    assert "released by nina@harbour.example: the ward is closed" in released.out
    assert known.evaluate()["totals"][1]["count"] == 7
    again = known("import", "--release", blocked, "--because", "twice", "--json")
    assert (again.code, again.problems) == (3, ["ORD0915"])
    entries = known.fine("audit", "--json").json
    assert [one["kind"] for one in entries if one["kind"] == "import.released"] == ["import.released"]


def test_an_old_blocked_import_never_takes_everybody_back_in_time(known: Clinic) -> None:
    whole = known.vault
    remove(known, 6)
    blocked = known("import", "--json").json["import"]
    known.vault = whole
    known.fine("import")
    ran = known("import", "--release", blocked, "--because", "late", "--json")
    assert (ran.code, ran.problems) == (3, ["ORD0917"])


def test_a_first_import_that_is_blocked_gives_no_diff(new: Clinic) -> None:
    freeze(new, 4)
    assert new("evaluate", "--as-of", DAY).code == 3
    ran = new("evaluate", "--as-of", DAY, "--json")
    assert (ran.code, ran.problems) == (1, ["ORD0935"])
    assert new.fine("show", "--json").json == []


def test_an_empty_source_gives_no_diff(new: Clinic) -> None:
    new.vault = {"Persons": [], "Departments": []}
    for command in (("import",), ("evaluate", "--as-of", DAY), ("evaluate", "--as-of", DAY, "--import")):
        ran = new(*command, "--json")
        assert (ran.code, ran.problems) == (1, ["ORD0568"])
    assert new.fine("show", "--json").json == []


def test_without_a_source_there_is_nobody_to_import(known: Clinic) -> None:
    settings = (known.root / "ordain.toml").read_text(encoding="utf-8")
    start, end = settings.index("[sources.hr]"), settings.index("[targets.ad]")
    known.write("ordain.toml", settings[:start] + settings[end:])
    ran = known("import", "--json")
    assert (ran.code, ran.problems) == (2, ["ORD0409"])
    known.evaluate()


def test_somebody_frozen_is_named_with_what_is_missing_and_keeps_everything(live: Clinic) -> None:
    freeze(live, 1)
    told = live.fine("import")
    assert "1 person frozen" in told.out
    assert "frozen: 1001, contract 1001-1:" in told.out
    assert "ORD0564" in told.out
    assert {one["status"] for one in live.evaluate()["totals"]} <= {"frozen"}
    assert live.fine("ledger", "--person", "1001", "--json").json["entries"]
    assert "frozen" in live.fine("explain", "1001", "--as-of", DAY).out


def test_somebody_gone_from_the_source_loses_everything(live: Clinic) -> None:
    document = live.vault
    document["Persons"] = [one for one in document["Persons"] if one["ExternalId"] != "1006"]
    live.vault = document
    live.fine("import")
    totals = live.evaluate()["totals"]
    assert {(one["kind"], one["op"], one["status"]) for one in totals} == {
        (kind, "revoke", "planned") for kind in ("account", "access", "permission")
    }
    assert {one["person"] for one in live.fine("show", live.evaluate()["diff"], "--json").json["lines"]} == {"1006"}


def test_history_tells_field_old_new_and_when_and_hides_what_is_private(known: Clinic) -> None:
    before = len(known.fine("history", "1006", "--json").json)
    contact = {"Business": {"Email": "f.elamrani@harbour.example"}, "Personal": {"Email": "secret@home.example"}}
    change(known, "1006", DisplayName="Fatima El Amrani-Bos", Contact=contact)
    report = known.fine("import", "--json").json
    assert report["changed_fields"] == 3
    changes = known.fine("history", "1006", "--json").json[before:]
    assert {(one["field"], one["old"], one["new"]) for one in changes} == {
        ("person.display_name", "Fatima El Amrani", "Fatima El Amrani-Bos"),
        ("person.contact.business.email", "fatima.elamrani@harbour.example", "f.elamrani@harbour.example"),
    }
    assert {one["import"] for one in changes} == {report["import"]}
    assert all(one["at"].endswith("+00:00") for one in changes)
    assert "Fatima El Amrani-Bos" in known.fine("history", "1006").out
    for command in (("history", "1006"), ("explain", "1006"), ("import",)):
        for form in ((), ("--json",)):
            assert "secret@home" not in known.fine(*command, *form).out


def test_evaluate_imports_when_asked(known: Clinic) -> None:
    first = known.evaluate()["totals"]
    remove(known, 1)
    assert known.evaluate()["totals"] == first
    assert known.evaluate(DAY, "--import")["totals"] != first


def test_importing_the_same_twice_changes_nothing(known: Clinic) -> None:
    first, second = (known.fine("import", "--json").json for _ in range(2))
    assert first["snapshot"] == second["snapshot"]
    assert second["changed_fields"] == 0


def rows(clinic: Clinic, delimiter: str) -> dict[str, str]:
    """The vault as tables."""

    def flat(record: dict[str, Any], prefix: str = "") -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in record.items():
            if isinstance(value, dict):
                found |= flat(value, f"{prefix}{name}.")
            elif not isinstance(value, list) and value is not None:
                found[f"{prefix}{name}"] = str(value)
        return found

    def table(records: list[dict[str, str]]) -> str:
        columns = sorted({name for one in records for name in one})
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, columns, delimiter=delimiter, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(records)
        return buffer.getvalue()

    document = clinic.vault
    contracts = [
        {**flat(contract), "Person": one["ExternalId"]} for one in document["Persons"] for contract in one["Contracts"]
    ]
    return {
        "persons": table([flat(one) for one in document["Persons"]]),
        "contracts": table(contracts),
        "departments": table([flat(one) for one in document["Departments"]]),
    }


def read_csv(clinic: Clinic, *more: str) -> None:
    """Let the clinic read its people from CSV."""
    settings = [
        'connector = "csv"',
        *more,
        'persons = { file = "hr/persons.csv", key = "ExternalId" }',
        'contracts = { file = "hr/contracts.csv", person_key = "Person" }',
        'departments = { file = "hr/departments.csv", external_id = "ExternalId", parent = "ParentExternalId" }',
    ]
    clinic.edit("ordain.toml", 'connector = "vault"\nfile = "hr/vault.json"', "\n".join(settings))


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "cp1252")])
def test_csv_files_as_offices_write_them_give_the_same_diff_as_the_vault(
    known: Clinic, delimiter: str, encoding: str
) -> None:
    known.fine("evaluate", "--as-of", DAY, "--out", known.root / "from-vault")
    for name, text in rows(known, delimiter).items():
        known.write(f"hr/{name}.csv", text.encode(encoding))
    read_csv(known, f'delimiter = "{delimiter}"', f'encoding = "{encoding}"')
    imported = known.fine("import", "--json").json
    assert (imported["persons"], imported["contracts"], imported["frozen"]) == (13, 13, {})
    known.fine("evaluate", "--as-of", DAY, "--out", known.root / "from-csv")
    first, second = (known.root / folder / "lines.ndjson" for folder in ("from-vault", "from-csv"))
    assert second.read_bytes() == first.read_bytes()


def test_a_csv_file_with_a_torn_row_freezes_its_person_alone(known: Clinic) -> None:
    tables = rows(known, ",")
    head, first, *others = tables["persons"].split("\r\n")
    torn = "\r\n".join([head, first + ",more,cells", *others])
    for name, text in {**tables, "persons": torn}.items():
        known.write(f"hr/{name}.csv", text.encode())
    read_csv(known)
    imported = known.fine("import", "--json").json
    assert imported["persons"] == 13
    assert "ORD0508" in {one["code"] for one in imported["frozen"]["1001"]}
