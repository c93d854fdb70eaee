"""The laws of reading that the fuzzer searches against, over what it found before and over a short search."""

from __future__ import annotations

import pytest

from bench.fuzz_reading import ODD, Breaker, seeds, shrink
from bench.reading_laws import examine

FOUND = (
    "field//",
    'le s ant count in d hen;act.e is""g',
    "le grant",
    "es expect",
    "using}",
    "rule draft",
    "using//d",
    "ent``draft",
    "1-- using",
    '"--"using#n',
    'n""using#e',
    "target t depends on ad using",
    "target t depends on ad using login,",
)
"""Texts that broke a law once."""


@pytest.mark.parametrize("text", FOUND)
def test_what_was_found_before_stays_mended(text: str) -> None:
    assert examine(text).broken == ""


def test_a_short_search_finds_nothing() -> None:
    breaker = Breaker(seeds(), seed=2026)
    assert [(text, examine(text).broken) for text in (breaker.next() for _ in range(300)) if examine(text).broken] == []


def test_every_odd_sign_alone_is_read() -> None:
    assert [sign for sign in ODD if examine(sign).broken] == []


def test_an_intact_text_has_no_message() -> None:
    assert examine("rule a grant account in ad end").messages == frozenset()


def test_a_text_is_made_small_without_changing_what_it_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = examine

    def breaks_on_x(text: str) -> object:
        verdict = whole(text)
        return type(verdict)("an x" if "x" in text else "", verdict.messages)

    monkeypatch.setattr("bench.fuzz_reading.examine", breaks_on_x)
    assert shrink("rule a\n grant account in x\nend\n", "an x") == "x"
