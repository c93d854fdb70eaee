"""`ordain compare` in a git repository of its own, through the real command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.acceptance.clinic import DAY, Clinic, Ran, run_here
from tests.builders.sarif import assert_valid_sarif

RULES = "rules/harbour.ordain"
STAFF = "    starting 14 days before contract.start_date\n"


def git(folder: Path, *words: str) -> str:
    name = ("-c", "user.name=Ada", "-c", "user.email=ada@harbour.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(folder), *name, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def committed(clinic: Clinic) -> Clinic:
    """Make the workspace, without its tests, the first commit of a repository."""
    git(clinic.without_tests().root, "init", "-q", "-b", "main")
    git(clinic.root, "add", "-A")
    git(clinic.root, "commit", "-q", "-m", "The rules as they were")
    return clinic


@pytest.fixture
def clinic(new: Clinic) -> Clinic:
    """A clinic whose first commit is on `main`."""
    return committed(new)


def compare(clinic: Clinic, *words: object, terminal: bool = False) -> Ran:
    """Compare from inside the workspace, as people do."""
    return run_here("compare", *words, cwd=clinic.root, terminal=terminal)


def found(ran: Ran) -> dict[str, str]:
    """Verdicts by entitlement, of `--json`."""
    return {f"{one['kind']} {one['name']} {one['target']}": one["verdict"] for one in ran.json["entitlements"]}


def test_nothing_changed_is_proved_and_ends_with_zero(clinic: Clinic) -> None:
    ran = compare(clinic, "main", "HEAD")
    assert ran.code == 0
    assert "all the same, which is proved for every possible person" in ran.out
    assert "Suggested version step: patch" in ran.out
    machine = compare(clinic, "main", ".", "--json")
    assert machine.code == 0
    assert machine.json["version"] == "patch"
    assert machine.json["entitlements"] == []
    everything = compare(clinic, "main", ".", "--json", "--all").json["entitlements"]
    assert {one["verdict"] for one in everything} == {"same"}
    assert {"target", "kind", "name", "verdict", "witness"} <= everything[0].keys()
    assert len(everything) == machine.json["counts"]["same"]


def test_renames_and_moves_are_the_same(clinic: Clinic) -> None:
    text = (clinic.root / RULES).read_text(encoding="utf-8")
    first, *blocks = text.replace("staff as", "people as").replace("when staff", "when people").split("\n\n")
    clinic.write("rules/a.ordain", "\n\n".join([*blocks[::2]]))
    clinic.write(RULES, "\n\n".join([first, *blocks[1::2]]))
    ran = compare(clinic, "main")
    assert (ran.code, "patch" in ran.out) == (0, True), ran.out + ran.err


def test_the_working_tree_and_the_index_are_left_alone(clinic: Clinic) -> None:
    clinic.edit(RULES, STAFF, STAFF.replace("14", "15"))
    git(clinic.root, "add", "-A")
    clinic.write("rules/x.ordain", "# not staged\n")
    before = git(clinic.root, "status", "--porcelain")
    assert compare(clinic, "main", "HEAD").code == 0
    assert git(clinic.root, "status", "--porcelain") == before
    assert compare(clinic, "main", ".").code == 1


def test_versions_can_be_folders_of_rules_and_workspaces(clinic: Clinic, tmp_path: Path) -> None:
    other = clinic.copy(tmp_path / "other")
    other.edit(RULES, STAFF, STAFF.replace("14", "15"))
    alone = tmp_path / "rules-alone"
    shutil.copytree(clinic.root / "rules", alone)
    assert run_here("compare", clinic.root, alone, cwd=tmp_path).code == 0
    assert run_here("compare", "./rules-alone", "./other", cwd=tmp_path).code == 1
    assert compare(clinic, "main", other.root).code == 1
    assert run_here("compare", "main", ".", "-w", clinic.root, cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("mian", "HEAD"), "ORD1120"),
        (("hr", "."), "ORD1120"),
        (("--", "-x", "HEAD"), "ORD1120"),
        (("rules", "."), "ORD1121"),
        (("early", "."), "ORD1122"),
        (("broken", "."), "ORD1124"),
        (("main", ".", "--entitlement", "permission Nothing in ad"), "ORD1125"),
    ],
)
def test_what_cannot_be_compared_is_told(clinic: Clinic, words: tuple[str, ...], code: str) -> None:
    git(clinic.root, "checkout", "-q", "--orphan", "early")
    git(clinic.root, "rm", "-q", "-r", "--cached", ".")
    git(clinic.root, "add", "README.md")
    git(clinic.root, "commit", "-q", "-m", "Before")
    git(clinic.root, "checkout", "-q", "-f", "main")
    git(clinic.root, "branch", "rules")
    git(clinic.root, "checkout", "-q", "-b", "broken")
    clinic.edit(RULES, "define staff", "defin staff")
    git(clinic.root, "commit", "-q", "-a", "-m", "Half an edit")
    git(clinic.root, "checkout", "-q", "main")
    ran = compare(clinic, "--json", *words)
    assert ran.problems[0] == code, ran.out
    assert ran.code == (1 if code == "ORD1124" else 2)


def test_the_errors_of_a_side_are_shown_in_their_lines(clinic: Clinic) -> None:
    clinic.edit(RULES, "when staff", "when staf")
    ran = compare(clinic, "main")
    assert ran.code == 1
    assert "The rules of HEAD, the workspace ., have an error" in ran.err
    assert "when staf\n" in ran.err


def test_without_git_folders_can_still_be_compared(
    new: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new.copy(tmp_path / "other")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compare(new, other.root, ".").code == 0
    assert compare(new, "main", ".", "--json").problems == ["ORD1120"]


def test_a_repository_that_git_refuses_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = git(clinic.root, "rev-parse", "HEAD")
    program = clinic.write(
        "bin/git", f'#!/bin/sh\ncase "$*" in *prefix*) echo fatal: no >&2; exit 1;; *) echo {commit};; esac\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    assert compare(clinic, "main", ".", "--json").problems == ["ORD1123"]


def test_a_workspace_below_the_root_of_its_repository(new: Clinic, tmp_path: Path) -> None:
    town = tmp_path / "town"
    clinic = new.copy(town / "deep" / "clinic")
    git(town, "init", "-q", "-b", "main")
    git(town, "add", "-A")
    git(town, "commit", "-q", "-m", "One")
    clinic.edit(RULES, STAFF, STAFF.replace("14", "15"))
    assert compare(clinic, "main", "HEAD").code == 0
    assert compare(clinic, "main").code == 1
    assert run_here("compare", "main", "-w", "deep/clinic", cwd=town).code == 1


def test_wrong_options(clinic: Clinic) -> None:
    assert compare(clinic, "main", "--as-of", "2026-03-02", "--until", "2026-03-01").code == 2
    assert compare(clinic, "main", "--write-tests", "tests.txt").code == 2
    assert compare(clinic, "main", "--budget", "0").code == 2


# --- what comes with a difference ------------------------------------------------------------------------------------


@pytest.fixture
def known_clinic(known: Clinic) -> Clinic:
    """A clinic with a snapshot, whose first commit is on `main`."""
    return committed(known)


@pytest.fixture
def live_clinic(live: Clinic) -> Clinic:
    """A clinic whose first diff was enforced, whose first commit is on `main`."""
    return committed(live)


def test_a_narrower_rule_is_shown_with_witness_clause_and_real_people(known_clinic: Clinic) -> None:
    known_clinic.edit(RULES, 'is not "INT"', 'is "TMP"')
    ran = compare(known_clinic, "main", "--as-of", DAY)
    assert ran.code == 1
    assert '- narrowed  permission "Rostering" in ad\n' in ran.out
    assert "BASE ✓ entitled because of rule care" in ran.out
    assert 'HEAD  harbour.ordain:39  contract.type.code is "TMP"' in ran.out
    machine = compare(known_clinic, "main", "--as-of", DAY, "--json").json
    assert machine["version"] == "major"
    one = next(each for each in machine["entitlements"] if each["name"] == "Rostering")
    assert one["witness"]["person"]["contracts"][0]["values"]["type.code"] == "EMP"
    assert one["blame"][0]["head"]["line"] == 39
    losing = {change["person"] for change in one["loses"]}
    assert losing
    for person in losing:
        assert "not entitled" in known_clinic.fine("explain", person, "permission Rostering in ad", "--as-of", DAY).out


def test_real_people_may_come_from_a_vault_file(clinic: Clinic) -> None:
    clinic.edit(RULES, "ending 30 days after", "ending 60 days after")
    alone = compare(clinic, "main", "--as-of", DAY, "--json").json
    assert alone["people"] is None
    assert "Real people and limits were not looked at" in alone["side_effects"]["left_out"][0]
    vault = clinic.root / "hr" / "vault.json"
    told = compare(clinic, "main", "--as-of", DAY, "--until", "2026-12-31", "--snapshot", vault, "--json").json
    assert told["people"]["origin"] == "vault.json"
    assert told["people"]["persons"] == len(clinic.vault["Persons"])
    account = next(one for one in told["entitlements"] if one["kind"] == "account")
    gains = {one["person"]: one["first"] for one in account["gains"]}
    assert gains.pop("1008") == "2026-05-01"
    assert set(gains) == {"1007", "1010", "1011", "1012", "1013"}
    soon = compare(clinic, "main", "--as-of", DAY, "--snapshot", vault, "--json").json
    assert [one["person"] for each in soon["entitlements"] for one in each["gains"] if each["kind"] == "account"] == [
        "1008"
    ]
    assert compare(clinic, "main", "--snapshot", clinic.root / "no.json").code == 4


def test_one_entitlement_alone(known_clinic: Clinic) -> None:
    known_clinic.edit(RULES, 'is not "INT"', 'is "EMP"')
    for words in ("permission Rostering in ad", 'permission "Rostering" in ad', "permission Ward CARE in ad"):
        ran = compare(known_clinic, "main", "--entitlement", words, "--json")
        assert [one["verdict"] for one in ran.json["entitlements"]] == ["narrowed"]
        assert "Only one entitlement was asked for" in ran.json["side_effects"]["left_out"][0]
    assert compare(known_clinic, "main", "--entitlement", "account in ad").code == 0


def test_a_budget_that_is_too_small_never_makes_anything_the_same(clinic: Clinic) -> None:
    clinic.edit(RULES, STAFF, STAFF.replace("14", "15"))
    ran = compare(clinic, "main", "--budget", "1", "--json")
    assert ran.code == 1
    assert ran.json["version"] == "major"
    verdicts = {f"{one['kind']} {one['name']}".strip(): one["verdict"] for one in ran.json["entitlements"]}
    assert verdicts["account"] in {
        "undecided",
        "widened",
    }  # the optional solver may know what the budget does not reach
    assert all(bool(one["why"]) == (one["verdict"] == "undecided") for one in ran.json["entitlements"])


def test_only_new_entitlements_are_a_minor_step(clinic: Clinic) -> None:
    clinic.write("rules/new.ordain", 'rule new "New"\n    when staff\n    grant permission "Coffee" in ad\nend\n')
    ran = compare(clinic, "main", "--json")
    assert ran.json["version"] == "minor"
    assert [(one["name"], one["verdict"], one["new"]) for one in ran.json["entitlements"]] == [
        ("Coffee", "widened", True)
    ]


def test_witnesses_are_kept_as_tests_that_check_and_pass(clinic: Clinic) -> None:
    clinic.edit(RULES, 'is not "INT"', 'is "EMP"')
    clinic.edit(RULES, STAFF, STAFF.replace("14", "15"))
    file = clinic.write("rules/kept.ordain", "# Witnesses.\n")
    ran = compare(clinic, "main", "--write-tests", "rules/kept.ordain")
    assert ran.code == 1
    assert "tests written to rules/kept.ordain" in ran.err
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Witnesses.\n\ntest ")
    assert clinic("check").code == 0
    assert clinic.fine("test").out.endswith("all passed\n")
    assert run_here("fmt", "--check", cwd=clinic.root).code == 0
    again = compare(clinic, "main", "--write-tests", "rules/kept.ordain", "--json")
    assert "0 tests written" in again.err
    assert file.read_text(encoding="utf-8") == text
    git(clinic.root, "stash", "-q", "--", RULES)
    assert clinic("test").code == 1


def test_tests_that_fail_now_are_told_with_their_version(clinic: Clinic) -> None:
    block = (
        'test "A temp {0}"\n    person "P1"\n        contract "C1"\n            type.code: "TMP"\n'
        '            department: "CARE"\n            start_date: 2026-03-01\n        end\n    end\n'
        '    on 2026-03-02 expect {1}permission "Rostering" in ad\nend\n'
    )
    clinic.write("rules/tests.ordain", "\n".join([block.format("stays", ""), block.format("turns", "")]))
    git(clinic.root, "add", "-A")
    git(clinic.root, "commit", "-q", "-m", "Tests")
    clinic.edit(RULES, 'is not "INT"', 'is "EMP"')
    clinic.write("rules/tests.ordain", "\n".join([block.format("stays", ""), block.format("turns", "no ")]))
    failing = compare(clinic, "main", "--json").json["side_effects"]["tests"]
    assert [(one["title"], one["side"], one["at"]) for one in failing] == [
        ("A temp stays", "head", "tests.ordain:1"),
        ("A temp turns", "base", "tests.ordain:12"),
    ]
    assert all(one["why"] for one in failing)


def test_limits_that_trip_now_are_told(live_clinic: Clinic) -> None:
    live_clinic.edit(
        RULES, 'staff as contract.type.code in ("EMP", "INT", "TMP")', 'staff as contract.type.code in ("INT", "TMP")'
    )
    ran = compare(live_clinic, "main", "--as-of", DAY)
    assert "revoke account in ad: " in ran.out
    assert "the limit of 3 or 40 % is reached" in ran.out
    limit = compare(live_clinic, "main", "--as-of", DAY, "--json").json["side_effects"]["limits"][0]
    assert (limit["new"], limit["op"], limit["count_in_base"]) == (True, "revoke", 0)


def test_what_else_changed_is_told_though_every_entitlement_is_the_same(clinic: Clinic) -> None:
    clinic.edit(RULES, "severity high", "severity critical")
    ran = compare(clinic, "main")
    assert ran.code == 1
    assert "all the same, which is proved" in ran.out
    assert "never prescribe-and-pay was changed (harbour.ordain:" in ran.out
    assert "severity: critical, was high" in ran.out
    assert "Suggested version step: major" in ran.out


def test_markdown_sarif_and_files(known_clinic: Clinic) -> None:
    known_clinic.edit(RULES, 'is not "INT"', 'is "EMP"')
    markdown = compare(known_clinic, "main", "--as-of", DAY, "--format", "markdown").out
    assert '| 🔴 | `permission "Rostering" in ad` | narrowed |' in markdown
    ran = compare(known_clinic, "main", "--as-of", DAY, "--format", "sarif", "--out", "deep/c.sarif")
    assert (ran.code, ran.out) == (1, "Written to deep/c.sarif.\n")
    log = json.loads((known_clinic.root / "deep" / "c.sarif").read_text(encoding="utf-8"))
    assert_valid_sarif(log)
    found = log["runs"][0]["results"]
    assert {one["ruleId"] for one in found} == {"ORD1131"}
    place = found[0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("rules/harbour.ordain", 39)
    from_revision = compare(known_clinic, "HEAD", "main", "--format", "sarif")
    assert json.loads(from_revision.out)["runs"][0]["results"] == []


def test_a_terminal_gets_colours_and_a_file_does_not(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    clinic.edit(RULES, STAFF, STAFF.replace("14", "15"))
    assert "\x1b[32m+ widened" in compare(clinic, "main", terminal=True).out
    compare(clinic, "main", "--out", "c.txt", terminal=True)
    assert "\x1b" not in (clinic.root / "c.txt").read_text(encoding="utf-8")


def test_the_page_opens_in_a_browser_and_filters(known_clinic: Clinic) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("ORDAIN_REQUIRE_SERVERS"):
            pytest.fail("chromium is not installed, and ORDAIN_REQUIRE_SERVERS asks for it")
        pytest.skip("chromium is not installed")
    known_clinic.edit(RULES, 'is not "INT"', 'is "EMP"')
    compare(known_clinic, "main", "--as-of", DAY, "--format", "html", "--out", "c.html")
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto((known_clinic.root / "c.html").as_uri())
        shown = page.locator("article:visible")
        assert shown.count() == 3
        assert "narrowed" in shown.first.inner_text()
        assert page.locator("#shown").inner_text() == "3 of 10 entitlements"
        page.get_by_label("same").check()
        assert page.locator("article:visible").count() == 10
        page.fill("#words", "rostering")
        assert page.locator("article:visible").count() == 1
        assert "harbour.ordain:39" in page.locator("article:visible").inner_text()
        browser.close()
    assert [one for one in asked if not one.startswith("file:")] == []


def test_settings_of_a_revision_that_cannot_be_used_are_told(clinic: Clinic) -> None:
    clinic.edit("ordain.toml", 'connector = "vault"', 'connector = "voult"')
    git(clinic.root, "commit", "-q", "-a", "-m", "A typo")
    git(clinic.root, "revert", "--no-edit", "HEAD")
    ran = compare(clinic, "HEAD~1", ".")
    assert ran.code == 2
    assert "The ordain.toml of BASE, HEAD~1 (" in ran.err
    assert "voult" in ran.err


def test_within_a_hook_of_git(clinic: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert run_here("compare", "main", "-w", clinic.root, cwd=tmp_path).code == 0


def test_tests_of_a_revision_find_their_people(clinic: Clinic) -> None:
    clinic.write("rules/people.json", json.dumps(clinic.vault))
    clinic.write(
        "rules/tests.ordain",
        'test "Everybody"\n    from snapshot "people.json"\n    from snapshot "hr/vault.json"\n'
        '    on 2026-03-02 person "1001" expect account in ad\nend\n',
    )
    git(clinic.root, "add", "-A")
    git(clinic.root, "commit", "-q", "-m", "Tests")
    clinic.edit(RULES, 'define staff as contract.type.code in ("EMP", ', "define staff as contract.type.code in (")
    failing = compare(clinic, "HEAD", ".", "--json").json["side_effects"]["tests"]
    assert [(one["title"], one["side"]) for one in failing] == [("Everybody", "head")]
    git(clinic.root, "commit", "-q", "-a", "-m", "Fewer")
    between = compare(clinic, "HEAD~1", "HEAD", "--json").json["side_effects"]["tests"]
    assert between == failing
