"""The README's tour, with the commands as they stand there, and `ordain demo`: what newcomers see first stays true."""

import re
import shlex
from pathlib import Path

import pytest

from tests.acceptance.clinic import ROOT, Clinic, run_here

TOUR = (ROOT / "README.md").read_text(encoding="utf-8").split("## Ten minutes with it")[1].split("\n## ")[0]
BLOCKS = re.findall(r"^```\n(.*?)^```", TOUR, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("ordain ")]


@pytest.mark.usefixtures("somebody")
def test_the_tour(tmp_path: Path) -> None:
    here = tmp_path
    told: dict[str, str] = {}
    for line in COMMANDS:
        for command in line.split(" && "):
            name, *words = shlex.split(command, comments=True)
            if name == "cd":
                here = here / words[0]
                continue
            ran = run_here(*words, cwd=here)
            told[command] = ran.out + ran.err
            code = 3 if "# refused" in line else 1 if "# not kept" in line else 0
            assert ran.code == code, f"{command}\n{told[command]}"
    assert len(told) >= 12
    assert "nobody" in next(text for command, text in told.items() if "# refused" in command)
    assert "No lines" in next(text for command, text in told.items() if "# nothing left" in command)
    assert (here / "diff.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_rule_that_the_tour_shows_is_the_one_of_the_example() -> None:
    (shown,) = [block for block in BLOCKS if block.startswith("rule ")]
    assert shown in (ROOT / "rules" / "first-steps" / "rules" / "harbour.ordain").read_text(encoding="utf-8")


def test_the_problem_that_the_tour_shows_is_what_check_says(new: Clinic) -> None:
    (shown,) = [block for block in BLOCKS if ": error " in block]
    new.edit("rules/harbour.ordain", 'contract.department is "CARE"', 'contract.departmnt is "CARE"')
    ran = new("check")
    assert ran.code == 1
    assert shown in ran.out


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Clinic]:
    """What `ordain demo` tells, and the workspace it leaves."""
    folder = tmp_path_factory.mktemp("demo") / "clinic"
    ran = run_here("demo", "-w", folder)
    assert (ran.code, ran.err) == (0, "")
    return ran.out, Clinic(folder)


BEATS = [
    (1, r"13 persons, 13 contracts, 7 departments", r"snapshot [0-9a-f]{64}"),
    (2, r"account +grant +planned +13", r"because staff-account \(harbour\.ordain:\d+\), contract 1006-1"),
    (3, r"refused: .*ORD0726"),
    (4, r"rita@harbour\.example approves; 66 of 66 actions are done", r"true,Ada Vermeer,1001,avermeer"),
    (5, r"No lines: what people have is what the rules give them", r"refused: .*ORD0825"),
    (6, r"No line is about Hanna", r"grant access in ad", r"6 of 6 actions are done"),
    (7, r"1008 Hanna Jansen", r"- revoke access in ad", r"outside the window, 2023-03-01 to 2026-03-31"),
    (8, r"account +revoke +blocked +5", r"the limit of 3 or 40 % is reached", r"--release ad/revoke/account"),
    (9, r"ok: Lines and salts give the signed Merkle root", r"is whole"),
]


@pytest.mark.parametrize("beat", BEATS, ids=[str(beat[0]) for beat in BEATS])
def test_the_demo_shows(story: tuple[str, Clinic], beat: tuple[int, *tuple[str, ...]]) -> None:
    number, *expected = beat
    told, _ = story
    start = told.index(f"\n{number}. ")
    end = told.find(f"\n{number + 1}. ")
    section = told[start : end if end > 0 else None]
    for pattern in expected:
        assert re.search(pattern, section), f"{pattern} is not in\n{section}"


def test_the_demo_leaves_a_workspace_to_look_around_in(story: tuple[str, Clinic]) -> None:
    told, clinic = story
    offered = re.findall(rf"^   ordain (.+) -w {re.escape(str(clinic.root))}$", told, re.MULTILINE)
    assert len(offered) >= 5
    for words in offered:
        clinic.fine(*shlex.split(words))
    assert "is whole" in clinic.fine("audit", "verify").out
