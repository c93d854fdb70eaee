"""Coverage for people: how much of what kind, and on the source what no test saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from api.render.diagnostics import quote, show_unseen
from api.render.test_text import BAD, FAINT, GOOD, SMELL, Line
from policy.canonical import JsonValue
from policy.coverage import Coverage, Covered, CoverKind, Seen
from policy.source import SourceFile

_NEVER = {
    Seen.TRUE: "never true",
    Seen.FALSE: "never false",
    Seen.GRANTED: "grants nothing in any test",
    Seen.REFUSED: "refuses nobody in any test",
    Seen.GIVEN: "never given",
    Seen.USED: "never looked up",
    Seen.APPLIED: "never applies",
    Seen.DENIED: "never denies anything",
    Seen.FIRED: "never fires",
}


def percent(coverage: Coverage) -> str:
    """Share with one decimal, rounded down: `82.9 %`."""
    return f"{coverage.per_mille // 10}.{coverage.per_mille % 10} %"


def missing_words(one: Covered) -> str:
    """Say what no test saw of it, in words: `never true, never false`."""
    return ", ".join(_NEVER[seen] for seen in one.missing)


def of_path(coverage: Coverage) -> Iterator[tuple[str, Coverage]]:
    """Coverage of each file, by path."""
    for path, items in groupby(coverage.items, key=lambda one: one.item.place.path):
        yield path, Coverage(tuple(items))


def coverage_lines(coverage: Coverage, files: Mapping[str, SourceFile]) -> Iterator[Line]:
    """Every place that tests left out, on its line of the source; then counts by kind."""
    for path, part in of_path(coverage):
        yield Line("")
        yield Line(f"{path}  {percent(part)} covered", "bold")
        for one in part.items:
            if one.missing:
                yield from _place_lines(one, files.get(path))
    yield Line("")
    for kind in CoverKind:
        part = Coverage(tuple(one for one in coverage.items if one.item.kind is kind))
        if part.items:
            yield Line(f"  {kind.value:<12}{part.hits:>6} of {part.wanted:<6}{percent(part):>8}", _style(part))
    yield Line(f"Coverage: {coverage.hits:,} of {coverage.wanted:,}, {percent(coverage)}", _style(coverage))


def _style(part: Coverage) -> str:
    return GOOD if part.hits == part.wanted else SMELL if part.hits else BAD


def _place_lines(one: Covered, file: SourceFile | None) -> Iterator[Line]:
    place = one.item.place
    if file is None:
        yield Line(f"{place.line:>5} | {one.item.kind}: {missing_words(one)}", SMELL)
        return
    gutter, text, carets = quote(place, file.line(place.line))
    yield Line(f"{gutter} | {text}")
    yield Line(f"      | {carets} {missing_words(one)}", SMELL if one.seen else BAD)


def coverage_json(coverage: Coverage) -> JsonValue:
    """Give counts, and every item with its place and what was seen of it."""
    return {
        "percent": f"{coverage.per_mille // 10}.{coverage.per_mille % 10}",
        "seen": coverage.hits,
        "wanted": coverage.wanted,
        "items": [_item_json(one) for one in coverage.items],
    }


def _item_json(one: Covered) -> JsonValue:
    place = one.item.place
    return {
        "kind": one.item.kind.value,
        "text": one.item.text,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "wanted": [seen.value for seen in one.item.wanted],
        "missing": [seen.value for seen in one.missing],
    }


def survivor_lines(survivors: Iterable[tuple[str, str, str]], *, tried: int) -> Iterator[Line]:
    """List changes that no test noticed, as (place, owner, text), and how many were tried."""
    listed = list(survivors)
    for at, owner, text in listed:
        yield Line(f"  {at}: {owner}: {show_unseen(text)}", SMELL)
    noticed = tried - len(listed)
    words = f"Mutation: {noticed:,} of {tried:,} changes to the rules were noticed"
    if listed:
        yield Line(f"{words}; {len(listed):,} survived, listed above.", BAD)
        yield Line("A test that notices one of them fails when the rule is changed so.", FAINT)
    else:
        yield Line(f"{words}.", GOOD)
