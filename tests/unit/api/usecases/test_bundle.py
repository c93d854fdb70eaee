"""Everything signed about a diff in one folder, which `ordain verify` checks offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.main import main
from api.usecases.approve import Review, approve_diff
from api.usecases.bundle import write_bundle
from api.usecases.keys import find_reviewer
from policy.diagnostics import RefusedError, UsageError
from policy.statements import ApprovalScope, Decision
from tests.simulation.town import REVIEWER, Town, open_town, person


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with open_town(tmp_path / "town") as opened:
        opened.people(person("P1"))
        yield opened


def run(*words: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["ordain", *words])
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def verify(town: Town, folder: Path) -> int:
    at = town.clock.moment.isoformat()
    return run("verify", str(folder), "-w", str(town.root), "--at", at)


def test_the_whole_chain_lies_in_the_folder(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diff, folder = town.approved(), tmp_path / "out"
    assert write_bundle(town.tools(), diff, folder) == (
        "diff.dsse.json",
        "lines.ndjson",
        "salts.ndjson",
        "approval-1.dsse.json",
    )
    town.enforce(diff)
    # Written again later, for instance years later, it has the run too.
    assert run("show", diff, "--bundle", str(folder), "-w", str(town.root)) == 0
    assert {path.name for path in folder.iterdir()} == {
        "diff.dsse.json",
        "lines.ndjson",
        "salts.ndjson",
        "approval-1.dsse.json",
        "execution.dsse.json",
        "outcomes.ndjson",
    }
    capsys.readouterr()
    assert verify(town, folder) == 0
    assert "The 5 outcomes are those that were signed" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["outcomes.ndjson", "lines.ndjson", "execution.dsse.json", "approval-1.dsse.json"])
def test_a_folder_that_was_touched_does_not_verify(town: Town, tmp_path: Path, name: str) -> None:
    diff, folder = town.approved(), tmp_path / "out"
    town.enforce(diff)
    write_bundle(town.tools(), diff, folder)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    assert verify(town, folder) == 3


def test_two_diffs_do_not_lie_in_one_folder(town: Town, tmp_path: Path) -> None:
    write_bundle(town.tools(), town.approved(), tmp_path / "out")
    with pytest.raises(RefusedError) as caught:
        write_bundle(town.tools(), town.evaluate(), tmp_path / "out")
    assert caught.value.diagnostic.code == "ORD0939"


def test_while_a_run_is_open_there_is_no_statement_about_it(town: Town, tmp_path: Path) -> None:
    diff = town.approved()
    town.targets["erp"].trouble = lambda _: "lost before"
    town.targets["erp"].dark = lambda what: what == "probe"
    assert not town.enforce(diff).finished
    assert "execution.dsse.json" not in write_bundle(town.tools(), diff, tmp_path / "out")


def test_enforce_writes_the_folder_along_the_way(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.compose._now", town.clock.now)
    diff, folder = town.approved(), tmp_path / "out"
    words = ("enforce", diff, "-w", str(town.root), "--out", str(folder), "--json")
    assert run(*words) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["finished"]
    assert said["notes"] == []
    assert len((folder / "outcomes.ndjson").read_bytes().splitlines()) == len(said["outcomes"]) == 5
    assert verify(town, folder) == 0
    assert run("enforce", "--resume", "--out", str(folder), "-w", str(town.root)) == 2


@pytest.mark.parametrize("scope", [ApprovalScope(lines=frozenset({0, 99})), ApprovalScope(frozenset({"nowhere"}))])
def test_nobody_approves_what_is_not_in_the_diff(town: Town, scope: ApprovalScope) -> None:
    diff, tools = town.evaluate(), town.tools(REVIEWER)
    signer, whose = find_reviewer(tools.workspace, person=REVIEWER, key_file=None)
    with pytest.raises(UsageError) as caught:
        approve_diff(tools, diff, Review(whose, Decision.APPROVE, scope), signer=signer)
    assert caught.value.diagnostic.code == "ORD0912"
