"""Reserved words: what can never be an id."""

from __future__ import annotations

from functools import cache

from dsl.grammar.tables import terminal_by_phrase


@cache
def phrases() -> frozenset[str]:
    """Every keyword and every phrase of several words, from the grammar."""
    return frozenset(phrase for phrase in terminal_by_phrase() if phrase[0].isalpha())


@cache
def reserved_words() -> frozenset[str]:
    """Words that are reserved wherever an id may stand.

    Keywords; the first word of every phrase; and a word that would make a phrase with the keyword before it
    (`or` + `below`). Other words of phrases (`manager` in `primary manager`) are free.
    """
    reserved: set[str] = set()
    for phrase in phrases():
        words = phrase.split()
        reserved.add(words[0])
        reserved.update(words[n] for n in range(1, len(words)) if " ".join(words[:n]) in phrases())
    return frozenset(reserved)
