"""Regular languages by derivatives (Brzozowski): small terms, one letter at a time, over classes of letters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

LAST = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)


@dataclass(frozen=True, slots=True)
class Letters:
    """One letter out of these ranges of code points (both ends included, ascending, apart)."""

    ranges: tuple[tuple[int, int], ...]

    def __contains__(self, letter: int) -> bool:
        """Tell whether the letter is one of them."""
        at = bisect_right(self.ranges, (letter, LAST + 1)) - 1
        return at >= 0 and self.ranges[at][0] <= letter <= self.ranges[at][1]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Words of `first` followed by words of `rest`; of nothing it is the empty word."""

    parts: tuple[Language, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Words of any part; of nothing there are no words."""

    parts: frozenset[Language]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Any count of words of `part`, none too."""

    part: Language


Language = Letters | Sequence | Choice | Repeated
EMPTY_WORD = Sequence(())
NOTHING = Choice(frozenset())


def letters(ranges: Iterable[tuple[int, int]], *, but: bool = False) -> Language:
    """One letter in these ranges, or every other letter with `but`."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    if but:
        ends = [-1, *(high for _, high in joined)]
        starts = [*(low for low, _ in joined), LAST + 1]
        joined = [(high + 1, low - 1) for high, low in zip(ends, starts, strict=True) if high + 1 <= low - 1]
    return Letters(tuple(joined)) if joined else NOTHING


ANY = letters([(0, LAST)])
ANYTHING = Repeated(ANY)


def word(text: str) -> Language:
    """Exactly this word."""
    return sequence(*(letters([(ord(one), ord(one))]) for one in text))


def sequence(*parts: Language) -> Language:
    """One part after the other."""
    found: list[Language] = []
    for part in parts:
        if part == NOTHING:
            return NOTHING
        found.extend(part.parts if isinstance(part, Sequence) else (part,))
    return found[0] if len(found) == 1 else Sequence(tuple(found))


def choice(*parts: Language) -> Language:
    """Either part."""
    found: set[Language] = set()
    for part in parts:
        found |= part.parts if isinstance(part, Choice) else {part}
    if ANYTHING in found:
        return ANYTHING
    return next(iter(found)) if len(found) == 1 else Choice(frozenset(found))


def repeated(part: Language, least: int = 0, most: int | None = None) -> Language:
    """`part` at least and at most so often; `most` None: without end."""
    needed = sequence(*(part,) * least)
    if most is None:
        return sequence(needed, part if isinstance(part, Repeated) else Repeated(part))
    optional: Language = EMPTY_WORD
    for _ in range(most - least):
        optional = choice(EMPTY_WORD, sequence(part, optional))
    return sequence(needed, optional)


def holds_empty(language: Language) -> bool:
    """Tell whether the empty word belongs to it."""
    match language:
        case Letters():
            return False
        case Sequence():
            return all(holds_empty(one) for one in language.parts)
        case Choice():
            return any(holds_empty(one) for one in language.parts)
        case Repeated():
            return True


@lru_cache(maxsize=1 << 16)
def after(language: Language, letter: int) -> Language:
    """Give what may follow behind `letter`."""
    match language:
        case Letters():
            return EMPTY_WORD if letter in language else NOTHING
        case Sequence():
            if not language.parts:
                return NOTHING
            first, behind = language.parts[0], sequence(*language.parts[1:])
            found = sequence(after(first, letter), behind)
            return choice(found, after(behind, letter)) if holds_empty(first) else found
        case Choice():
            return choice(*(after(one, letter) for one in language.parts))
        case Repeated():
            return sequence(after(language.part, letter), language)


def representatives(languages: Iterable[Language], preferred: str) -> tuple[int, ...]:
    """Letters such that every letter behaves as one of them in all `languages`; `preferred` letters where possible."""
    edges = {0, _SURROGATES[0], _SURROGATES[1] + 1}
    waiting = list(languages)
    while waiting:
        one = waiting.pop()
        if isinstance(one, Letters):
            for low, high in one.ranges:
                edges |= {low, high + 1}
        elif isinstance(one, Repeated):
            waiting.append(one.part)
        else:
            waiting.extend(one.parts)
    starts = sorted(edge for edge in edges if edge <= LAST)
    classes = dict.fromkeys(start for start in starts if start != _SURROGATES[0])
    chosen: dict[int, int] = {}
    for letter in map(ord, preferred):
        chosen.setdefault(starts[bisect_right(starts, letter) - 1], letter)
    return (*chosen.values(), *(start for start in classes if start not in chosen))
