"""The hooks for pre-commit, installed from this checkout as a repository of rules would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.acceptance.clinic import ROOT

HOOKS = ROOT / ".pre-commit-hooks.yaml"
PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
WHO = ("-c", "user.name=Otto", "-c", "user.email=otto@harbour.example")


def git(folder: Path, *words: object) -> str:
    ran = subprocess.run(["git", *WHO, *map(str, words)], cwd=folder, check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def snapshot_of_checkout(folder: Path) -> str:
    """Commit what lies in this checkout now, in a repository of its own; gives the commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file() and not name.startswith(("tests/", "bench/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Hooks")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the small example as its workspace, and all hooks from this checkout."""
    folder = tmp_path_factory.mktemp("pre-commit")
    hooks, clinic = folder / "hooks", folder / "clinic"
    hooks.mkdir()
    commit = snapshot_of_checkout(hooks)
    shutil.copytree(ROOT / "rules" / "first-steps", clinic)
    ids = [{"id": one["id"]} for one in yaml.safe_load(HOOKS.read_text(encoding="utf-8"))]
    config = {"repos": [{"repo": str(hooks), "rev": commit, "hooks": ids}]}
    (clinic / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    git(clinic, "init", "-q")
    git(clinic, "add", "-A")
    git(clinic, "commit", "-q", "-m", "Rules")
    return clinic


def hook(repository: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Run one hook over all files. Its environment is made once."""
    environment = {**os.environ, "PRE_COMMIT_HOME": str(repository.parent / "home")}
    words = [PRE_COMMIT, "run", "--all-files", name]
    return subprocess.run(words, cwd=repository, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(
    "ORDAIN_REQUIRE_SERVERS" not in os.environ, reason="installs everything anew: part of .ci/run alone"
)
def test_the_hooks_pass_on_good_rules_and_tell_of_bad_ones(repository: Path) -> None:
    for name in ("ordain-fmt", "ordain-check", "ordain-test"):
        ran = hook(repository, name)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "Passed" in ran.stdout
    rules = repository / "rules" / "harbour.ordain"
    good = rules.read_text(encoding="utf-8")

    rules.write_text(
        good.replace('    grant permission "All staff"', '  grant   permission "All staff"'), encoding="utf-8"
    )
    ran = hook(repository, "ordain-fmt")
    assert (ran.returncode, "files were modified" in ran.stdout) == (1, True), ran.stdout + ran.stderr
    assert rules.read_text(encoding="utf-8") == good

    rules.write_text(good.replace("grant role", "grant rolle"), encoding="utf-8")
    ran = hook(repository, "ordain-check")
    assert ran.returncode == 1
    assert "harbour.ordain" in ran.stdout

    failing = 'test "Nobody is here"\n    person "P"\n    end\n    on 2026-02-01 expect account in ad\nend\n'
    rules.write_text(f"{good}\n{failing}", encoding="utf-8")
    ran = hook(repository, "ordain-test")
    assert ran.returncode == 1
    assert "Nobody is here" in ran.stdout


def test_every_hook_is_a_command_of_ours_and_sees_the_files_it_is_about() -> None:
    for one in yaml.safe_load(HOOKS.read_text(encoding="utf-8")):
        assert one["entry"] == one["id"].replace("-", " ", 1)
        assert one["language"] == "python"
        assert one.get("pass_filenames", True) is (one["id"] == "ordain-fmt")
