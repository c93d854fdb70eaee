"""`ordain show`: text, JSON, CSV and a page in a real browser; and names that try to be more than names."""

import csv
import io
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.acceptance.clinic import DAY, Clinic

CHROMIUM = shutil.which("chromium")
CONTROLS = ("\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\r")
FORGED = (
    "Eve\x1b[31m\x07\x9b2J<img src=x onerror=document.title='gotcha'>\n"
    "  + grant account in ad\r\u202egnp\u2066 :smile: [bold]"
)


@pytest.fixture
def hostile(new: Clinic) -> Clinic:
    """A clinic whose HR data hold names made to mislead."""
    document = new.vault
    first, second, third, *_ = document["Persons"]
    first["DisplayName"] = FORGED
    second["DisplayName"] = '=HYPERLINK("http://evil.example")'
    department = {"ExternalId": 'CARE\x1b[0m"<b>', "DisplayName": "+1"}
    third["Contracts"][0]["Department"] = department
    document["Departments"].append({**department, "ParentExternalId": "CARE"})
    new.vault = document
    return new


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_form_shows_every_line_with_its_reasons(known: Clinic) -> None:
    diff = known.evaluate()["diff"]
    document = known.fine("show", diff, "--format", "json").json
    assert known.fine("show", diff, "--json").json == document
    lines = document["lines"]
    assert len(lines) == 66
    text = known.fine("show", diff).out
    assert text.count("      because ") == sum(len(one["because"]) for one in lines)
    assert "      because care (harbour.ordain:35), contract 1002-1" in text
    table = read_csv(known.fine("show", diff, "--format", "csv").out)
    assert [int(row["n"]) for row in table] == [one["n"] for one in lines]
    assert {row["rules"] for row in table} == {"staff-account", "care", "title-permissions"}
    page = known.fine("show", diff, "--format", "html").out
    assert page.count('<tr class="line"') == 66


def test_a_diff_can_be_named_by_its_folder_and_written_to_a_file(known: Clinic) -> None:
    known.fine("evaluate", "--as-of", DAY, "--out", known.root / "diff")
    by_folder = known.fine("show", known.root / "diff").out
    known.fine("show", known.root / "diff" / "diff.dsse.json", "--out", known.root / "deep" / "diff.txt")
    assert (known.root / "deep" / "diff.txt").read_text(encoding="utf-8") == by_folder
    lines = known.root / "diff" / "lines.ndjson"
    lines.write_bytes(lines.read_bytes().replace(b"Prescribe", b"Everything"))
    ran = known("show", known.root / "diff", "--json")
    assert (ran.code, ran.problems) == (3, ["ORD0939"])


def test_what_is_held_back_says_why(live: Clinic) -> None:
    live.enforce("2026-03-31")
    evaluated = live.fine("evaluate", "--as-of", "2026-08-03")
    assert "! revoke account in ad: 5 lines; the limit of 3 or 40 % is reached" in evaluated.out
    shown = live.fine("show", live.evaluate("2026-08-03")["diff"]).out
    assert "- revoke account in ad  [blocked]\n" in shown
    assert "blocked: revoke account in ad: 5 lines; the limit of 3 or 40 % is reached" in shown


EARLY = ("--from", "2018-01-01", "--until", "2022-12-31")
"""Years in which the people with names of their own began."""
COMMANDS = [
    ("show", "DIFF"),
    ("show", "DIFF", "--format", "html"),
    ("show", "DIFF", "--json"),
    ("history", "1001"),
    ("history", "1001", "--json"),
    ("explain", "1003", "--as-of", DAY),
    ("explain", "1003", "--as-of", DAY, "--json"),
    ("import",),
    ("forecast", *EARLY, "--lines"),
    ("forecast", *EARLY, "--lines", "--json"),
    ("ledger",),
]


@pytest.mark.parametrize("terminal", [False, True])
def test_nothing_in_a_name_steers_a_terminal(
    hostile: Clinic, monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    diff = hostile.evaluate()["diff"]
    for command in COMMANDS:
        ran = hostile(*[diff if word == "DIFF" else word for word in command], terminal=terminal)
        assert ran.code == 0
        assert [sign for sign in CONTROLS if sign in ran.out + ran.err] == [], command
    ran = hostile("show", diff, "--format", "csv", terminal=True)
    assert [sign for sign in CONTROLS if sign in ran.out] == []


def test_a_name_never_looks_like_a_line(hostile: Clinic) -> None:
    text = hostile.fine("show", hostile.evaluate()["diff"]).out
    assert "1001 Eve<U+001B>[31m<U+0007><U+009B>2J<img src=x onerror=document.title='gotcha'><U+000A>  + grant" in text
    assert ":smile: [bold]" in text


def test_cells_never_begin_a_formula(hostile: Clinic) -> None:
    table = read_csv(hostile.fine("show", hostile.evaluate()["diff"], "--format", "csv").out)
    cells = {cell for row in table for cell in row.values()}
    assert '\'=HYPERLINK("http://evil.example")' in cells
    assert [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}] == []
    assert FORGED in {row["name"] for row in table}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    if CHROMIUM is None:
        if os.environ.get("ORDAIN_REQUIRE_SERVERS"):
            pytest.fail("chromium is not installed, and ORDAIN_REQUIRE_SERVERS asks for it")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """An empty page, and every address it asks for."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    opened = browser.new_page()
    opened.on("request", note)
    yield opened, asked
    opened.close()


def open_page(page: Page, clinic: Clinic) -> None:
    file = clinic.root / "diff.html"
    clinic.fine("show", clinic.evaluate()["diff"], "--format", "html", "--out", file)
    page.goto(file.as_uri())


def test_the_page_filters_by_words_and_status(page: tuple[Page, list[str]], live: Clinic) -> None:
    opened, asked = page
    live.enforce("2026-03-31")
    file = live.root / "diff.html"
    live.fine("show", live.evaluate("2026-08-03")["diff"], "--format", "html", "--out", file)
    opened.goto(file.as_uri())
    shown = opened.locator("#shown")
    whole = opened.locator("tr.line").count()
    assert shown.inner_text() == f"{whole} of {whole} lines"
    opened.fill("#words", 'hanna "all staff"')
    assert shown.inner_text() == f"1 of {whole} lines"
    assert opened.locator("tr.line:visible").count() == 1
    assert opened.locator("section:visible").count() == 1
    opened.fill("#words", "nobody is called so")
    assert opened.locator("section:visible").count() == 0
    opened.fill("#words", "")
    opened.uncheck("input[value=blocked]")
    assert opened.locator("tr.line:visible").count() == whole - 5
    assert asked == [file.as_uri()]


def test_the_page_takes_names_for_names(page: tuple[Page, list[str]], hostile: Clinic) -> None:
    opened, asked = page
    open_page(opened, hostile)
    assert opened.title().startswith("Entitlement diff ")
    heading = opened.locator("section h2").first.inner_text()
    assert "<img src=x onerror=" in heading
    assert "<U+202E>" in heading
    assert opened.locator("img").count() == 0
    assert len(asked) == 1


def test_the_page_of_a_forecast_takes_names_for_names(page: tuple[Page, list[str]], hostile: Clinic) -> None:
    opened, asked = page
    file = hostile.root / "forecast.html"
    hostile.fine("import")
    hostile.fine("forecast", *EARLY, "--html", file)
    opened.goto(file.as_uri())
    assert opened.title().startswith("Forecast for ")
    heading = opened.locator("h3", has_text="1001").first.text_content() or ""
    assert "<img src=x onerror=" in heading
    assert "<U+202E>" in heading
    assert opened.locator("img").count() == 0
    assert len(asked) == 1
