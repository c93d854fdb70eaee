"""Patterns read as languages say what RE2 says, word by word."""

from itertools import product

import pytest
import re2

from engine.prove.formula import TextHas, Var
from engine.prove.languages import after, holds_empty
from engine.prove.patterns import language_of
from engine.prove.texts import test_of as meaning_of
from engine.prove.texts import texts_that_matter

PATTERNS = (
    "A|B", "A.*", "(AB)+", "A?B{2}", "[^A]*", "[A-C]{1,2}", r"\d+", r"\w*-\w", r"A\.B", "(?:A|AB)(C|BC)?", "", "()",
    "a*?b", "[0-9]{11}", r"[\d.]+", "[]A]", "A{0}", "A{2,}", "x(y|)", r"\s", r"\D", r"[a\-b]",
)  # fmt: skip
LETTERS = "ABC19.-aby \n"


def matches(pattern: str, text: str) -> bool:
    language = language_of(pattern)
    assert language is not None
    for letter in text:
        language = after(language, ord(letter))
    return holds_empty(language)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_matches_what_re2_matches(pattern: str) -> None:
    words = ["".join(letters) for length in range(4) for letters in product(LETTERS, repeat=length)]
    ours = [word for word in words if matches(pattern, word)]
    assert ours == [word for word in words if re2.fullmatch(pattern, word)]


@pytest.mark.parametrize(
    "pattern", ["(?i)a", "^a", "a$", r"\bA", r"\pN", "[[:alpha:]]", r"a\z", "a**", "(?P<x>a)", "a{"]
)
def test_what_is_not_known_is_no_language(pattern: str) -> None:
    assert language_of(pattern) is None


def vectors(values: tuple[str, ...], asked: list[tuple[str, str]], named: frozenset[str]) -> set[tuple[bool, ...]]:
    return {(*(meaning_of(*one)(value) for one in asked), value in named) for value in values}


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ([("starts with", "A"), ("ends with", "B"), ("contains", "BA")], {"AB", "A"}),
        ([("matches", "A+"), ("matches", "(AA)*")], {"AA", "B"}),
        ([("matches", "[AB]"), ("starts with", "A")], {"A", "B"}),
        ([("contains", "A"), ("matches", "A*B?")], set()),
    ],
)
def test_every_combination_of_answers_that_a_short_word_gives_is_given(
    asked: list[tuple[str, str]], named: set[str]
) -> None:
    questions = [TextHas(Var(0, "x"), *one) for one in asked]
    texts = texts_that_matter(frozenset(named), questions, None)
    assert texts.complete
    words = tuple("".join(letters) for length in range(1, 6) for letters in product("ABx", repeat=length))
    assert vectors(texts.values, asked, frozenset(named)) >= vectors(words, asked, frozenset(named))


def test_a_pattern_that_is_not_known_leaves_texts_incomplete() -> None:
    assert not texts_that_matter(frozenset(), [TextHas(Var(0, "x"), "matches", "(?i)abc")], None).complete


def test_a_closed_set_of_values_needs_no_other() -> None:
    texts = texts_that_matter(frozenset({"B"}), [TextHas(Var(0, "x"), "matches", "(?i)abc")], ("A", "B"))
    assert (texts.values, texts.complete) == (("A", "B"), True)


def test_a_blank_text_is_no_value() -> None:
    texts = texts_that_matter(frozenset(), [TextHas(Var(0, "x"), "matches", r"\s*")], None)
    assert not any(meaning_of("matches", r"\s*")(value) for value in texts.values)
