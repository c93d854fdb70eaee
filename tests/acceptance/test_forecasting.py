"""`ordain forecast` through the real command: what a clinic and a larger house will see happen, and when."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.acceptance.clinic import DAY, ROOT, Clinic

LAST = "2026-06-30"


def days_of(found: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    return {day["day"]: day for day in found["days"]}


def line_of(day: Any, **wanted: str) -> Any:  # noqa: ANN401  # JSON
    (line,) = [one for one in day["lines"] if all(one[name] == value for name, value in wanted.items())]
    return line


def test_somebody_starts_and_somebody_leaves(live: Clinic) -> None:
    found = live.fine("forecast", "--from", DAY, "--until", LAST, "--lines", "--json").json
    days = days_of(found)
    assert (found["start"], found["from"], found["until"]) == ("managed", DAY, LAST)
    assert [*days] == ["2026-03-10", "2026-04-01", "2026-05-01"]
    starts = line_of(days["2026-03-10"], person="1009", kind="access")
    assert (starts["op"], starts["status"], starts["because"][0]["rule"]) == ("grant", "planned", "staff-account")
    ends = line_of(days["2026-04-01"], person="1008", kind="access")
    assert (ends["op"], ends["before"][0]["rule"]) == ("revoke", "staff-account")
    assert ends["ended"][0]["text"] == "the window, 2023-03-01 to 2026-03-31, is over"
    assert line_of(days["2026-05-01"], kind="account")["op"] == "revoke"
    assert found["totals"]["grants"] == {"account": 0, "access": 1, "permission": 5}


def test_with_an_empty_ledger_it_starts_from_the_first_day(known: Clinic) -> None:
    words = ("forecast", "--from", DAY, "--until", LAST)
    empty, machine = known.fine(*words).out, known.fine(*words, "--json").json
    assert "Nothing is managed yet, so it starts from what the rules give on the first day: 66 entitlements" in empty
    known.enforce()
    assert "It starts from the 66 entitlements managed now, for 13 persons" in known.fine(*words).out
    managed = known.fine(*words, "--json").json
    assert (machine["start"], managed["start"], machine["days"]) == ("first_day", "managed", managed["days"])


def test_what_lies_open_comes_on_the_first_day(live: Clinic) -> None:
    found = live.fine("forecast", "--from", "2026-05-01", "--until", "2026-05-02", "--json").json
    (day,) = found["days"]
    assert day["day"] == "2026-05-01"
    assert day["targets"][0]["grants"] == {"account": 0, "access": 1, "permission": 5}
    assert day["targets"][0]["revokes"] == {"account": 1, "access": 1, "permission": 5}


def test_a_forecast_is_what_evaluations_find_later(live: Clinic) -> None:
    """Day by day through the real path: evaluate, approve, enforce."""
    ahead = days_of(live.fine("forecast", "--from", DAY, "--until", LAST, "--lines", "--json").json)
    for day in ("2026-03-10", "2026-04-01", "2026-05-01"):
        lines = live.fine("show", live.evaluate(day)["diff"], "--json").json["lines"]
        told = [
            {name: value for name, value in one.items() if name not in {"before", "n"}} for one in ahead[day]["lines"]
        ]
        assert [{name: value for name, value in one.items() if name != "n"} for one in lines] == told
        live.enforce(day)


def test_a_limit_that_would_trip_is_told(live: Clinic) -> None:
    live.edit("rules/harbour.ordain", "to 3 or 40 %", "to 1")
    words = ("forecast", "--from", DAY, "--until", LAST)
    text = live.fine(*words).out
    assert "! 2026-05-01: revoke account in ad would stop: 1 line reaches the limit of 1 (harbour.ordain:18; " in text
    assert " would trip\n" in text
    (tripped,) = [one for day in live.fine(*words, "--json").json["days"] for one in day["limits"] if one["tripped"]]
    assert (tripped["count"], tripped["base"], tripped["kind"]) == (1, 13, "account")
    assert live(*words, "--strict").code == 1
    assert live("forecast", "--from", DAY, "--until", "2026-04-30", "--strict").code == 0


def test_lines_are_narrowed_to_what_is_asked_for(live: Clinic) -> None:
    words = ("forecast", "--from", DAY, "--until", LAST)
    care = live.fine(*words, "--rule", "care").out
    assert "Only rule care; limits are judged by what happens to everybody." in care
    assert "until then because care" in care
    assert "Intranet" not in care
    assert "1008" not in live.fine(*words, "--person", "1009").out
    assert live.fine(*words, "--target", "ad", "--json").json["days"] == live.fine(*words, "--json").json["days"]
    # What lies open on the first day names the rule that is nearest.
    late = live.fine("forecast", "--from", "2026-05-01", "--until", "2026-05-02", "--rule", "title-permissions").out
    assert "- revoke permission" in late


def test_nothing_to_come_is_said(live: Clinic) -> None:
    text = live.fine("forecast", "--from", DAY, "--until", DAY).out
    assert text.endswith("Nothing will be granted or taken away.\n")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--from", "2026-03-02", "--until", "2026-03-01"), "ORD1401"),
        (("--from", "2026-03-02", "--until", "2036-03-01"), "ORD1402"),
        (("--until", "1-3-2026"), "ORD0941"),
        (("--from", "2026-W10-1"), "ORD0941"),
        (("--target", "adx"), "ORD1403"),
        (("--rule", "car"), "ORD1403"),
        (("--person", "9999"), "ORD0936"),
    ],
)
def test_what_cannot_be_forecast_is_told(known: Clinic, words: tuple[str, ...], code: str) -> None:
    ran = known("forecast", *words, "--json")
    assert (ran.code, ran.problems) == (2, [code])


def test_without_people_there_is_no_forecast(new: Clinic) -> None:
    ran = new("forecast", "--json")
    assert (ran.code, ran.problems) == (1, ["ORD0935"])


def test_an_exclusion_that_ends_and_a_never_that_holds_back(tmp_path: Path, somebody: None) -> None:
    house = Clinic(tmp_path / "meridian")
    shutil.copytree(ROOT / "rules" / "meridian", house.root)
    house.fine("import")
    found = house.fine("forecast", "--from", DAY, "--until", LAST, "--lines", "--json").json
    days = days_of(found)
    assert {"frozen", "denied", "waiting"} <= found["totals"]["held_back"].keys()
    # The exclusion north-move ends with 31 March: those whom it held back get everything the day behind.
    released = [one for one in days["2026-04-01"]["lines"] if one.get("released_by")]
    assert {tuple(one["released_by"]) for one in released} == {("north-move",)}
    waited = {(one["person"], one["name"]) for one in days[DAY]["lines"] if one["status"] == "frozen"}
    assert {(one["person"], one["name"]) for one in released if one["kind"] == "account"} <= waited
    deleted = [day for day, one in days.items() if any(line["op"] == "delete" for line in one["lines"])]
    assert min(deleted) == "2026-06-06"  # 90 days behind the first account that the forecast disabled
    assert json.dumps(days).count('"update"') == 0


def test_the_page_shows_the_same_and_fetches_nothing(live: Clinic, tmp_path: Path) -> None:
    live.edit("rules/harbour.ordain", "to 3 or 40 %", "to 1")
    page = tmp_path / "pages" / "forecast.html"
    words = ("forecast", "--from", DAY, "--until", LAST)
    assert f"Written to {page}.\n" in live.fine(*words, "--html", page).out
    found = live.fine(*words, "--json").json
    with _open(page) as (shown, asked):
        assert shown.locator("h1").inner_text() == f"Forecast for harbour-clinic, {DAY} to {LAST}"
        rows = shown.locator("#days tbody tr").all_inner_texts()
        assert [row.split()[0] for row in rows] == [*days_of(found), "Total"]
        assert rows[0].split() == ["2026-03-10", "ad", "1", "·", "1", "5", "·", "·", "·"]
        assert shown.get_by_role("img", name="What is granted and taken away, day by day").count() == 1
        bars = shown.locator("svg g title").all_text_contents()
        assert bars[0] == "2026-03-10: 6 granted; 0 taken away"
        assert bars[2] == "2026-05-01: 0 granted; 2 taken away; a limit would trip on 2026-05-01"
        assert shown.locator(".notice").all_inner_texts()[0].startswith("2026-05-01: revoke account in ad would stop:")
        shown.fill("#words", "1008 access")
        assert shown.locator("tr.line:visible").count() == 1
        assert "the window, 2023-03-01 to 2026-03-31, is over" in shown.locator("tr.line:visible").inner_text()
        assert asked == [page.as_uri()]


def test_an_empty_page_says_so(live: Clinic, tmp_path: Path) -> None:
    page = tmp_path / "empty.html"
    live.fine("forecast", "--from", DAY, "--until", DAY, "--html", page)
    text = page.read_text(encoding="utf-8")
    assert "Nothing will be granted or taken away." in text
    assert "<svg" not in text


@contextmanager
def _open(page: Path) -> Iterator[tuple[Page, list[str]]]:
    """Open a page in a browser; gives every address that it asks for."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("ORDAIN_REQUIRE_SERVERS"):
            pytest.fail("chromium is not installed, and ORDAIN_REQUIRE_SERVERS asks for it")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        shown = browser.new_page()
        asked: list[str] = []
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("pageerror", lambda error: pytest.fail(str(error)))
        shown.goto(page.as_uri())
        yield shown, asked
        browser.close()
