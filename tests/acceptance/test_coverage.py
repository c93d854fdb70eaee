"""Coverage and mutation through the command: text, page, tracefile, a least share, survivors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.acceptance.clinic import Clinic

TESTS = """
test "A nurse"
    department "W3" below "CARE"
    person "P1"
        contract "C1"
            type.code: "EMP"
            department: "W3"
            title.external_id: "NURSE"
            start_date: 2026-03-15
            end_date: 2026-08-31
        end
    end
    on 2026-02-28 expect nothing
    on 2026-03-01
        expect account in ad because staff-account
        expect no access in ad
    on 2026-10-01 expect nothing
end
"""


@pytest.fixture
def tested(new: Clinic) -> Clinic:
    """A clinic with one test."""
    new.write("rules/tests.ordain", TESTS)
    return new


def test_coverage_stands_on_the_source(tested: Clinic) -> None:
    ran = tested.fine("test", "--coverage")
    assert 'define staff as contract.type.code in ("EMP", "INT", "TMP")' in ran.out
    assert "^ never false" in ran.out
    assert "never prescribe-and-pay" in ran.out
    assert "never denies anything" in ran.out
    assert ran.out.splitlines()[-1].startswith("Coverage: ")


def test_a_least_share_fails_below_it(tested: Clinic) -> None:
    share = tested.fine("test", "--coverage", "--json").json["coverage"]
    least = int(float(share["percent"]))
    assert 0 < least < 100
    tested.fine("test", "--min", least)
    below = tested("test", "--min", least + 1)
    assert below.code == 1
    assert f"at least {least + 1} % are asked for" in below.out
    assert share["seen"] + sum(len(one["missing"]) for one in share["items"]) == share["wanted"]


def test_a_tracefile_names_files_as_the_repository_does(tested: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "out" / "coverage.lcov"
    tested.fine("test", "--lcov", file)
    records = file.read_text(encoding="utf-8").split("end_of_record\n")
    assert records[-1] == ""
    for record in records[:-1]:
        facts = [line.partition(":") for line in record.splitlines()]
        assert next(value for key, _, value in facts if key == "SF").endswith("harbour.ordain")
        hit = [value.split(",")[1] for key, _, value in facts if key == "DA"]
        counts = {key: int(value) for key, _, value in facts if key in {"LF", "LH", "BRF", "BRH", "FNF", "FNH"}}
        taken = [value.split(",")[3] for key, _, value in facts if key == "BRDA"]
        assert counts["LF"] == len(hit)
        assert counts["LH"] == hit.count("1")
        assert (counts["BRF"], counts["BRH"]) == (len(taken), taken.count("1"))
        assert counts["FNF"] >= counts["FNH"] > 0


def test_the_page_shows_the_source_in_a_browser(tested: Clinic, tmp_path: Path) -> None:
    page_file = tmp_path / "coverage.html"
    tested.fine("test", "--html", page_file)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(page_file.as_uri())
        assert page.inner_text("h1") == "Coverage of Harbour Clinic"
        assert page.locator("tr.part, tr.none").count() > 0
        assert page.locator("pre span.part").first.inner_text().startswith("contract.type.code in")
        assert "rule title-permissions" in page.inner_text("tr:has(pre:has-text('rule title-permissions')) .why")
        browser.close()
    assert errors == []


def test_survivors_are_listed_with_their_place(tested: Clinic) -> None:
    ran = tested("test", "--mutate", "--jobs", "1")
    assert ran.code == 1
    assert 'harbour.ordain:32: staff-account: without `grant permission "All staff" in ad`' in ran.out
    assert "staff-account: `starting 15 days before contract.start_date`" not in ran.out, "noticed on 28 February"
    assert "survived, listed above." in ran.out


def test_processes_find_the_same_survivors(tested: Clinic) -> None:
    alone = tested("test", "--mutate", "--jobs", "1", "--json").json["mutation"]
    together = tested("test", "--mutate", "--jobs", "2", "--json").json["mutation"]
    assert alone == together
    assert alone["tried"] > len(alone["survivors"]) > 0


def test_rules_that_are_tested_whole_have_no_survivors(new: Clinic) -> None:
    for file in (new.root / "rules").glob("*.ordain"):
        file.unlink()
    new.write(
        "rules/all.ordain",
        """
policy "All" language 1 timezone "UTC" end
target ad "AD" end
rule boss for person when person.excluded grant account in ad end
test "The boss" person "P1" excluded: true end person "P2" excluded: false end
    on 2026-01-01 person "P1" expect account in ad person "P2" expect nothing
end
""",
    )
    ran = new.fine("test", "--mutate", "--coverage", "--min", "100")
    assert "Mutation: 3 of 3 changes to the rules were noticed." in ran.out
    assert json.loads(new.fine("test", "--mutate", "--json").out)["mutation"]["survivors"] == []
