"""Who may approve what, how often a diff can be used, and files that prove themselves."""

import sqlite3
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.keys.private_keys import create_key_file
from tests.acceptance.clinic import DAY, REVIEWER, Clinic, Ran, run_here

SAM = "sam@harbour.example"
NOBODY = '{"version": 1, "people": []}'


def refused(ran: Ran, *codes: str) -> None:
    """Nothing was done, for exactly this reason."""
    assert (ran.code, ran.problems) == (3, list(codes))


def require_two(clinic: Clinic) -> str:
    clinic.edit("ordain.toml", "required = 1", "required = 2")
    return str(clinic.evaluate()["diff"])


def test_two_people_are_two_people(known: Clinic, tmp_path: Path) -> None:
    diff = require_two(known)
    known.fine("keys", "create", SAM)
    first = known.fine("approve", diff, "--as", REVIEWER, "--json").json["approval"]
    assert (first["missing"], first["approved_by"]) == (1, [REVIEWER])
    again = known.fine("approve", diff, "--as", REVIEWER, "--json").json["approval"]
    assert (again["missing"], again["approved_by"]) == (1, [REVIEWER])
    create_key_file(tmp_path / "second.pem")
    known.fine("keys", "enroll", REVIEWER, "--key", tmp_path / "second.pem")
    other_key = known.fine("approve", diff, "--key", tmp_path / "second.pem", "--json").json["approval"]
    assert (other_key["missing"], other_key["approved_by"]) == (1, [REVIEWER])
    refused(known("enforce", diff, "--json"), "ORD0726")
    assert known.fine("approve", diff, "--as", SAM, "--json").json["approval"]["missing"] == 0
    assert known.fine("enforce", diff, "--json").json["finished"] is True


def git(folder: Path, *words: str) -> None:
    person = ["-c", "user.name=Rita", "-c", f"user.email={REVIEWER.upper()}", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *person, *words], check=True, capture_output=True)


def test_who_wrote_the_rules_never_counts(known: Clinic) -> None:
    git(known.root, "init", "-q")
    git(known.root, "add", "rules")
    git(known.root, "commit", "-q", "-m", "rules")
    diff = known.evaluate()["diff"]
    refused(known("approve", diff, "--as", REVIEWER, "--json"), "ORD0722")
    refused(known("enforce", diff, "--json"), "ORD0726")
    known.fine("keys", "create", SAM)
    known.approve(diff, SAM)
    known.fine("enforce", diff)


def test_who_asked_for_the_diff_never_counts(known: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDAIN_ACTOR", REVIEWER)
    diff = known.evaluate()["diff"]
    refused(known("approve", diff, "--as", REVIEWER, "--json"), "ORD0722")


def test_the_engine_never_counts(known: Clinic) -> None:
    diff = known.evaluate()["diff"]
    ran = known("approve", diff, "--key", known.root / ".ordain" / "keys" / "engine.pem", "--json")
    assert ran.code == 3
    assert set(ran.problems) <= {"ORD0722", "ORD0723"}


def test_a_trust_root_that_is_kept_elsewhere_is_never_added_to(known: Clinic) -> None:
    known.write("trust.json", (known.root / ".ordain" / "trust.json").read_bytes())
    known.edit("ordain.toml", "[sources.hr]", '[trust]\nroot = "trust.json"\n[sources.hr]')
    known.evaluate()
    known.write("trust.json", NOBODY)
    refused(known("evaluate", "--as-of", DAY, "--json"), "ORD0931")
    assert (known.root / "trust.json").read_text(encoding="utf-8") == NOBODY


def test_a_key_nobody_enrolled_is_no_reviewer(known: Clinic, tmp_path: Path) -> None:
    create_key_file(tmp_path / "stranger.pem")
    diff = known.evaluate()["diff"]
    assert known("approve", diff, "--key", tmp_path / "stranger.pem", "--json").problems == ["ORD0930"]
    assert known("approve", diff, "--as", "nobody@harbour.example", "--json").problems == ["ORD0930"]


def test_a_key_that_others_can_read_signs_nothing(known: Clinic) -> None:
    (known.root / ".ordain" / "keys" / f"{REVIEWER}.pem").chmod(0o640)
    refused(known("approve", known.evaluate()["diff"], "--json"), "ORD0752")


def test_a_rejected_diff_is_not_enforced(known: Clinic) -> None:
    diff = known.evaluate()["diff"]
    known.fine("keys", "create", SAM)
    known.approve(diff)
    assert "cannot be enforced" in known.fine("approve", diff, "--as", SAM, "--reject").out
    ran = known("enforce", diff, "--json")
    assert ran.code == 3
    assert "ORD0725" in ran.problems
    assert f"Rejected by {SAM}" in known.fine("show", diff).out


def test_a_diff_is_used_once(known: Clinic) -> None:
    diff = known.evaluate()["diff"]
    known.approve(diff)
    known.fine("enforce", diff)
    refused(known("enforce", diff, "--json"), "ORD0825")
    refused(known("approve", diff, "--as", REVIEWER, "--json"), "ORD0825")
    assert "was enforced" in known.fine("show", diff).out


def test_a_diff_expires(known: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    diff = known.evaluate()["diff"]
    known.approve(diff)
    later = datetime.now(UTC) + timedelta(hours=73)
    monkeypatch.setattr("api.compose._now", lambda: later)
    refused(known("enforce", diff, "--json"), "ORD0711")
    refused(known("approve", diff, "--json"), "ORD0711")
    assert "has expired; it cannot be enforced" in known.fine("show", diff).out


STALE = [
    ("rules/harbour.ordain", "30 days after", "31 days after", "ORD0801"),
    ("ordain.toml", '[targets.ad]\nconnector = "csv"', '[targets.ad]\nconnector = "csv"\ndelimiter = ";"', "ORD0802"),
    ("hr/vault.json", "Fatima", "Fatma", "ORD0800"),
]


@pytest.mark.parametrize(("file", "old", "new_text", "code"), STALE, ids=[one[3] for one in STALE])
def test_a_diff_of_other_inputs_is_stale(known: Clinic, file: str, old: str, new_text: str, code: str) -> None:  # noqa: PLR0917  # one story
    diff = known.evaluate()["diff"]
    known.approve(diff)
    known.edit(file, old, new_text)
    known.fine("import")
    refused(known("enforce", diff, "--json"), code)
    assert known.fine("ledger", "--json").json["entries"] == []
    assert not (known.root / "out" / "ad.csv").exists()


def test_a_diff_with_draft_rules_is_only_to_be_looked_at(known: Clinic) -> None:
    draft = 'draft rule night "Night desk"\n    when staff\n    grant permission "Night" in ad\nend\n'
    known.write("rules/night.ordain", draft)
    plain = known.evaluate()
    assert plain["enforceable"] is True
    assert "Night" not in known.fine("show", plain["diff"]).out
    with_drafts = known.evaluate(DAY, "--drafts")
    assert with_drafts["enforceable"] is False
    shown = known.fine("show", with_drafts["diff"]).out
    assert 'grant permission "Night" in ad' in shown
    assert "it can never be enforced" in shown
    refused(known("approve", with_drafts["diff"], "--json"), "ORD0709")
    refused(known("enforce", with_drafts["diff"], "--json"), "ORD0709")
    assert "draft rule night" in known.fine("explain", "1001", 'permission "Night" in ad', "--as-of", DAY).out


def test_a_blocked_bucket_is_released_by_somebody_with_the_right_for_this_diff(live: Clinic) -> None:
    live.enforce("2026-03-31")
    diff = live.evaluate("2026-08-03")["diff"]
    refused(live("approve", diff, "--release", "ad/revoke/account", "--json"), "ORD0724")
    assert live("approve", diff, "--release", "ad/grant/account", "--json").problems == ["ORD0805"]
    live.fine("keys", "create", SAM, "--role", "reviewer", "--role", "limit-release")
    live.approve(diff, SAM, "--release", "ad/revoke/account")
    run = live.fine("enforce", diff, "--json").json
    assert {(one["op"], one["state"]) for one in run["outcomes"]} == {("revoke", "done")}
    assert live.evaluate("2026-08-03")["totals"] == []


@pytest.fixture
def folder(known: Clinic) -> Path:
    """The files of a diff, outside of the workspace, with the trust root beside them."""
    out = known.root.parent / "elsewhere"
    known.fine("evaluate", "--as-of", DAY, "--out", out)
    (known.root / ".ordain" / "trust.json").rename(out / "trust.json")
    return out


def verify(folder: Path, *files: object) -> Ran:
    return run_here("verify", *(files or (folder,)), "--trust", folder / "trust.json", "--json")


def test_files_prove_themselves_without_a_workspace(folder: Path) -> None:
    for files in ((), (folder / "diff.dsse.json",), (folder / "lines.ndjson",)):
        ran = verify(folder, *files)
        assert (ran.code, ran.json["ok"]) == (0, True)
    told = run_here("verify", folder, "--trust", folder / "trust.json").out
    assert "ok: Lines and salts give the signed Merkle root." in told


def test_what_is_not_there_to_be_looked_at_is_said(folder: Path) -> None:
    (folder / "salts.ndjson").unlink()
    ran = verify(folder)
    assert (ran.code, ran.json["not_looked_at"]) == (0, ["salts.ndjson"])
    (folder / "lines.ndjson").unlink()
    told = run_here("verify", folder, "--trust", folder / "trust.json").out
    assert "not looked at: there is no lines.ndjson\nnot looked at: there is no salts.ndjson\n" in told


@pytest.mark.parametrize("name", ["lines.ndjson", "salts.ndjson", "diff.dsse.json"])
@pytest.mark.parametrize("where", ["first", "middle", "last", "cut", "more"])
def test_whatever_is_changed_is_refused(folder: Path, name: str, where: str) -> None:
    path = folder / name
    content = bytearray(path.read_bytes())
    match where:
        case "cut":
            del content[-20:]
        case "more":
            content += content[-60:]
        case _:
            content[{"first": 1, "middle": len(content) // 2, "last": -3}[where]] ^= 1
    path.write_bytes(bytes(content))
    ran = verify(folder)
    assert ran.code == 3
    assert ran.json["ok"] is False
    assert ran.problems
    told = run_here("verify", folder, "--trust", folder / "trust.json")
    assert told.code == 3
    assert "FAILS: " in told.out


def test_another_trust_root_trusts_nothing(folder: Path) -> None:
    (folder / "trust.json").write_text(NOBODY, encoding="utf-8")
    refused(verify(folder), "ORD0702")


def test_an_old_diff_is_read_as_of_its_own_day(folder: Path) -> None:
    late = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    ran = run_here("verify", folder, "--trust", folder / "trust.json", "--at", late, "--json")
    assert (ran.code, ran.problems) == (3, ["ORD0711"])
    now = datetime.now(UTC).isoformat()
    assert run_here("verify", folder, "--trust", folder / "trust.json", "--at", now).code == 0


def test_one_line_is_shown_and_proved_alone(known: Clinic) -> None:
    diff = known.evaluate()["diff"]
    file = known.root / "line.disclosure.json"
    known.fine("show", diff, "--disclose", "3", "--out", file)
    report = known.fine("verify", file, "--json").json
    assert report["disclosed"] == [{"diff": diff, "line": known.fine("show", diff, "--json").json["lines"][3]}]
    assert "1002" not in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace("1001", "1002"), encoding="utf-8")
    ran = known("verify", file, "--json")
    assert ran.code == 3
    beyond = known("show", diff, "--disclose", "9999", "--json")
    assert (beyond.code, beyond.problems) == (2, ["ORD0741"])


def test_the_audit_log_tells_when_it_was_changed(live: Clinic) -> None:
    assert live.fine("audit", "verify", "--json").json["intact"] is True
    with sqlite3.connect(live.root / ".ordain" / "ordain.db") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE audit_entries SET event = replace(event, 'otto', 'anna')")
    database.close()
    ran = live("audit", "verify", "--json")
    assert (ran.code, ran.json["intact"]) == (3, False)
    assert ran.json["problems"]
    assert live("audit", "verify").code == 3
