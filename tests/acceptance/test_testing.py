"""`ordain test`: what a person reads when tests pass and fail, and what machines get."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml

from tests.acceptance.clinic import Clinic, Ran

RULES = """policy "Ward"
    language 1
    timezone "Europe/Amsterdam"
end
target ad "AD"
end
rule birthright "An account for everybody with a job"
    when contract.title.code is known
    starting 14 days before contract.start_date
    grant account in ad
    grant access in ad starting contract.start_date
end
rule nurse "Nurses see the wards"
    when contract.title.code in nurses
    grant permission "SEC-Nurse" in ad
end
set nurses from "nurses.csv" column "code"
"""
NURSE = """
test "A nurse, early & late"
    person "P1"
        contract "C1"
            title.code: "NURSE"
            start_date: 2026-03-15
            end_date: 2026-08-31
        end
    end
    on 2026-02-28 expect nothing
    on 2026-03-01
        expect account in ad because birthright
        expect no access in ad
    on 2026-03-15
        expect grant access in ad
        expect only account in ad, access in ad, permission "SEC-Nurse" in ad
    on 2026-09-01 expect revoke account in ad
end
"""
PORTER = """
test "A <porter> sees no ward"
    person "P2"
        contract "C1"
            title.code: "PORTER"
            start_date: 2026-03-15
        end
    end
    on 2026-03-15 expect permission "SEC-Nurse" in ad
end
"""


@pytest.fixture
def ward(tmp_path: Path, somebody: None) -> Clinic:
    """A workspace with rules and a test that passes."""
    made = Clinic(tmp_path / "ward")
    made.write("ordain.toml", '[workspace]\nname = "ward"\n')
    made.write("rules/ward.ordain", RULES)
    made.write("rules/nurses.csv", "code\nNURSE\n")
    made.write("rules/tests/nurse.ordain", NURSE)
    return made


def test_what_passes_gets_a_tick(ward: Clinic) -> None:
    ran = ward("test")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == ("tests/nurse.ordain\n  ✓ A nurse, early & late\n1 test, 6 expectations: all passed\n")
    assert not (ward.root / ".ordain").exists()


def test_what_fails_says_where_what_came_and_why(ward: Clinic) -> None:
    ward.write("rules/tests/porter.ordain", PORTER)

    ran = ward("test", "--verbose")

    assert ran.code == 1
    assert "      ✓ 2026-03-01 expect account in ad because birthright\n" in ran.out
    assert ran.out.endswith(
        """\
tests/porter.ordain
  ✗ A <porter> sees no ward
      tests/porter.ordain:9: on 2026-03-15, person P2
          expect permission "SEC-Nurse" in ad
        Not entitled to permission "SEC-Nurse" in ad.
        permission "SEC-Nurse" in ad: not entitled
          nearest is rule nurse (ward.ordain:13), for any contract: Nurses see the wards
            ✗ contract C1: contract.title.code in nurses is false (saw "PORTER"). (ward.ordain:14)

2 tests, 7 expectations: 1 test failed, 1 expectation not met
"""
    )


def test_a_machine_gets_one_value(ward: Clinic) -> None:
    ward.write("rules/tests/porter.ordain", PORTER)

    for words in (("--json",), ("--format", "json")):
        ran = ward("test", *words)

        assert (ran.code, ran.err) == (1, "")
        assert ran.json["counts"] == {"tests": 2, "failed": 1, "not_run": 0, "expectations": 7, "not_met": 1}
        assert [one["passed"] for one in ran.json["tests"]] == [True, False]
        (failed,) = ran.json["tests"][1]["expectations"]
        assert failed["words"] == 'expect permission "SEC-Nurse" in ad'
        assert failed["explanations"][0]["answers"][0]["nearest"][0]["rule"] == "nurse"
        assert ran.problems == ["ORD1002"]


def test_github_gets_annotations_beside_the_line(ward: Clinic) -> None:
    ward.write("rules/tests/porter.ordain", PORTER)

    ran = ward("test", "--format", "github")

    assert ran.code == 1
    (line,) = ran.out.splitlines()
    assert line.startswith("::error file=")
    assert "rules/tests/porter.ordain,line=9,endLine=9,title=ORD1002" in line
    assert 'expect permission "SEC-Nurse" in ad` is not met.%0ANot entitled to' in line
    assert "2 tests, 7 expectations: 1 test failed" in ran.err


def test_build_servers_read_junit(ward: Clinic, tmp_path: Path) -> None:
    ward.write("rules/tests/porter.ordain", PORTER.replace("sees no ward", 'sees no \\"ward\\"'))
    ward.write(
        "rules/tests/absent.ordain",
        'test "Absent"\n    from snapshot "no.json"\n    on 2026-01-01 person "1" expect nothing\nend\n',
    )
    file = tmp_path / "out" / "junit.xml"

    assert ward("test", "--junit", file).code == 1

    suites = {one.name: one for one in JUnitXml.fromfile(str(file))}
    assert [*suites] == ["tests/absent.ordain", "tests/nurse.ordain", "tests/porter.ordain"]
    assert [(one.tests, one.failures, one.errors) for one in suites.values()] == [(1, 0, 1), (1, 0, 0), (1, 1, 0)]
    (nurse,) = suites["tests/nurse.ordain"]
    assert (nurse.name, nurse.classname, nurse.result) == ("A nurse, early & late", "tests/nurse.ordain", [])
    (porter,) = suites["tests/porter.ordain"]
    assert porter.name == 'A <porter> sees no "ward"'
    (failure,) = porter.result
    assert isinstance(failure, Failure)
    assert failure.message == 'Not entitled to permission "SEC-Nurse" in ad.'
    assert "ward.ordain:14" in failure.text
    (absent,) = suites["tests/absent.ordain"]
    assert isinstance(absent.result[0], Error)


def test_errors_in_the_rules_are_told_and_no_test_is_run(ward: Clinic, tmp_path: Path) -> None:
    ward.edit("rules/tests/nurse.ordain", "because birthright", "because birthrigt")
    file = tmp_path / "junit.xml"

    ran = ward("test", "--junit", file)

    assert (ran.code, ran.out) == (1, "")
    assert "did you mean `birthright`?" in ran.err
    assert ward("test", "--json").problems == ["ORD0229"]
    assert "file=" in ward("test", "--format", "github").out
    (suite,) = JUnitXml.fromfile(str(file))
    assert (suite.name, suite.errors) == ("rules", 1)


def test_no_tests_is_no_failure(ward: Clinic) -> None:
    (ward.root / "rules" / "tests" / "nurse.ordain").unlink()

    ran = ward("test")

    assert ran.code == 0
    assert ran.out.startswith("There are no tests in these rules.\n")
    assert "ordain test --write PERSON" in ran.out


@pytest.mark.parametrize(("text", "ran"), [("NURSE", 1), ("porter.ordain", 1), ("tests/", 2), ("nobody", 0)])
def test_a_filter_goes_by_title_and_file(ward: Clinic, text: str, ran: int) -> None:
    ward.write("rules/tests/porter.ordain", PORTER)

    counts = ward("test", "--filter", text, "--json").json["counts"]

    assert (counts["tests"], counts["not_run"]) == (ran, 2 - ran)


def test_fail_fast_stops_at_the_first_failure(ward: Clinic) -> None:
    ward.write("rules/tests/a.ordain", PORTER)
    ward.write("rules/tests/b.ordain", PORTER.replace("A <porter>", "Another"))

    ran = ward("test", "--fail-fast")

    assert ran.code == 1
    assert ran.out.endswith("1 test, 1 expectation (2 of 3 not run): 1 test failed, 1 expectation not met\n")


def test_people_come_from_a_vault_file(ward: Clinic) -> None:
    contract = {"ExternalId": "C1", "StartDate": "2026-03-01T00:00:00Z", "Title": {"ExternalId": "T", "Code": "NURSE"}}
    vault = {"Persons": [{"ExternalId": "1001", "DisplayName": "Iris", "Contracts": [contract]}], "Departments": []}
    both = """
test "From the file"
    from snapshot "PLACE"
    on 2026-03-01 person "1001" expect permission "SEC-Nurse" in ad
end
"""
    ward.write("rules/fixtures/people.json", json.dumps(vault))
    ward.write("hr/vault.json", json.dumps(vault))
    ward.write("rules/tests/a.ordain", both.replace("PLACE", "fixtures/people.json"))
    ward.write("rules/tests/b.ordain", both.replace("PLACE", "hr/vault.json").replace("From", "Of"))

    ward.fine("test")
    ward.write("hr/vault.json", "{")
    ward.edit("rules/tests/a.ordain", "fixtures/people.json", "../../people.json")
    ran = ward("test")

    assert ran.code == 1
    assert "tests/a.ordain:3: ORD1001 There is no file “../../people.json”" in ran.out
    assert "tests/b.ordain:3: ORD1001 hr/vault.json is no JSON" in ran.out
    assert ran.out.endswith("3 tests, 6 expectations: 2 tests failed\n")


UPDATE = """
test "Whoever gets another job is renamed"
    person "P1"
        holding account in ad
        contract "C1"
            title.code: "NURSE"
            start_date: 2026-01-01
            end_date: 2026-06-30
        end
        contract "C2"
            title.code: "PORTER"
            start_date: 2026-07-01
        end
    end
    on 2026-07-01 expect update account in ad
    on 2026-07-02 expect update account in ad
end
"""


def test_accounts_are_mapped_as_in_the_workspace(ward: Clinic) -> None:
    script = json.dumps("'Job ' + Person.PrimaryContract.Title.Code")
    action = {
        "MapForActions": ["Create", "Update"],
        "MappingMode": "Complex",
        "Value": script,
        "StoreInAccountData": False,
        "UsedInNotifications": False,
    }
    field = {"Name": "Job", "Description": "", "Type": "Text", "MappingActions": [action]}
    ward.write("ad.json", json.dumps({"Version": "v1", "MappingFields": [field], "UniqueFieldNames": []}))
    ward.edit(
        "ordain.toml", 'name = "ward"\n', 'name = "ward"\n[targets.ad]\nconnector = "memory"\nfields = "ad.json"\n'
    )
    ward.edit("rules/ward.ordain", '"Europe/Amsterdam"\n', '"Europe/Amsterdam"\n    primary contract by active first\n')
    ward.write("rules/tests/update.ordain", UPDATE)

    for jobs in ((), ("--jobs", 2)):
        told = ward("test", *jobs, "--json").json["tests"][1]["expectations"]

        assert [one["passed"] for one in told] == [True, False]
        (came,) = told[1]["came"]
        assert came.startswith("Nothing changes: account in ad is held already")


def test_several_processes_tell_the_same_in_the_same_order(ward: Clinic) -> None:
    for number in range(20):
        text = (NURSE, PORTER)[number % 3 == 0]
        name = text.split('"')[1]
        ward.write(f"rules/tests/t{number:02}.ordain", text.replace(name, f"{name} {number}"))

    alone, together = ward("test", "--jobs", 1), ward("test", "--jobs", 2)

    assert alone == together
    assert (alone.code, alone.out.count("✗")) == (1, 14)


def test_a_person_frozen_unawares_smells(ward: Clinic) -> None:
    ward.write("rules/more.ordain", "field contract.type.code is text required\n")

    ran = ward("test", "--filter", "nurse")

    assert "! person P1 is frozen from 2026-02-28 on, so in reality nothing changes: contract.type.code is" in ran.out
    assert "ORD1003" in ward("test", "--json").problems


def watched(process: subprocess.Popen[str], until: str) -> str:
    """Read what a watching command says until a line begins with `until`."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith(until):
            return said
    raise AssertionError(said)


def test_watching_runs_again_after_a_change_and_ends_with_an_interrupt(ward: Clinic) -> None:
    command = [sys.executable, "-c", "from api.cli.main import main; main()", "test", "--watch", "-w", str(ward.root)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        first = watched(process, "Watching")
        ward.write("rules/nurses.csv", "code\nDOCTOR\n")
        second = watched(process, "Watching")
        ward.write("rules/ward.ordain", "policy\n")
        third = watched(process, "Watching")
        process.send_signal(signal.SIGINT)
        last = process.stdout.read() if process.stdout else ""
        code = process.wait(timeout=60)

    assert "1 test, 6 expectations: all passed" in first
    assert "Changed: nurses.csv\n" in second
    assert "1 test failed, 1 expectation not met" in second
    assert "error ORD" in third
    assert last.endswith("Watched no longer.\n")
    assert code == 0


def test_a_test_is_written_from_a_real_person_and_passes(known: Clinic) -> None:
    written = known.fine("test", "--write", "1001", "--as-of", "2026-03-02")
    assert written.out.startswith(
        "# Drawn from person 1001: fields that no rule looks at, such as names, are left out.\n"
    )
    assert 'test "What person 1001 gets on 2026-03-02"\n' in written.out
    assert "because " in written.out
    assert known.vault["Persons"][0]["DisplayName"] not in written.out

    file = known.root / "rules" / "tests" / "people.ordain"
    people = [one["ExternalId"] for one in known.without_tests().vault["Persons"]]
    for person in people:
        ran = known.fine("test", "--write", person, "--as-of", "2026-03-02", "--out", file)
        assert ran.out == f"Wrote “What person {person} gets on 2026-03-02” to {file}.\n"
    again = known.fine("test", "--write", "1001", "--as-of", "2026-03-02", "--json").json
    assert again["title"] == "What person 1001 gets on 2026-03-02 (2)"

    ran = known.fine("test")
    assert f"{len(people)} tests, " in ran.out
    assert "all passed" in ran.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--write", "10O1"), "There is no such person"),
        (("--out", "x.ordain"), "--as-of and --out belong to --write"),
        (("--write", "1001", "--as-of", "1-3-2026"), "1-3-2026 is no date"),
        (("--jobs", "0"), "greater than or equal to 1"),
    ],
)
def test_wrong_calls(known: Clinic, words: tuple[str, ...], told: str) -> None:
    ran = known("test", *words)

    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def git(ward: Clinic, *words: str) -> None:
    who = ("-c", "user.name=Otto", "-c", "user.email=otto@ward.example")
    subprocess.run(["git", "-C", str(ward.root), *who, *words], check=True, capture_output=True)


def titles(ran: Ran) -> list[str]:
    return [one["title"] for one in ran.json["tests"]]


SEVERAL = """
test "Account"
    person "P1"
        contract "C1"
            title.code: "COOK"
            start_date: 2026-03-15
        end
    end
    on 2026-03-15 expect account in ad
end
test "Mapped"
    person "P1"
        holding account in ad
        contract "C1"
            title.code: "COOK"
            start_date: 2026-03-15
        end
    end
    on 2026-03-15 expect account in ad
    on 2026-03-16 expect no permission "SEC-Nurse" in ad
end
test "File"
    from snapshot "fixtures/people.json"
    on 2026-03-15 person "1" expect no access in ad
end
"""


def test_only_what_a_change_can_touch_is_run(ward: Clinic) -> None:
    ward.write("rules/fixtures/people.json", '{"Persons": [{"ExternalId": "1", "Contracts": []}]}')
    ward.write("rules/tests/several.ordain", SEVERAL)
    git(ward, "init", "-q", "-b", "main")
    git(ward, "add", ".")
    git(ward, "commit", "-qm", "Begin")

    assert titles(ward("test", "--changed-since", "main", "--json")) == []
    assert ward("test", "--changed-since", "HEAD").out == "0 tests, 0 expectations (4 of 4 not run): nothing to do\n"

    ward.write("rules/nurses.csv", "code\nNURSE\nCARER\n")
    ran = ward("test", "--changed-since", "main", "--json")
    assert titles(ran) == ["A nurse, early & late", "Mapped"]
    assert ran.json["counts"]["not_run"] == 2

    ward.write("rules/fixtures/people.json", '{"Persons": [{"ExternalId": "1", "Contracts": [ ]}]}')
    assert titles(ward("test", "--changed-since", "main", "--json"))[2] == "File"
    assert titles(ward("test", "--changed-since", "main", "--filter", "file", "--json")) == ["File"]

    git(ward, "commit", "-qam", "More")
    ward.edit("rules/tests/several.ordain", "on 2026-03-16 expect no", "on 2026-03-17 expect no")
    assert titles(ward("test", "--changed-since", "main", "--json")) == ["Mapped"]


def test_a_revision_nobody_knows_is_wrong_usage_and_one_with_errors_runs_everything(ward: Clinic) -> None:
    assert ward("test", "--changed-since", "main").code == 2
    ward.edit("rules/ward.ordain", "language 1\n", "")
    git(ward, "init", "-q", "-b", "main")
    git(ward, "add", ".")
    git(ward, "commit", "-qm", "Begin")
    ward.edit("rules/ward.ordain", '"Ward"\n', '"Ward"\n    language 1\n')

    ran = ward("test", "--changed-since", "main")

    assert (ran.code, "1 test, 6 expectations: all passed" in ran.out) == (0, True)
    assert ran.err == "The rules had errors at main, so all tests are run.\n"
    assert ward("test", "--changed-since", "mian").code == 2
