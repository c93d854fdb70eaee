"""Texts that matter: for every way in which questions about one text can be answered together, a text that does."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

import re2

from engine.prove.formula import TextHas
from engine.prove.languages import (
    ANYTHING,
    Language,
    after,
    holds_empty,
    letters,
    representatives,
    sequence,
    word,
)
from engine.prove.patterns import language_of
from policy.canonical import normal_text
from policy.operators.registry import OPERATORS

_PREFERRED = "xyzabcdefghijklmnopqrstuvwABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. "
BLANK = letters((ord(one), ord(one)) for one in map(chr, range(0x3001)) if one.isspace())
_MOST_STEPS = 60_000


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts for which every possible combination of answers is given by one, if they are `complete`."""

    values: tuple[str, ...]
    complete: bool


def texts_that_matter(named: frozenset[str], asked: Iterable[TextHas], allowed: tuple[str, ...] | None) -> Texts:
    """Give the `named` texts and representatives of all others, by what is `asked` of them; only `allowed` ones.

    `named` are texts that questions compare with; a text that is blank, or not in Unicode normal form, is no value.
    """
    questions = tuple(dict.fromkeys((one.operator, one.text) for one in asked))
    if allowed is not None:
        return Texts(tuple(allowed), complete=True)
    possible = sorted(one for one in named if is_possible(one))
    if not questions:
        return Texts((*possible, other_text(named)), complete=True)
    languages = [_language(operator, text) for operator, text in questions]
    known = tuple(one for one in languages if one is not None)
    found, whole = _search(known, named)
    guesses = [] if len(known) == len(languages) else _guesses(questions)
    values = dict.fromkeys([*possible, *found, *(one for one in guesses if one not in named)])
    return Texts(tuple(values), complete=whole and len(known) == len(languages))


def test_of(operator: str, text: str) -> Callable[[str], bool]:
    """Give the meaning of an operator over texts with its operand, as evaluation takes it."""
    meaning = OPERATORS[operator].meaning
    operand = re2.compile(text).fullmatch if operator == "matches" else text
    return lambda value: bool(meaning(value, operand))


def other_text(named: frozenset[str], number: int = 0) -> str:
    """Give a text that nobody named: `other`, `other-1`, …, leaving out those that somebody did."""
    candidates = ("other" if count == 0 else f"other-{count}" for count in range(len(named) + number + 1))
    return [one for one in candidates if one not in named][number]


def is_possible(text: str) -> bool:
    """Tell whether a field can have this text as its value."""
    return bool(text.strip()) and normal_text(text) == text


def _language(operator: str, text: str) -> Language | None:
    match operator:
        case "starts with":
            return sequence(word(text), ANYTHING)
        case "ends with":
            return sequence(ANYTHING, word(text))
        case "contains":
            return sequence(ANYTHING, word(text), ANYTHING)
        case _:
            return language_of(text)


_State = tuple[str | None, bool, tuple[Language, ...]]
"""The word so far while it begins a named text, whether it is blank, and what may follow in each language."""


def _search(languages: tuple[Language, ...], named: frozenset[str]) -> tuple[list[str], bool]:
    """Find a shortest unnamed word for every combination of languages it can belong to; False: there may be more."""
    prefixes = {one[:length] for one in named for length in range(len(one) + 1)}
    words = tuple(word(one) for one in named)
    alphabet = representatives([*languages, *words, BLANK], _PREFERRED)
    start: _State = ("" if "" in prefixes else None, True, languages)
    seen = {start}
    waiting = deque([(start, "")])
    found: dict[tuple[bool, ...], str] = {}
    missed: set[tuple[bool, ...]] = set()
    steps = 0
    while waiting:
        (prefix, blank, state), spelled = waiting.popleft()
        vector = tuple(holds_empty(one) for one in state)
        if not blank and vector not in found and (prefix is None or prefix not in named):
            if is_possible(spelled):
                found[vector] = spelled
            else:
                missed.add(vector)
        steps += len(alphabet)
        if steps > _MOST_STEPS:
            return list(found.values()), False
        for letter in alphabet:
            longer = spelled + chr(letter)
            following = tuple(after(one, letter) for one in state)
            kept = None if prefix is None or prefix + chr(letter) not in prefixes else longer
            ahead: _State = (kept, blank and letter in cast("Iterable[int]", BLANK), following)
            if ahead not in seen:
                seen.add(ahead)
                waiting.append((ahead, longer))
    return list(found.values()), not missed - set(found)


def _guesses(questions: tuple[tuple[str, str], ...]) -> list[str]:
    """Texts to try where a pattern cannot be read as a language: the literal pieces of all of them."""
    pieces: list[str] = []
    for _, text in questions:
        plain = "".join(one if one.isalnum() else " " for one in text).split()
        pieces += [text, *plain, "".join(plain)]
    return [one for one in dict.fromkeys(pieces) if is_possible(one)]
