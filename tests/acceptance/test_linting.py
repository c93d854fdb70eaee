"""`ordain lint`: what is found, in every form; fixing what is certain; people and targets that are looked at."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.acceptance.clinic import Clinic, run_here
from tests.builders.sarif import assert_valid_sarif

MORE = """
set sites is "A1"

# Kept, as somebody wrote why.
set floors is "F1"

define everybody as contract.type.code is known
define nobody as not everybody

rule board "The board"
    owner "iam@harbour.example"
    when contract.department is "BORD" and holds account in ad
    grant permission "Board" in ad
    grant permission "Board" in ad
end
# ordain: allow ORD0350 until 2020-12-31 because "Long ago"
"""


@pytest.fixture
def smelly(known: Clinic) -> Clinic:
    known.without_tests().write("rules/more.ordain", MORE)
    return known


def codes_of(clinic: Clinic, *words: object) -> list[str]:
    ran = clinic.fine("lint", "--json", *words)
    return [one["code"] for one in ran.json["problems"] if one["place"]["path"] == "more.ordain"]


FOUND = ["ORD0360", "ORD0360", "ORD0361", "ORD0361", "ORD0370", "ORD0375", "ORD0394"]


def test_lint_and_check_find_the_same_smells_once(smelly: Clinic) -> None:
    linted, checked = smelly.fine("lint", "--json").json, smelly.fine("check", "--json").json
    assert [one for one in linted["problems"] if one["place"]["path"] == "more.ordain"]
    assert [{key: value for key, value in one.items() if key != "fix"} for one in linted["problems"]] == [
        one for one in checked["problems"] if one["code"].startswith("ORD03")
    ]
    assert {one for one in codes_of(smelly) if one != "ORD0365"} == set(FOUND)
    assert linted["persons"] == 13
    assert linted["targets"] == []


def test_codes_are_selected_and_ignored(smelly: Clinic) -> None:
    assert codes_of(smelly, "--select", "ORD0360,ord0375") == ["ORD0360", "ORD0360", "ORD0375"]
    assert codes_of(smelly, "--select", "ORD0360", "--select", "ORD0375", "--ignore", "ORD0360") == ["ORD0375"]
    refused = smelly("lint", "--select", "ORD0201")
    assert refused.code == 2
    assert "ORD0201 is no code of the linter" in refused.err


def test_a_warning_fails_only_when_strict_and_an_error_always(smelly: Clinic) -> None:
    assert smelly("lint", "--strict").code == 1
    assert smelly.fine("lint", "--strict", "--select", "ORD0365").code == 0
    smelly.write(
        "rules/bad.ordain",
        'rule both\n    grant permission "Prescribe" in ad\n    grant permission "Reports" in ad\nend\n',
    )
    assert smelly("lint", "--select", "ORD0367").code == 1
    assert smelly("check").code == 1


def test_every_format_has_its_findings(smelly: Clinic) -> None:
    text = smelly.fine("lint").out
    assert "more.ordain:2:1: warning ORD0360 A set that nothing uses\n    2 | set sites" in text
    assert text.splitlines()[-1].endswith("4 of them can be solved by --fix (13 persons looked at)")
    sarif = run_here("lint", "-w", smelly.root, "--format", "sarif", cwd=smelly.root).json
    assert_valid_sarif(sarif)
    fixes = [one["fixes"] for one in sarif["runs"][0]["results"] if "fixes" in one]
    assert len(fixes) == 4
    assert fixes[0][0]["artifactChanges"][0]["artifactLocation"]["uri"] == "rules/more.ordain"
    annotations = run_here("lint", "-w", smelly.root, "--format", "github", cwd=smelly.root).out
    assert "::warning file=rules/more.ordain,line=2,endLine=2," in annotations


def test_diff_writes_nothing_and_fix_writes_the_same(smelly: Clinic) -> None:
    path = smelly.root / "rules" / "more.ordain"
    shown = run_here("lint", "-w", smelly.root, "--diff", cwd=smelly.root)
    assert shown.code == 0
    assert path.read_text(encoding="utf-8") == MORE
    removed = [line for line in shown.out.splitlines() if line.startswith("-") and line != "--- rules/more.ordain"]
    assert '-set sites is "A1"' in removed
    assert "-define everybody as contract.type.code is known" in removed
    (file,) = smelly.fine("lint", "--diff", "--json").json["files"]
    assert file["path"].endswith("more.ordain")

    ran = smelly.fine("lint", "--fix")
    assert "fixed more.ordain:2: remove the set `sites` (ORD0360)\n" in ran.out
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Kept, as somebody wrote why.\nset floors")
    assert text.count('grant permission "Board"') == 1
    assert "everybody" not in text
    assert "ORD0350" not in text
    assert smelly.fine("fmt", "--check").code == 0
    assert codes_of(smelly) == ["ORD0360", "ORD0370"]
    assert "Nothing can be fixed" in smelly.fine("lint", "--diff").out
    before = path.stat().st_mtime_ns
    smelly.fine("lint", "--fix")
    assert path.stat().st_mtime_ns == before


def test_fix_alone_carries_out_what_is_selected(smelly: Clinic) -> None:
    smelly.fine("lint", "--fix", "--select", "ORD0375")
    text = (smelly.root / "rules" / "more.ordain").read_text(encoding="utf-8")
    assert text.count('grant permission "Board"') == 1
    assert "set sites" in text


@pytest.mark.parametrize("words", [(), ("--fix",), ("--diff",)])
def test_rules_with_errors_are_left_alone_and_told(smelly: Clinic, words: tuple[str, ...]) -> None:
    path = smelly.write("rules/more.ordain", MORE.replace("contract.department is", "contract.departmnt is"))
    before = path.read_bytes()
    ran = smelly("lint", "--json", *words)
    assert (ran.code, ran.problems) == (1, ["ORD0201"])
    assert_valid_sarif(smelly("lint", "--format", "sarif", *words).json)
    assert path.read_bytes() == before


def test_without_people_nothing_is_said_of_them(new: Clinic) -> None:
    new.write("rules/more.ordain", MORE)
    assert "ORD0370" not in codes_of(new)
    assert "no snapshot is at hand" in new.fine("lint").out
    assert not (new.root / ".ordain").exists()


def test_a_database_that_cannot_be_read_is_told_and_does_not_stop(smelly: Clinic) -> None:
    (database,) = smelly.root.rglob("ordain.db")
    database.write_bytes(b"no database")
    ran = smelly.fine("lint")
    assert "People were not looked at: " in ran.err
    assert "ORD0360" in ran.out
    assert json.loads(smelly.fine("lint", "--json").out)["persons"] is None


def test_targets_are_asked_when_live_and_silence_is_told(smelly: Clinic) -> None:
    assert smelly.fine("lint", "--json").err == ""
    ran = smelly.fine("lint", "--live", "--json")
    assert ran.json["targets"] == []
    assert ran.err == "Permissions of ad were not looked at: ad cannot list its permissions.\n"


def test_a_target_that_lists_its_permissions_knows_what_is_misspelt(smelly: Clinic) -> None:
    with sqlite3.connect(smelly.root / "erp.db") as database:
        database.executescript(
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, enabled BOOLEAN);"
            "CREATE TABLE held (account_id INTEGER, permission TEXT);"
            "CREATE TABLE rights (name TEXT); INSERT INTO rights VALUES ('Book invoice');"
        )
    settings = smelly.root / "ordain.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8")
        + '\n[targets.erp]\nconnector = "sql"\nurl = "sqlite:///erp.db"\naccounts = { table = "accounts" }\n'
        + 'permissions = { table = "held", listed = { table = "rights" } }\n',
        encoding="utf-8",
    )
    smelly.write(
        "rules/more.ordain",
        'target erp\nend\nrule erp\n    grant account in erp\n    grant permission "Book invoise" in erp\nend\n',
    )
    assert "ORD0371" not in codes_of(smelly)
    ran = smelly.fine("lint", "--live", "--json")
    assert ran.json["targets"] == ["erp"]
    (problem,) = [one for one in ran.json["problems"] if one["code"] == "ORD0371"]
    assert problem["hint"] == "did you mean `Book invoice`?"


def test_lint_waits_for_no_writer(smelly: Clinic) -> None:
    (database,) = smelly.root.rglob("ordain.db")
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        ran = smelly.fine("lint")
    finally:
        holder.close()
    assert "ORD0360" in ran.out
