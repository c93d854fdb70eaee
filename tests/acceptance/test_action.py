"""The action for pull requests, step by step in a scratch repository, against comments over real HTTP."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.clinic import ROOT
from tests.builders.workflow import Runner
from tests.servers.pull_request import NUMBER, REPOSITORY, TOKEN, PullRequest, pull_request

ACTION = ROOT / "action.yml"
GRANT = '    grant permission "All staff" in ad\n'


@pytest.fixture
def api() -> Iterator[PullRequest]:
    """Comments of a pull request."""
    with pull_request() as state:
        yield state


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone with a branch `change`, checked out; its base `main` holds the workspace of the small example."""
    origin, clone = tmp_path / "origin.git", tmp_path / "clone"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", origin)
    git(tmp_path, "clone", "-q", origin, clone)
    git(clone, "checkout", "-q", "-b", "main")
    shutil.copytree(ROOT / "rules" / "first-steps", clone, dirs_exist_ok=True)
    (clone / "rules" / "tests.ordain").unlink()
    commit(clone, "Base")
    git(clone, "push", "-q", "origin", "main")
    git(clone, "checkout", "-q", "-b", "change")
    return clone


def git(folder: Path, *words: object) -> None:
    who = ("-c", "user.name=Otto", "-c", "user.email=otto@harbour.example")
    subprocess.run(["git", *who, *map(str, words)], cwd=folder, check=True, capture_output=True)


def commit(clone: Path, words: str) -> None:
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", words)


def change(clone: Path, old: str, new: str) -> None:
    path = clone / "rules" / "harbour.ordain"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    commit(clone, "Change")


def runner(clone: Path, api: PullRequest, event: str = "pull_request") -> Runner:
    """A runner with Python in its path; what `pip` would install is the program of this environment."""
    folder = clone.parent / f"runner-{len(list(clone.parent.glob('runner-*')))}"
    tools = folder / "tools"
    tools.mkdir(parents=True)
    ordain = Path(sys.executable).with_name("ordain")
    python = tools / "python"
    python.write_text(
        f"""#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
elif [ "$1 $2" = "-m pip" ]; then
  for last; do :; done
  test -f "$last/pyproject.toml" && ln -s "{ordain}" "$(dirname "$0")/ordain"
else
  exec "{sys.executable}" "$@"
fi
""",
        encoding="utf-8",
    )
    python.chmod(0o755)
    base = "main" if event == "pull_request" else ""
    github = {"action_path": str(ROOT), "event_name": event, "base_ref": base, "token": TOKEN}
    if event == "pull_request":
        github["event"] = {"pull_request": {"number": NUMBER}}
    system = "/usr/local/bin:/usr/bin:/bin"
    environment = {"PATH": f"{tools}:{system}", "GITHUB_API_URL": api.url, "GITHUB_REPOSITORY": REPOSITORY}
    return Runner(ACTION, clone, folder, github, environment)


def test_a_change_is_told_in_a_comment_that_the_next_run_writes_over(checkout: Path, api: PullRequest) -> None:
    api.comments[1] = "Looks good to me"
    change(checkout, GRANT, GRANT + '    grant permission "Canteen" in ad\n')
    first = runner(checkout, api).run()
    assert first.failed is None, first.log
    assert "Canteen" in api.comments[2]
    assert api.comments[2].startswith("<!-- ordain")
    assert "Canteen" in (first.folder / "summary.md").read_text(encoding="utf-8")
    assert Path(first.outputs["test"]["junit"]).read_text(encoding="utf-8").startswith("<?xml")
    assert Path(first.outputs["test"]["coverage"]).is_file()
    assert Path(first.outputs["compare"]["report"]).is_file()
    change(checkout, '"Canteen"', '"Gym"')
    second = runner(checkout, api).run()
    assert second.failed is None, second.log
    assert sorted(api.comments) == [1, 2]
    assert api.comments[1] == "Looks good to me"
    assert "Gym" in api.comments[2]
    assert "Canteen" not in api.comments[2]


def test_rules_with_an_error_are_annotated_and_fail(checkout: Path, api: PullRequest) -> None:
    change(checkout, GRANT, '    grant permision "All staff" in ad\n')
    ran = runner(checkout, api).run()
    assert ran.failed == "Verdict"
    assert "::error" in ran.log
    assert "file=rules/harbour.ordain" in ran.log
    assert "Compare with the base branch" not in ran.ran
    assert api.comments == {}


def test_a_test_that_fails_fails_the_job_and_the_comparison_is_told_all_the_same(
    checkout: Path, api: PullRequest
) -> None:
    block = """
test "Nobody gets anything"
    person "P1"
        contract "C1"
            type.code: "EMP"
            start_date: 2026-01-01
        end
    end
    on 2026-02-01 expect nothing
end
"""
    change(checkout, "define staff", block.lstrip("\n") + "\ndefine staff")
    ran = runner(checkout, api).run()
    assert ran.failed == "Verdict"
    assert "Nobody gets anything" in ran.log
    assert len(api.comments) == 1


def test_coverage_below_the_wish_fails(checkout: Path, api: PullRequest) -> None:
    assert runner(checkout, api, event="push").run(min_coverage="100").failed == "Verdict"


def test_warnings_fail_where_that_is_wished(checkout: Path, api: PullRequest) -> None:
    change(checkout, GRANT, GRANT + '    grant permission "Odd" in ad\n')
    change(checkout, "define staff", 'set lonely is "A"\n\ndefine staff')
    assert runner(checkout, api, event="push").run().failed is None
    assert runner(checkout, api, event="push").run(strict="true").failed == "Verdict"


def test_outside_of_a_pull_request_nothing_is_compared_unless_a_base_is_named(checkout: Path, api: PullRequest) -> None:
    ran = runner(checkout, api, event="push").run()
    assert ran.failed is None
    assert ran.ran == ["Install Ordain", "Check the rules", "Test the rules", "Verdict"]
    ran = runner(checkout, api, event="push").run(base="main")
    assert "Compare with the base branch" in ran.ran
    assert api.requests == []


def test_no_comment_where_none_is_wished(checkout: Path, api: PullRequest) -> None:
    ran = runner(checkout, api).run(comment="false")
    assert ran.failed is None
    assert api.requests == []


def tell(api: PullRequest, folder: Path, words: str = "What changes") -> subprocess.CompletedProcess[str]:
    """Run the script that keeps the comment."""
    report = folder / "report.md"
    report.write_text(words, encoding="utf-8")
    context = {"GITHUB_API_URL": api.url, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": TOKEN}
    words_of_call = [sys.executable, ROOT / ".ci" / "comment.py", report]
    environment = {**context, "PULL_REQUEST": str(NUMBER)}
    return subprocess.run(words_of_call, env=environment, capture_output=True, text=True, check=False)


def test_an_earlier_comment_is_found_on_a_later_page(tmp_path: Path, api: PullRequest) -> None:
    assert tell(api, tmp_path).returncode == 0
    (written,) = api.comments.values()
    api.comments = dict.fromkeys(range(1, 151), "chat") | {151: written}
    assert tell(api, tmp_path, "Something else").returncode == 0
    assert len(api.comments) == 151
    assert "Something else" in api.comments[151]


def test_a_comment_is_never_longer_than_is_taken(tmp_path: Path, api: PullRequest) -> None:
    assert tell(api, tmp_path, "x" * 70_000).returncode == 0
    assert len(api.comments[1]) == 65_536


@pytest.mark.parametrize(("status", "code", "level"), [(403, 0, "::warning"), (500, 1, "::error")])
def test_a_token_that_may_not_comment_is_a_warning_and_a_broken_service_a_failure(
    tmp_path: Path, api: PullRequest, *, status: int, code: int, level: str
) -> None:
    api.refuses = status
    told = tell(api, tmp_path)
    assert told.returncode == code
    assert told.stdout.startswith(f"{level} title=Ordain::")


def test_a_workspace_in_a_folder_and_a_base_without_rules(checkout: Path, api: PullRequest) -> None:
    (checkout / "access").mkdir()
    for name in ("ordain.toml", "rules", "ad", "hr", "README.md"):
        git(checkout, "mv", name, f"access/{name}")
    commit(checkout, "Moved")
    ran = runner(checkout, api).run(workspace="access")
    assert ran.failed is None, ran.log
    assert "Nothing was compared" in ran.log
    git(checkout, "push", "-q", "origin", "change:main")
    change_in = checkout / "access" / "rules" / "harbour.ordain"
    text = change_in.read_text(encoding="utf-8")
    change_in.write_text(text.replace(GRANT, ""), encoding="utf-8")
    commit(checkout, "Less")
    ran = runner(checkout, api).run(workspace="access")
    assert ran.failed is None, ran.log
    (told,) = api.comments.values()
    assert "All staff" in told
    assert '"access"' in told.splitlines()[0]


def test_nothing_a_person_writes_becomes_part_of_a_script(checkout: Path, api: PullRequest) -> None:
    ran = runner(checkout, api).run(base='main"; touch owned; "')
    assert ran.failed is not None
    assert not (checkout / "owned").exists()
