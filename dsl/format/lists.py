"""Lists on the page: filled lines, or a line for each value where the author had it so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dsl.format.page import WIDTH, Page
from dsl.format.stretch import Stretch

_OPENERS = ("is", "one of", "by", "using", "from", "only", "because")
"""Words behind which a list may stand."""


def print_list(page: Page, stretch: Stretch, hang: int) -> None:
    """Print a clause on one line when it fits, else the values of its list on lines indented by `hang`."""
    words = stretch.words
    starts = _find_list(stretch)
    first = starts[0]
    apart = all(words[start].leads for start in starts[:-1])
    parted = stretch.is_parted(first, len(stretch))
    for word in words[:first]:
        page.put(word, hang)
    if len(starts) > 2 and (apart or parted):  # noqa: PLR2004  # two values and the end
        page.turn(hang)
    print_items(page, stretch, starts, hang, apart=apart)


def print_items(page: Page, stretch: Stretch, starts: Sequence[int], hang: int, *, apart: bool) -> None:
    """Print what begins at each of `starts`, the last of which is the end; `apart`: each on a line of its own."""
    words = stretch.words
    for start, end in pairwise(starts):
        if start != starts[0] and (apart or page.column(words[start], hang) + stretch.width(start, end) > WIDTH):
            page.turn(hang, blank=apart)
        for word in words[start:end]:
            page.put(word, hang)


def _find_list(stretch: Stretch) -> list[int]:
    """Give where each value of the clause's list begins, and its end; a clause without a list is one value."""
    opener = 0
    commas = [position for position, word in enumerate(stretch.words) if word.token.is_sign(",")]
    for position, word in enumerate(stretch.words[: commas[0]] if commas else ()):
        if word.token.is_word(*_OPENERS):
            opener = position + 1
    return [opener, *(comma + 1 for comma in commas if opener), len(stretch)]
