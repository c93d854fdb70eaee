"""Every command: its help, what it prints for people and machines, its exit codes."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer.main

from api.cli.main import build_app
from api.cli.registry import COMMANDS, GROUPS
from tests.acceptance.clinic import DAY, REVIEWER, Clinic, run_here, without_progress

ESCAPE = "\x1b"


def paths() -> Iterator[tuple[str, ...]]:
    """Every command and subcommand."""
    yield ()
    command = typer.main.get_command(build_app([]))
    for name, inner in command.commands.items():  # type: ignore[attr-defined]  # a group
        yield (name,)
        for below in getattr(inner, "commands", {}):
            yield (name, below)


PATHS = sorted(paths())
WITHOUT_JSON = {(), ("init",), ("demo",), ("serve",), ("tokens",), ("migrate",), ("lsp",)}
WITHOUT_WORKSPACE = {(), ("init",), ("tokens",), ("migrate",), ("migrate", "helloid"), ("lsp",)}


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_tells_of_every_option(path: tuple[str, ...]) -> None:
    ran = run_here(*path, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.split("\n\n")[1].strip()) > 10  # what the command does stands below how it is called
    options = ran.out[ran.out.index("Options:") :]
    for option in re.split(r"\n  (?=-)", options)[1:]:
        assert len(re.sub(r"^.*?(\s{2,}|\n)", "", option, count=1, flags=re.DOTALL).strip()) > 3, option
    assert ("--json" in options) == (path not in WITHOUT_JSON)
    assert ("-w, --workspace" in options) == (path not in WITHOUT_WORKSPACE)
    assert ESCAPE not in ran.out


def test_help_lists_every_command_with_what_it_does() -> None:
    listed = run_here("--help").out
    for name in (*COMMANDS, *GROUPS):
        assert re.search(rf"^  {name}\s+[A-Z].{{15}}", listed, re.MULTILINE), name
    assert "0 fine, 1 problems found in rules or data, 2 wrong usage, 3\n  refused, 4 the world failed" in listed


JSON_KEYS: dict[tuple[str, ...], set[str]] = {
    ("check",): {"problems"},
    ("import",): {"import", "state", "snapshot", "persons", "contracts", "departments", "frozen", "limits", "problems"},
    ("evaluate", "--as-of", DAY): {"diff", "totals", "limits", "as_of", "enforceable", "violations"},
    ("forecast", "--from", DAY): {"from", "until", "start", "persons", "managed", "only", "totals", "days"},
    ("show", "DIFF"): {"diff", "as_of", "state", "approval", "totals", "limits", "lines", "expires_at"},
    ("explain", "1001"): {"person", "as_of"},
    ("explain", "1001", "account in ad"): {"person", "as_of"},
    ("approve", "DIFF"): {"diff", "person", "decision", "approval"},
    ("ledger",): {"lineage", "serial", "entries"},
    ("audit", "verify"): {"intact", "entries", "checkpoints", "root", "problems"},
    ("graph",): {"nodes", "edges"},
    ("keys", "create", "ann@harbour.example"): {"person", "file", "public"},
}
LISTS = [("show",), ("ledger", "--runs"), ("history", "1001"), ("audit",), ("keys",), ("enforce", "--resume")]


@pytest.mark.parametrize("words", JSON_KEYS, ids=" ".join)
def test_a_machine_reads_one_object(known: Clinic, words: tuple[str, ...], only_diff: Callable[[Clinic], str]) -> None:
    ran = known.fine(*[only_diff(known) if word == "DIFF" else word for word in words], "--json")
    assert JSON_KEYS[words] <= set(ran.json)
    assert ran.err == ""


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_a_machine_reads_one_list(known: Clinic, words: tuple[str, ...]) -> None:
    assert isinstance(known.fine(*words, "--json").json, list)


def test_evaluate_prints_one_object_even_when_it_imports_first(new: Clinic) -> None:
    ran = new.fine("evaluate", "--as-of", DAY, "--json")
    assert set(ran.json["totals"][0]) == {"target", "kind", "op", "status", "count"}
    assert {one["target"] for one in ran.json["limits"]} == {"ad"}
    assert ran.json["limits"][0]["tripped"] is False
    assert re.fullmatch(r"[0-9a-f]{32}", ran.json["diff"])


def test_enforce_tells_every_outcome(known: Clinic) -> None:
    run = known.enforce()
    assert run["finished"] is True
    assert len(run["outcomes"]) == 66
    assert {one["state"] for one in run["outcomes"]} == {"done"}
    (listed,) = known.fine("ledger", "--runs", "--json").json
    assert listed["run"] == run["run"]
    assert len(listed["actions"]) == 66


def test_verify_tells_a_machine_what_holds(known: Clinic) -> None:
    known.fine("evaluate", "--as-of", DAY, "--out", known.root / "diff")
    report = known.fine("verify", known.root / "diff", "--json").json
    assert report["ok"] is True
    assert report["problems"] == []
    assert len(report["checks"]) >= 5


WORDS = [
    ("check",),
    ("import",),
    ("evaluate", "--as-of", DAY),
    ("show",),
    ("show", "DIFF"),
    ("explain", "1001"),
    ("ledger",),
    ("ledger", "--runs"),
    ("history", "1001"),
    ("audit",),
    ("audit", "verify"),
    ("graph",),
    ("keys",),
]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_no_colour_when_none_is_asked_for(
    live: Clinic,
    words: tuple[str, ...],
    only_diff: Callable[[Clinic], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = [only_diff(live) if word == "DIFF" else word for word in words]
    assert ESCAPE not in live.fine(*call).out
    monkeypatch.setenv("NO_COLOR", "1")
    ran = live(*call, terminal=True)
    assert ESCAPE not in ran.out + ran.err


def test_colour_on_a_terminal(live: Clinic) -> None:
    assert ESCAPE in live("keys", terminal=True).out
    live.edit("rules/harbour.ordain", "contract.department is", "contract.departmnt is")
    assert ESCAPE in live("check", terminal=True).out
    assert ESCAPE in live("graph", terminal=True).err
    assert ESCAPE not in live("graph").err


def ordain(*words: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The command as it is installed, in a process of its own."""
    program = Path(sys.executable).parent / "ordain"
    names = ("PATH", "HOME", "COVERAGE_PROCESS_START", "COVERAGE_FILE")
    kept = {name: value for name, value in os.environ.items() if name in names}
    environment = {**kept, "ORDAIN_ACTOR": "otto@harbour.example", **more}
    called = [str(program), *map(str, words)]
    done = subprocess.run(called, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    done.stderr = without_progress(done.stderr)
    return done


def test_the_installed_command_works_in_the_folder_it_is_called_in(known: Clinic) -> None:
    assert ordain("--version", cwd=known.root).stdout.startswith("ordain ")
    checked = ordain("check", cwd=known.root)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "\n3 rules in 2 files: " in f"\n{checked.stdout}"
    refused = ordain("enforce", json.loads(ordain("show", "--json", cwd=known.root).stdout)[0]["diff"], cwd=known.root)
    assert refused.returncode == 3
    assert "ORD0726" in refused.stderr
    assert ordain("show", "abcdef", cwd=known.root).returncode == 2
    assert "Traceback" not in refused.stderr


def test_a_narrow_encoding_is_no_failure(known: Clinic) -> None:
    for file in ("rules/harbour.ordain", "rules/tests.ordain"):
        known.edit(file, "title-permissions", "title-permissionz")
    shown = ordain("explain", "1003", cwd=known.root, PYTHONIOENCODING="ascii")
    assert (shown.returncode, shown.stderr) == (0, "")
    machine = ordain("history", "1003", "--json", cwd=known.root, PYTHONIOENCODING="ascii")
    assert "Chloé Martin" in {one["new"] for one in json.loads(machine.stdout)}


def test_a_reader_that_leaves_early_is_no_failure(known: Clinic, tmp_path: Path) -> None:
    known.fine("evaluate", "--as-of", DAY)
    program = Path(sys.executable).parent / "ordain"
    process = subprocess.Popen(
        [str(program), "show", "--format", "json", known.evaluate()["diff"]],
        cwd=known.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    told = without_progress(process.stderr.read().decode())
    process.stderr.close()
    assert (process.wait(timeout=60), told) == (0, "")


def test_who_asked_is_kept(known: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDAIN_ACTOR", "nina@harbour.example")
    known.evaluate()
    assert known.fine("audit", "--last", "1", "--json").json[0]["actor"] == "nina@harbour.example"
    assert known.fine("show", "--json").json[-1]["requested_by"] == "nina@harbour.example"
    assert REVIEWER in known.fine("keys").out
