"""Quick fixes and formatting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from api.lsp.desk import Sight
from api.lsp.pages import Page
from api.lsp.problems import lies_in, to_protocol
from api.render.pages import page_of_code
from dsl.editor.fixes import fixes_of
from dsl.format.source import NotFormatted, format_source
from dsl.read.remembered import read_file
from policy.lint import Fix, LintFinding

_ONE = 1


def code_actions(sight: Sight, place: types.Range) -> list[types.CodeAction]:
    """Give what mends the problems a range touches: what their hints propose, and what the linter is certain of."""
    actions: list[types.CodeAction] = []
    for finding in _findings(sight):
        span = finding.diagnostic.span
        if span is None or span.path != sight.page.source.path or not lies_in(span, place, sight.page):
            continue
        fixes = [*([finding.fix] if finding.fix is not None else []), *fixes_of(finding.diagnostic, sight.page.source)]
        preferred = len(fixes) == _ONE
        actions += [one for fix in fixes if (one := _action(fix, finding, sight, preferred=preferred)) is not None]
    return actions


def format_page(sight: Sight) -> list[types.TextEdit]:
    """Give the one change that brings a file into the one style; none when it is, or when it cannot be read."""
    page = sight.page
    formatted = format_source(page.source)
    if isinstance(formatted, NotFormatted) or formatted.text == page.source.text:
        return []
    before, after = page.lines, formatted.text.split("\n")
    same = _count_same(zip(before, after, strict=False))
    most = min(len(before), len(after)) - same
    same_end = min(_count_same(zip(reversed(before), reversed(after), strict=False)), most)
    return [_replace_lines(page, same, len(before) - same_end, after[same : len(after) - same_end])]


def _replace_lines(page: Page, first: int, behind: int, lines: list[str]) -> types.TextEdit:
    """Replace the lines `first` up to, not with, `behind` (from 0)."""
    if behind < len(page.lines):
        text = "".join(f"{line}\n" for line in lines)
        return types.TextEdit(types.Range(page.position(first + 1, 1), page.position(behind + 1, 1)), text)
    return types.TextEdit(types.Range(page.position(first + 1, 1), page.whole.end), "\n".join(lines))


def _count_same(pairs: Iterable[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


def _findings(sight: Sight) -> Iterator[LintFinding]:
    """Problems of the file as it stands: those of the last check, or those of its text when it has changed since."""
    if sight.checked is not None and sight.checked.knows(sight.page):
        yield from sight.checked.findings
    else:
        yield from (LintFinding(one) for one in read_file(sight.page.source)[1])


def _action(fix: Fix, finding: LintFinding, sight: Sight, *, preferred: bool) -> types.CodeAction | None:
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in fix.edits:
        page = sight.pages.get(edit.span.path)
        if page is None or (page is not sight.page and sight.checked is not None and not sight.checked.knows(page)):
            return None
        changes.setdefault(page.uri, []).append(types.TextEdit(page.range(edit.span), edit.text))
    return types.CodeAction(
        title=fix.title[:1].upper() + fix.title[1:],
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[to_protocol(finding.diagnostic, sight.pages, page_of_code)],
        is_preferred=preferred or None,
        edit=types.WorkspaceEdit(changes=changes),
    )
