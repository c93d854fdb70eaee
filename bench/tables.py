"""Tables and figures of the benchmark, and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TIMES = "\u00d7"
"""Stands behind a ratio, and between the two sizes of a workload."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that was to be reached, what was found, and whether that reaches it."""

    text: str
    wanted: str
    found: str
    reached: bool


def at_least(text: str, ratio: float, wanted: float) -> Figure:
    """Figure of a ratio that is to be this or more."""
    return Figure(text, f"{wanted:,.0f} {TIMES}", f"{ratio:,.1f} {TIMES}", ratio >= wanted)


def at_most(text: str, ratio: float, wanted: float) -> Figure:
    """Figure of a ratio that is to be this or less."""
    return Figure(text, f"at most {wanted:,.1f} {TIMES}", f"{ratio:,.1f} {TIMES}", ratio <= wanted)


def share_at_most(text: str, share: float, wanted: float) -> Figure:
    """Figure of a share that is to be this or less."""
    return Figure(text, f"at most {wanted:.0%}", f"{share:.2%}", share <= wanted)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart: who, how many seconds."""

    name: str
    seconds: float
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: what was measured, a table, notes, figures, and bars of the chart called `chart`."""

    title: str
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()
    chart: str = ""
    bars: tuple[Bar, ...] = ()

    def markdown(self) -> str:
        """Text of the part."""
        parts = [f"## {self.title}", self.about, _table(self.head, self.rows), *self.notes]
        return "\n\n".join(parts)


def figures_table(figures: Sequence[Figure]) -> str:
    """Table of all figures."""
    rows = tuple((one.text, one.wanted, one.found, "reached" if one.reached else "**not reached**") for one in figures)
    return _table(("figure", "wanted", "found", ""), rows)


def print_section(section: Section) -> None:
    """Print a part as it is finished."""
    print(f"\n{section.title}")
    widths = [max(len(row[place]) for row in (section.head, *section.rows)) for place in range(len(section.head))]
    for row in (section.head, *section.rows):
        first, *others = zip(row, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]))
    for one in section.figures:
        print(f"{'reached    ' if one.reached else 'NOT REACHED'} {one.text}: wanted {one.wanted}, found {one.found}")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
