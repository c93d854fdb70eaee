"""Patterns that cannot be read are told in our own words."""

from __future__ import annotations

import pytest

from dsl.lower.patterns import pattern_problem


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(a", "a `(` is not closed"),
        ("a)", "a `)` closes nothing"),
        ("[a", "a `[` is not closed"),
        ("*a", "nothing stands before the sign of repetition that it could repeat (at `*`)"),
        ("a**", "two signs of repetition follow one another (at `**`)"),
        ("a{1001}", "so many repetitions cannot be asked for (at `{1001}`)"),
        ("(?=a)", "`(?` begins nothing that exists here (at `(?=`)"),
        (r"\q5", r"a backslash stands before something that has no meaning with it (at `\q`)"),
        ("[z-a]", "what stands in the brackets is no range or class of characters (at `z-a`)"),
        ("a\\", "it ends with a lone backslash"),
        ("(?P<n", "a group's name is wrong"),
        ("((a{30}){30}){30}", "so many repetitions cannot be asked for (at `{30}`)"),
    ],
)
def test_why_a_pattern_cannot_be_read(pattern: str, said: str) -> None:
    assert pattern_problem(pattern) == said


def test_what_is_only_too_large_is_told_as_such() -> None:
    assert pattern_problem(r"(\pL{500}){2}" * 20) == "it is larger or stranger than a pattern may be"


def test_what_can_be_read_is_no_problem() -> None:
    assert pattern_problem("A[0-9]+(B|C)?") is None
