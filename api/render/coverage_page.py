"""Coverage as one html file that needs nothing else: the source with what tests saw of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.render.coverage_text import missing_words, of_path, percent
from api.render.diff_page import page_templates
from policy.coverage import Coverage, Covered, CoverKind
from policy.source import SourceFile


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: its text, how it was covered (`whole`, `part`, `none` or nothing), and what is missing."""

    text: str
    state: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A numbered line of a file in pieces; `state` says how what begins here as a whole was covered."""

    number: int
    pieces: tuple[Piece, ...]
    state: str = ""
    missing: str = ""


def render_coverage_page(coverage: Coverage, files: Mapping[str, SourceFile], *, title: str) -> str:
    """Page with counts by kind and by file, and every file with its marks."""
    kinds = [
        (kind.value, Coverage(tuple(one for one in coverage.items if one.item.kind is kind))) for kind in CoverKind
    ]
    parts = [(path, part, _lines(part, files[path])) for path, part in of_path(coverage) if path in files]
    return (
        page_templates()
        .get_template("coverage.html")
        .render(
            title=title,
            whole=coverage,
            kinds=[(name, part) for name, part in kinds if part.items],
            parts=parts,
            percent=percent,
        )
    )


def _lines(part: Coverage, file: SourceFile) -> list[SourceLine]:
    blocks: dict[int, list[Covered]] = {}
    stretches: dict[int, list[Covered]] = {}
    for one in part.items:
        within = (
            one.item.kind in {CoverKind.CONDITION, CoverKind.ROW} and one.item.place.line == one.item.place.end_line
        )
        (stretches if within else blocks).setdefault(one.item.place.line, []).append(one)
    found = []
    for number, text in enumerate(file.text.split("\n"), start=1):
        here = blocks.get(number, [])
        missing = "; ".join(
            f"{one.item.kind.value} {one.item.text}: {missing_words(one)}" for one in here if one.missing
        )
        pieces = tuple(_pieces(text, stretches.get(number, ())))
        found.append(SourceLine(number, pieces, _state(here), missing))
    return found


def _state(items: Iterable[Covered]) -> str:
    listed = list(items)
    if not listed:
        return ""
    if not any(one.missing for one in listed):
        return "whole"
    return "part" if any(one.seen for one in listed) else "none"


def _pieces(text: str, items: Iterable[Covered]) -> Iterable[Piece]:
    at = 0
    for one in sorted(items, key=lambda each: each.item.place):
        start, end = one.item.place.column - 1, one.item.place.end_column - 1
        if start < at:
            continue
        yield Piece(text[at:start])
        yield Piece(text[start:end], _state([one]), missing_words(one))
        at = end
    yield Piece(text[at:])
