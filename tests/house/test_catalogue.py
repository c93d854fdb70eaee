"""A diagnostic is one catalogue line, one page and one case: none of the three stands alone."""

import re
from pathlib import Path

import pytest

from policy.catalogue.registry import catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "diagnostics"
CODE = re.compile(r"ORD(?!0000|99)\d{4}")  # ORD0000 and ORD99nn are samples, no codes of ours
KINDS = catalogue()


def cases() -> dict[str, set[str]]:
    """Codes by the test files that expect them."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "tests").rglob("*"):
        if path.suffix in {".py", ".md"} and path != Path(__file__):
            for code in CODE.findall(path.read_text(encoding="utf-8")):
                found.setdefault(code, set()).add(str(path.relative_to(ROOT)))
    return found


CASES = cases()


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_code_has_a_page_that_says_avoid_prefer_why(code: str) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {code} — {KINDS[code].summary}\n")
    assert [line for line in page.splitlines() if line.startswith("## ")] == ["## Avoid", "## Prefer", "## Why"]


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_code_has_a_case(code: str) -> None:
    where = CASES.get(code, set())
    assert where
    if code < "ORD0400":
        assert any(path.startswith("tests/golden/language/bad/") for path in where)


def test_no_page_stands_without_its_code() -> None:
    assert {path.stem for path in PAGES.glob("ORD*.md")} == set(KINDS)


def test_no_case_speaks_of_a_code_that_is_gone() -> None:
    assert set(CASES) <= set(KINDS)


@pytest.mark.parametrize("code", sorted(KINDS))
def test_a_summary_is_a_constant_phrase(code: str) -> None:
    summary = KINDS[code].summary
    assert summary == summary.strip()
    assert not summary.endswith(".")
    assert "{" not in summary
