"""Quick fixes: each does what the hint says, and the text is better for it."""

import re
from pathlib import Path

import pytest

from dsl.compile import compile_policy
from dsl.editor.fixes import fixes_of
from dsl.edits import apply_fixes
from policy.source import SourceFile
from tests.unit.dsl.editor.marked import COMMON

BAD = sorted((Path(__file__).parents[3] / "golden" / "language" / "bad").glob("*.md"))


def mended(text: str) -> list[str]:
    """The text after each of the fixes of its first problem with any."""
    source = SourceFile.from_text("b.ordain", text)
    files = [SourceFile.from_text("a.ordain", COMMON), source]
    for problem in compile_policy(files, {}).diagnostics:
        found = fixes_of(problem, source)
        if found:
            return [apply_fixes([one], {"b.ordain": source})[0]["b.ordain"].text for one in found]
    return []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("define x as contract.title.cod is known", "define x as contract.title.code is known"),
        ('define x as contract.type.code = "EMP"', 'define x as contract.type.code is "EMP"'),
        ("define x as contract.type.code is “EMP”", 'define x as contract.type.code is "EMP"'),
        ('define x as contract.type.code is "EMPP"', 'define x as contract.type.code is "EMP"'),
        (
            "define x as contract.start_date is before 31-12-2026",
            "define x as contract.start_date is before 2026-12-31",
        ),
        (
            "define x as contract.start_date is before 2026-02-30",
            "define x as contract.start_date is before 2026-02-28",
        ),
        ("define x as stafff", "define x as staff"),
        ("define x\u00a0as staff", "define x as staff"),
        ("define x as st\u200baff", "define x as staff"),
        ("define x as stаff", "define x as staff"),  # noqa: RUF001  # a Cyrillic letter is the point
        ("rule x grant account in adx end", "rule x grant account in ad end"),
        ("rulle x grant account in ad end", "rule x grant account in ad end"),
        ("define x as staff end", "define x as staff "),
        ("rule rule grant account in ad end", "rule rule-1 grant account in ad end"),
        ("define x as contract.type.code is 7", 'define x as contract.type.code is "7"'),
        (
            "rule x\n    grant account in ad\n\n# next\ndefine y as staff",
            "rule x\n    grant account in ad\nend\n\n# next\ndefine y as staff",
        ),
        ("rule x\n    grant account in ad\n", "rule x\n    grant account in ad\nend\n"),
        (
            'define x as person.custom.vip is "a"',
            'define x as person.custom.vip is "a"\nfield person.custom.vip is text\n',
        ),
    ],
)
def test_the_hint_is_carried_out(before: str, after: str) -> None:
    assert mended(before) == [after]


def test_where_a_date_can_be_read_in_two_ways_both_are_offered() -> None:
    assert mended("define x as contract.start_date is before 01-03-2026") == [
        "define x as contract.start_date is before 2026-03-01",
        "define x as contract.start_date is before 2026-01-03",
    ]


@pytest.mark.parametrize(
    "text",
    ["define x as whatever", "rule x grant account in ad when staff end", "define x as staff and staff or staff"],
)
def test_nothing_is_offered_where_an_author_has_to_think(text: str) -> None:
    assert mended(text) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_no_fix_of_a_known_mistake_makes_the_text_worse(path: Path) -> None:
    for text in re.findall(r"```ordain\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        source = SourceFile.from_text("b.ordain", text)
        before = compile_policy([source], {}).diagnostics
        for problem in before:
            for fix in fixes_of(problem, source):
                after = compile_policy([apply_fixes([fix], {"b.ordain": source})[0]["b.ordain"]], {}).diagnostics
                assert problem not in after or len(after) < len(before)
