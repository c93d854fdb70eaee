"""`ordain compare` in a git repository of its own, through the real command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.clinic import Clinic, Ran, run_here

RULES = "rules/harbour.ordain"
STAFF = "    starting 14 days before contract.start_date\n"


def git(folder: Path, *words: str) -> str:
    name = ("-c", "user.name=Ada", "-c", "user.email=ada@harbour.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(folder), *name, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def clinic(new: Clinic) -> Clinic:
    """A clinic whose first commit is on `main`."""
    git(new.root, "init", "-q", "-b", "main")
    git(new.root, "add", "-A")
    git(new.root, "commit", "-q", "-m", "The rules as they were")
    return new


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
