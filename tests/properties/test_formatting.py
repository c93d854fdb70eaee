"""Formatting keeps meaning and comments, and formatting twice changes nothing: over anything an author may write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.format.meaning import mean_the_same
from dsl.format.page import WIDTH
from dsl.format.source import Formatted, NotFormatted, format_source
from dsl.read.parse import parse_file
from policy.source import SourceFile
from tests.properties.strategies.authors import Author, Hand

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```ordain[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GAP = re.compile(r'"(?:\\.|[^"\\])*"|(?P<comment>#[^\n]*\n)|(?P<gap>[ \n]+)')


def written() -> Iterator[tuple[str, str]]:
    """Every text of rules in the project that can be read, with its name."""
    for path in sorted([*ROOT.glob("rules/**/*.ordain"), *ROOT.glob("tests/fixtures/**/*.ordain")]):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for page in sorted([*ROOT.glob("tests/golden/language/*/*.md"), ROOT / "README.md"]):
        for number, block in enumerate(_BLOCK.findall(page.read_text(encoding="utf-8")), start=1):
            yield f"{page.stem} {number}", block


WRITTEN = {name: text for name, text in written() if not parse_file(SourceFile.from_text(name, text))[1]}


def test_much_is_written() -> None:
    assert len(WRITTEN) > 30
    assert sum("# " in text for text in WRITTEN.values()) > 5


def comments(text: str) -> list[str]:
    return [comment.text.rstrip() for comment in parse_file(SourceFile.from_text("a.ordain", text))[0].comments]


def held_to_the_laws(text: str) -> str:
    """Format a text without problems, and look at what has to hold of any."""
    source = SourceFile.from_text("a.ordain", text)
    tree, problems = parse_file(source)
    assert problems == ()
    outcome = format_source(source)
    assert isinstance(outcome, Formatted)
    again, problems = parse_file(SourceFile("a.ordain", outcome.text))
    assert problems == ()
    assert mean_the_same(tree, again)
    assert comments(outcome.text) == comments(text)
    assert format_source(SourceFile("a.ordain", outcome.text)) == outcome
    lines = outcome.text.split("\n")
    assert [line for line in lines if line != line.rstrip()] == []
    assert "\n\n\n" not in outcome.text
    assert outcome.text.endswith("\n") == bool(outcome.text)
    assert not outcome.text.startswith("\n")
    assert not outcome.text.endswith("\n\n")
    return outcome.text


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0), st.sampled_from((0.0, 0.03, 0.3, 0.9)))
def test_whatever_an_author_writes(seed: int, share: float) -> None:
    chance = Random(seed)
    held_to_the_laws(Hand(chance, comments=share).write(Author(chance).file()))


@settings(max_examples=50, deadline=None)
@given(st.integers(min_value=0))
def test_white_space_within_a_line_changes_nothing(seed: int) -> None:
    declarations = Author(Random(seed)).file()
    text = held_to_the_laws(Hand(Random(seed), comments=0).write(declarations))
    chance = Random(seed)
    outcome = format_source(SourceFile("a.ordain", spaced(text, chance)))
    assert outcome == Formatted(text)


def spaced(text: str, chance: Random) -> str:
    """The same lines with other indentations and other blanks between words."""

    def widen(found: re.Match[str]) -> str:
        gap = found["gap"]
        if gap is None:
            return found.group()
        return gap.rstrip(" ") + chance.choice((" ", "   ", "\t"))

    return _GAP.sub(widen, text)


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_whatever_is_written_in_this_project(name: str) -> None:
    held_to_the_laws(WRITTEN[name])


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(WRITTEN)), st.integers(min_value=0))
def test_examples_with_comments_anywhere(name: str, seed: int) -> None:
    """Comments go into every gap but those within a phrase, which the reader refuses: then nothing is changed."""
    chance = Random(seed)
    hand = Hand(chance, comments=0.9)

    def comment(found: re.Match[str]) -> str:
        return hand.gap() if found["gap"] and chance.random() < 1 / 20 else found.group()

    text = _GAP.sub(comment, WRITTEN[name])
    outcome = format_source(SourceFile.from_text("a.ordain", text))
    if isinstance(outcome, NotFormatted):
        assert outcome.problems
    else:
        held_to_the_laws(text)


@pytest.mark.parametrize("path", sorted(ROOT.glob("rules/**/*.ordain")), ids=lambda path: path.stem)
def test_the_examples_are_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_source(SourceFile("a.ordain", text)) == Formatted(text)
    assert max(map(len, text.split("\n"))) <= WIDTH


def test_the_page_about_the_style_shows_it() -> None:
    page = (ROOT / "docs" / "formatting.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```\n((?:rule|set) .*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == 2
    assert [format_source(SourceFile("a.ordain", text)) for text in shown] == [Formatted(text) for text in shown]
