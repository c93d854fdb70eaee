"""Diagnostics as the protocol has them: a place, the words and the hint, the code with its page, what else to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path

from api.lsp.pages import Page
from policy.catalogue.lint import UNUSED_DEFINE, UNUSED_ROLE, UNUSED_SET, UNUSED_TARGET
from policy.diagnostics import Diagnostic, Severity
from policy.source import Span

SOURCE = "ordain"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
_UNUSED = frozenset({UNUSED_SET, UNUSED_DEFINE, UNUSED_ROLE, UNUSED_TARGET})
_START = types.Range(types.Position(0, 0), types.Position(0, 1))


def to_protocol(
    one: Diagnostic, pages: Mapping[str, Page], page_of_code: Callable[[str], Path | None]
) -> types.Diagnostic:
    """Give a problem; one without a place stands at the beginning of its file."""
    page = pages.get(one.span.path) if one.span is not None else None
    place = page.range(one.span) if page is not None and one.span is not None else _START
    document = page_of_code(one.code)
    href = from_fs_path(str(document)) if document is not None else None
    return types.Diagnostic(
        range=place,
        severity=_SEVERITIES[one.severity],
        code=one.code,
        code_description=types.CodeDescription(href) if href else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if one.kind in _UNUSED else None,
        message=words_of(one),
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(pages[span.path].uri, pages[span.path].range(span)), words
            )
            for words, span in one.related
            if span.path in pages
        ]
        or None,
    )


def words_of(one: Diagnostic) -> str:
    """Summary, detail and hint of a problem, a line each."""
    lines = [f"{one.kind.summary}: {one.detail}"]
    if one.hint:
        lines.append(f"Hint: {one.hint}")
    return "\n".join(lines)


def lies_in(span: Span, place: types.Range, page: Page) -> bool:
    """Tell whether a stretch of a page touches a range of the editor."""
    own = page.range(span)
    return not (_key(own.end) < _key(place.start) or _key(place.end) < _key(own.start))


def _key(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
