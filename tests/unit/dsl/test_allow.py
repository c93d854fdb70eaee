from __future__ import annotations

from datetime import date

import pytest

from dsl.allow import read_allowances
from policy.lint import Allowance
from policy.source import SourceFile

WHOLE = '# ordain: allow ORD0372 until 2026-12-31 because "Pilot"'


def read(text: str) -> tuple[tuple[Allowance, ...], list[str]]:
    allowances, problems = read_allowances([SourceFile.from_text("a.ordain", text)])
    return allowances, [one.code for one in problems]


def lines(text: str) -> list[tuple[int, int]]:
    return [(one.first_line, one.last_line) for one in read(text)[0]]


def test_an_allowance_has_a_code_a_day_and_a_reason() -> None:
    (one,), problems = read(f"rule r {WHOLE}\n    grant account in ad\nend\n")
    assert (one.code, one.until, one.because, problems) == ("ORD0372", date(2026, 12, 31), "Pilot", [])
    assert (one.span.line, one.span.column) == (1, 8)


def test_it_speaks_of_its_line_or_of_what_stands_directly_below() -> None:
    rule = "rule r\n    when person.excluded\n    grant account in ad\nend\n"
    assert lines(f"{WHOLE}\n{rule}") == [(2, 5)]
    assert lines(f"{WHOLE}\n# why\n{WHOLE}\n{rule}") == [(4, 7), (4, 7)]
    assert lines(rule.replace("\n    when", f"\n    {WHOLE}\n    when")) == [(3, 3)]
    assert lines(rule.replace("ad\n", f"ad  {WHOLE}\n")) == [(3, 3)]
    assert [last < first for first, last in lines(f"{WHOLE}\n\n{rule}{WHOLE}\n")] == [True, True]


@pytest.mark.parametrize(
    "comment",
    [
        "# ordain: allow",
        "# ordain: ignore ORD0372",
        "#ordain:allow ORD0372 ORD0350",
        "# ordain: allow ORD0372 until tomorrow",
        "# ordain: allow ORD0372 until 20261231",
        "# ordain: allow ORD0372 because “curly”",
        '# ordain: allow ORD0372 because "first" until 2026-12-31',
        f"{WHOLE} and more",
    ],
)
def test_what_begins_like_one_and_is_none_is_told(comment: str) -> None:
    assert read(f"{comment}\n") == ((), ["ORD0390"])


@pytest.mark.parametrize("comment", ["# ordain", "# the ordain: people", "# allow ORD0372", "# see ordain.toml"])
def test_other_comments_are_comments(comment: str) -> None:
    assert read(f"{comment}\n") == ((), [])


def test_what_is_not_said_is_none() -> None:
    (bare, blank), _ = read('# ordain: allow ORD0372\n# ordain:   allow   ORD0350 because " "\n')
    assert (bare.until, bare.because, blank.because) == (None, None, None)
    (quoted,), _ = read('# ordain: allow ORD0372 because "says \\"no\\""\n')
    assert quoted.because == 'says \\"no\\"'
