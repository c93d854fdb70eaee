"""`ordain check`: several problems in several files in one run, as text, JSON, SARIF and GitHub annotations."""

import re
from typing import Any

import pytest

from tests.acceptance.clinic import Clinic, Ran, run_here
from tests.builders.sarif import assert_valid_sarif


def worse_than_notes(ran: Ran) -> list[dict[str, Any]]:
    return [one for one in ran.json["problems"] if one["severity"] != "note"]


@pytest.fixture
def wrong(known: Clinic) -> Clinic:
    """Two files with three errors and a warning between them."""
    known.edit("rules/harbour.ordain", 'contract.department is "CARE"', 'contract.departmnt is "CARE"')
    known.write(
        "rules/more/night.ordain",
        """
target erp "Planning"
end

rule night "Night desk"
    when contract.type.code is "NIGHT" and
    grant account in ad
end

rule late "Late desk"
    when staf
    grant permission "Late" in nowhere
end
""",
    )
    return known


def test_every_problem_of_every_file_in_one_run(wrong: Clinic) -> None:
    ran = wrong("check", "--json")
    assert (ran.code, ran.err) == (1, "")
    places = [(one["place"]["path"], one["place"]["line"], one["code"]) for one in ran.json["problems"]]
    assert ("harbour.ordain", 38, "ORD0201") in places
    assert {line for path, line, _ in places if path == "more/night.ordain"} >= {6, 11, 12}
    assert places == sorted(places)


def test_text_shows_the_line_with_a_caret_and_what_to_do(wrong: Clinic) -> None:
    ran = wrong("check")
    assert (ran.code, ran.err) == (1, "")
    assert "harbour.ordain:38:13: error ORD0201" in ran.out
    assert (
        '   38 |         and contract.departmnt is "CARE" or below\n      |             ^^^^^^^^^^^^^^^^^^\n' in ran.out
    )
    assert "hint: did you mean `contract.department`?" in ran.out
    assert "hint: did you mean `staff`?" in ran.out
    assert re.search(r"^\d+ errors$", ran.out.splitlines()[-1])
    assert "Token" not in ran.out


@pytest.mark.parametrize("from_here", [True, False])
def test_sarif_finds_the_files_from_where_it_was_made(wrong: Clinic, *, from_here: bool) -> None:
    where = wrong.root if from_here else wrong.root.parent
    folder = "rules" if from_here else "clinic/rules"
    ran = run_here("check", "-w", wrong.root, "--format", "sarif", cwd=where)
    assert ran.code == 1
    assert_valid_sarif(ran.json)
    (run,) = ran.json["runs"]
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert uris == {f"{folder}/harbour.ordain", f"{folder}/more/night.ordain"}
    annotations = run_here("check", "-w", wrong.root, "--format", "github", cwd=where).out.splitlines()
    assert len(annotations) == len(run["results"])
    pattern = (
        rf"::(error|warning) file={folder}/(harbour|more/night)\.ordain,line=\d+,endLine=\d+,title=ORD\d{{4}} .+::.+"
    )
    assert [line for line in annotations if not re.fullmatch(pattern, line)] == []


def test_sarif_of_next_to_nothing_is_whole_too(known: Clinic) -> None:
    ran = known.fine("check", "--format", "sarif")
    assert_valid_sarif(ran.json)
    assert {one["level"] for one in ran.json["runs"][0]["results"]} <= {"note"}
    assert "::warning" not in known.fine("check", "--format", "github").out
    assert worse_than_notes(known.fine("check", "--json")) == []


def test_a_warning_fails_only_when_strict(known: Clinic) -> None:
    known.write("rules/more.ordain", 'target erp "Planning"\nend\n')
    ran = known.fine("check")
    assert "warning ORD0406" in ran.out
    assert "hint: add [targets.erp] to ordain.toml" in ran.out
    assert known("check", "--strict").code == 1
    strict = known("check", "--strict", "--json")
    assert sorted(one["code"] for one in worse_than_notes(strict)) == ["ORD0363", "ORD0406"]


def test_a_note_never_fails(known: Clinic) -> None:
    known.edit("rules/harbour.ordain", '    owner "care@harbour.example"\n', "")
    ran = known.fine("check", "--strict", "--json")
    assert "ORD0364" in ran.problems


def test_an_exclusion_that_ends_soon_is_announced(known: Clinic) -> None:
    known.write(
        "rules/ceo.ordain",
        """
exclude ceo "By hand"
    person "1001"
    from all targets
    because "Board"
    until 2020-01-01
end
""",
    )
    (problem,) = worse_than_notes(known.fine("check", "--json"))
    assert problem["severity"] == "warning"
    assert problem["place"]["path"] == "ceo.ordain"


@pytest.mark.parametrize("command", [("evaluate",), ("import",), ("explain", "1001"), ("graph",)])
def test_other_commands_show_the_problems_of_the_rules_as_well(wrong: Clinic, command: tuple[str, ...]) -> None:
    ran = wrong(*command)
    assert (ran.code, ran.out) == (1, "")
    assert "harbour.ordain:38:13: error ORD0201" in ran.err
    assert "^^^^^^^^" in ran.err
    assert "ORD0201" in wrong(*command, "--json").problems
