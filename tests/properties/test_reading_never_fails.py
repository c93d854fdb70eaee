"""Reading a rules file: any text ends in a tree and problems, never in an exception; every place lies in the file."""

from __future__ import annotations

import random
from dataclasses import fields, is_dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.grammar.tables import terminal_by_phrase
from dsl.read.parse import parse_file
from policy.source import SourceFile, Span
from tests.properties.strategies.every_clause import EVERY_CLAUSE

PIECES = st.one_of(
    st.sampled_from(sorted(terminal_by_phrase())),
    st.sampled_from(
        ['"text"', "contract.title.code", "details.fte", "ad", "36", "0.8", "2026-03-01", "01-02-2026", "#"]
    ),
    st.sampled_from(
        ["“", "”", "\u00a0", "\u202e", "nur\u0455e", "{", "=", "'", '"', "\\", "\ud7ff", "event", "test", "Rule"]
    ),
    st.text(max_size=8),
)


def spans_of(value: object) -> list[Span]:
    if isinstance(value, Span):
        return [value]
    if isinstance(value, tuple):
        return [span for one in value for span in spans_of(one)]
    if is_dataclass(value):
        return [span for one in fields(value) for span in spans_of(getattr(value, one.name))]
    return []


def read(text: str) -> int:
    """Read `text`, check every place, and give the number of problems."""
    source = SourceFile.from_text("fuzz.ordain", text)
    file, problems = parse_file(source)
    lines = source.text.split("\n")
    assert problems == tuple(sorted(problems, key=lambda one: one.sort_key))
    for span in [*spans_of(file), *(one.span for one in problems if one.span is not None)]:
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        for line, column in ((span.line, span.column), (span.end_line, span.end_column)):
            assert 1 <= line <= len(lines)
            assert 1 <= column <= len(lines[line - 1]) + 1
    return len(problems)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60), st.sampled_from([" ", "\n", ""]))
def test_token_soup_ends_in_problems(pieces: list[str], glue: str) -> None:
    read(glue.join(pieces))


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=6), PIECES)
def test_a_mutated_policy_ends_in_problems(seed: int, changes: int, piece: str) -> None:
    chance = random.Random(seed)
    words = EVERY_CLAUSE.split(" ")
    for _ in range(changes):
        place = chance.randrange(len(words))
        match chance.randrange(4):
            case 0:
                del words[place]
            case 1:
                words.insert(place, piece)
            case 2:
                words[place] = piece
            case _:
                other = chance.randrange(len(words))
                words[place], words[other] = words[other], words[place]
    read(" ".join(words))


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=0))
def test_a_policy_with_a_hole_ends_in_problems(start: int, length: int) -> None:
    start %= len(EVERY_CLAUSE)
    read(EVERY_CLAUSE[:start] + EVERY_CLAUSE[start + 1 + length % 40 :])


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_garbage_is_never_accepted_silently(text: str) -> None:
    source = SourceFile.from_text("fuzz.ordain", text)
    file, problems = parse_file(source)
    accounted = "".join(comment.text for comment in file.comments)
    if not file.declarations and not problems:
        left = source.text.replace(accounted, "") if len(file.comments) <= 1 else ""
        assert not left.strip(" \t\n")


def test_the_example_has_no_problem() -> None:
    assert read(EVERY_CLAUSE) == 0
