"""Changes that the linter proposes, in the text: widened to whole lines, then carried out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dsl.read.remembered import read_file
from policy.lint import Edit, Fix
from policy.source import SourceFile, Span


def settle_fix(fix: Fix, files: Mapping[str, SourceFile]) -> Fix | None:
    """Widen what is removed to the lines it fills; None when a comment stands with it, which somebody has to read.

    `files` are rules files by path. A comment stands with it inside it, behind it, or directly above it.
    """
    edits = [_settle(edit, files[edit.span.path]) for edit in fix.edits]
    settled = tuple(edit for edit in edits if edit is not None)
    return replace(fix, edits=settled) if len(settled) == len(edits) else None


def apply_fixes(fixes: Iterable[Fix], files: Mapping[str, SourceFile]) -> tuple[dict[str, SourceFile], tuple[Fix, ...]]:
    """Carry out settled fixes, each whole or not at all; one that meets an earlier one is left out.

    Gives the files that change, by path, and the fixes that were carried out.
    """
    taken: dict[str, list[Edit]] = {}
    carried_out: list[Fix] = []
    for fix in fixes:
        if not any(_meet(edit.span, other.span) for edit in fix.edits for other in taken.get(edit.span.path, [])):
            carried_out.append(fix)
            for edit in fix.edits:
                taken.setdefault(edit.span.path, []).append(edit)
    texts = {path: SourceFile(path, _apply(edits, files[path].text)) for path, edits in taken.items()}
    return texts, tuple(carried_out)


@dataclass(frozen=True, slots=True)
class _Text:
    """A file as lines, and where comments stand in it."""

    lines: tuple[str, ...]
    comments: frozenset[Span]
    commented: tuple[int, ...]

    def has_comment(self, first: int, last: int) -> bool:
        """Tell whether a comment stands on one of these lines, or right above them on a line of its own."""
        at = bisect_left(self.commented, first)
        above = self.lines[first - 2].lstrip().startswith("#") if first > 1 else False
        return above or (at < len(self.commented) and self.commented[at] <= last)


@lru_cache(maxsize=64)
def _look_at(file: SourceFile) -> _Text:
    comments = read_file(file)[0].comments
    spans = [comment.span for comment in comments]
    return _Text(tuple(file.text.split("\n")), frozenset(spans), tuple(span.line for span in spans))


def _settle(edit: Edit, file: SourceFile) -> Edit | None:
    if edit.text:
        return edit
    place, text = edit.span, _look_at(file)
    before = text.lines[place.line - 1][: place.column - 1]
    behind = text.lines[place.end_line - 1][place.end_column - 1 :]
    if place not in text.comments and text.has_comment(place.line, place.end_line):
        return None
    if behind.strip():
        return edit
    if before.strip():
        start = len(before.rstrip()) + 1
        return replace(edit, span=replace(place, column=start, end_column=place.end_column + len(behind)))
    return replace(edit, span=_whole_lines(place, text.lines))


def _whole_lines(place: Span, lines: Sequence[str]) -> Span:
    """Widen to whole lines, and over the empty line below when one stands above too, or nothing does."""
    first, last = place.line, place.end_line
    if last < len(lines) and not lines[last].strip() and (first == 1 or not lines[first - 2].strip()):
        last += 1
    if last >= len(lines):
        return Span(place.path, first, 1, len(lines), len(lines[-1]) + 1)
    return Span(place.path, first, 1, last + 1, 1)


def _meet(one: Span, other: Span) -> bool:
    begins, ends = (one.line, one.column), (one.end_line, one.end_column)
    return begins < (other.end_line, other.end_column) and (other.line, other.column) < ends


def _apply(edits: list[Edit], text: str) -> str:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for edit in sorted(edits, key=lambda one: one.span, reverse=True):
        place = edit.span
        begin = starts[place.line - 1] + place.column - 1
        end = starts[place.end_line - 1] + place.end_column - 1
        text = text[:begin] + edit.text + text[end:]
    return text
