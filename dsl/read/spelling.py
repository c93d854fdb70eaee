"""Misspelt keywords: which word or phrase of the language was most likely meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from dsl.read.reserved import phrases
from dsl.read.tokens import Shape, Token

_MOST_WORDS = 5
_LIKENESS = 0.74
_LIKENESS_OF_A_WORD = 0.5

OTHER_WORDS = {
    "is not known": "is unknown",
    "is not unknown": "is known",
    "is empty": "is unknown",
    "is null": "is unknown",
    "is missing": "is unknown",
    "is not empty": "is known",
    "is not null": "is known",
    "is one of": "in",
    "is in": "in",
    "is not in": "not in",
    "is not one of": "not in",
    "not is": "is not",
    "isn't": "is not",
    "is equal to": "is",
    "equals": "is",
    "begins with": "starts with",
    "does not begin with": "does not start with",
    "does not contains": "does not contain",
    "does not starts with": "does not start with",
    "does not ends with": "does not end with",
    "does not matches": "does not match",
    "is greater than": "is more than",
    "is bigger than": "is more than",
    "is larger than": "is more than",
    "is smaller than": "is less than",
    "is later than": "is after",
    "is earlier than": "is before",
    "is since": "is on or after",
    "string": "text",
    "integer": "number",
    "decimal": "number",
    "boolean": "flag",
    "bool": "flag",
    "percent": "%",
    "else": "otherwise",
    "if": "when",
    "where": "when",
    "unless": "when",
    "give": "grant",
    "grants": "grant",
    "description": "about",
    "reason": "because",
    "any contracts": "any contract",
    "all contracts": "every contract",
    "each contract": "every contract",
    "main contract": "primary contract",
    "or lower": "or below",
    "or under": "or below",
    "and below": "or below",
    "or higher": "or above",
}
"""What people write for a phrase, by ear."""


def find_meant(tokens: Sequence[Token], index: int, wanted: Iterable[str]) -> tuple[int, int, str] | None:
    """Find the phrase meant by the words at `index`: first token, end, and the phrase; None when nothing is near.

    Phrases are `wanted` ones, or those that go on from the word before `index`.
    """
    wanted = frozenset(wanted)
    for first in (index, index - 1):
        if first < 1 or first >= len(tokens) or tokens[first].shape is not Shape.WORD:
            continue
        candidates = wanted if first == index else _going_on(tokens[first].words)
        found = _nearest(tokens, first, candidates, at_least=1 if first == index else 2)
        if found is not None:
            return found
    return None


def _nearest(
    tokens: Sequence[Token], first: int, candidates: frozenset[str], *, at_least: int
) -> tuple[int, int, str] | None:
    best: tuple[float, int, str] | None = None
    words = ""
    for count, token in enumerate(tokens[first : first + _MOST_WORDS], start=1):
        if token.shape is not Shape.WORD or token.start < tokens[first + max(count - 2, 0)].start:
            break  # behind it stands what was moved here
        words = f"{words} {token.words}".strip()
        if count < at_least or (count == 1 and token.type != "IDENT" and words not in OTHER_WORDS):
            continue
        for phrase in sorted(candidates):
            likeness = _likeness(words, phrase)
            if likeness >= _LIKENESS and (best is None or likeness > best[0]):
                best = (likeness, first + count, phrase)
    return None if best is None else (first, best[1], best[2])


def _likeness(words: str, phrase: str) -> float:
    lower = words.lower()
    if OTHER_WORDS.get(lower) == phrase or lower == phrase:
        return 1.0
    if lower.replace("_", " ").replace("-", " ") == phrase:
        return 1.0
    if abs(len(lower) - len(phrase)) > max(2, len(phrase) // 3):
        return 0.0
    pairs = list(zip(lower.split(), phrase.split(), strict=False))
    if lower.count(" ") == phrase.count(" ") and min(_ratio(*pair) for pair in pairs) < _LIKENESS_OF_A_WORD:
        return 0.0
    return _ratio(lower, phrase)


@lru_cache(maxsize=4096)
def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


@cache
def _going_on(word: str) -> frozenset[str]:
    """Phrases that begin with `word`, and those meant by other words that do."""
    spoken = {phrase for other, phrase in OTHER_WORDS.items() if other.startswith(f"{word} ")}
    return frozenset(one for one in phrases() if one.startswith(f"{word} ")) | spoken
