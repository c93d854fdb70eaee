"""What a comment speaks of, whatever `fmt` makes of the lines."""

from __future__ import annotations

import pytest

from dsl.clause_lines import ClauseLines
from dsl.format.source import Formatted, format_source
from dsl.read.parse import parse_file
from policy.source import SourceFile

LONG = " and ".join(f'contract.custom.field_number_{n} is "VALUE-{n}"' for n in range(4))


def spoken_of(text: str) -> list[str]:
    """Text of the lines that each comment speaks of, without the comments."""
    source = SourceFile("a.ordain", text)
    clauses = ClauseLines(source)
    lines = [line.partition("#")[0].split() for line in text.split("\n")]
    spoken = []
    for comment in parse_file(source)[0].comments:
        first, last = clauses.spoken_of(comment)
        spoken.append(" ".join(word for line in lines[first - 1 : last] for word in line))
    return spoken


WINDOW = "grant access in ad starting today ending never"
BROKEN_WINDOW = "grant access in ad\n        starting today  # one\n        ending never"
TABLE = 'grant by contract.title.code in ad\n        "A" -> account  # one\n    end starting today  # two'
CASES = {
    "behind a clause": ("rule a\n    grant account in ad  # one\nend\n", ["grant account in ad"]),
    "above a clause": ("rule a\n    # one\n    # two\n    grant account in ad\nend\n", ["grant account in ad"] * 2),
    "behind a long clause": (f"rule a\n    when {LONG}  # one\n    grant account in ad\nend\n", [f"when {LONG}"]),
    "above a long clause": (f"rule a\n    # one\n    when {LONG}\n    grant account in ad\nend\n", [f"when {LONG}"]),
    "within a clause": ("define a as b  # one\n    # two\n    and c\n", ["define a as b and c"] * 2),
    "behind a window": (f"rule a\n    {WINDOW}  # one\nend\n", [WINDOW]),
    "behind a window on its own line": (f"rule a\n    {BROKEN_WINDOW}\nend\n", [WINDOW]),
    "behind a row": (f"rule a\n    {TABLE}\nend\n", ['"A" -> account', "end starting today"]),
    "behind a head": ('rule a "A"  # one\n    grant account in ad\nend\n', ['rule a "A"']),
    "above a declaration": ("# one\nrule a\n    grant account in ad\nend\n", ["rule a grant account in ad end"]),
    "behind an end": ("rule a\n    grant account in ad\nend  # one\n", ["rule a grant account in ad end"]),
    "before an end": ("rule a\n    grant account in ad\n    # one\nend\n", ["end"]),
    "above an empty line": ('# one\n\nset a is "A"\n', [""]),
    "at the end of a file": ('set a is "A"\n# one\n', [""]),
    "in a file of comments": ("# one\n# two\n", ["", ""]),
}


@pytest.mark.parametrize("where", CASES)
def test_a_comment_speaks_of_a_clause(where: str) -> None:
    text, expected = CASES[where]
    assert spoken_of(text) == expected


@pytest.mark.parametrize("where", CASES)
def test_formatting_does_not_change_what_it_speaks_of(where: str) -> None:
    text, expected = CASES[where]
    outcome = format_source(SourceFile("a.ordain", text))
    assert isinstance(outcome, Formatted)
    assert spoken_of(outcome.text) == expected


def test_behind_the_end_of_a_block_on_one_line_it_speaks_of_the_block() -> None:
    text = "rule a grant account in ad end # one\n"
    outcome = format_source(SourceFile("a.ordain", text))
    assert isinstance(outcome, Formatted)
    assert spoken_of(text) == spoken_of(outcome.text) == ["rule a grant account in ad end"]
