"""Quick fixes: what the hint of a problem proposes, as a change of the text that mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.edits import apply_fixes
from dsl.read.remembered import read_file
from policy.diagnostics import Diagnostic
from policy.lint import Edit, Fix
from policy.source import SourceFile, Span

_CHOICE = r"`([^`]+)`(?: \([^()]*\))?"
_WRITE = re.compile(rf"(?:write|did you mean|type) {_CHOICE}(?: or {_CHOICE})*(?: anew|\?)?")
_AS_TEXT = re.compile(r'write it as a text: `("[^`]*")`')
_OTHER_NAME = re.compile(r"choose another name, such as `([^`]+)`")
_DECLARE = re.compile(r"declare it: `(field [^`…]+)`")
_DELETE = re.compile(r"delete the character U\+[0-9A-F]+|delete this `end`|(?:[^:`]*: )?delete `[^`]+`")
_END = re.compile(r"write `end` (?:behind its last (?:row|line)(?:, )?)?(?:before line ([0-9]+))?")
_SPACE = "put an ordinary space in its place"


def fixes_of(problem: Diagnostic, source: SourceFile) -> tuple[Fix, ...]:
    """Give changes that do what the hint says, each leaving the file with one problem of its text less, or as many.

    Only what can be done without knowing more than the hint says: nothing where an author has to think.
    """
    if problem.span is None or problem.hint is None or problem.span.path != source.path:
        return ()
    return tuple(one for one in _proposed(problem, problem.hint, source) if _mends(problem, one, source))


def _proposed(problem: Diagnostic, hint: str, source: SourceFile) -> Iterator[Fix]:
    assert problem.span is not None, "asked for by the caller"
    span = problem.span
    if _DELETE.fullmatch(hint):
        yield Fix(hint, (Edit(span, ""),))
    elif found := _END.fullmatch(hint):
        yield Fix(hint, (_closing_end(span, int(found.group(1) or 0), source),))
    elif hint == _SPACE:
        yield Fix(hint, (Edit(span, " "),))
    elif found := _AS_TEXT.fullmatch(hint) or _OTHER_NAME.fullmatch(hint):
        yield _instead(span, found.group(1))
    elif found := _DECLARE.fullmatch(hint):
        yield Fix(f"declare `{found.group(1)}`", (Edit(_end_of(source), f"\n{found.group(1)}\n"),))
    elif _WRITE.fullmatch(hint):
        for choice in re.findall(_CHOICE, hint):
            yield _instead(span, _as_written(choice, span, source))


def _instead(span: Span, text: str) -> Fix:
    return Fix(f"write `{text}`", (Edit(span, text),))


def _as_written(choice: str, span: Span, source: SourceFile) -> str:
    """Give what is proposed with the quotes of what it replaces."""
    line = source.line(span.line)
    quoted = line[span.column - 1 : span.column] == '"' and line[span.end_column - 2 : span.end_column - 1] == '"'
    return f'"{choice}"' if quoted and not choice.startswith('"') else choice


def _closing_end(opened: Span, before: int, source: SourceFile) -> Edit:
    """Write the forgotten `end` behind the last line that says something, before a line (0: before the file's end)."""
    lines = source.text.split("\n")
    last = (before or len(lines) + 1) - 1
    while last > opened.line and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    opening = lines[opened.line - 1]
    indent = opening[: len(opening) - len(opening.lstrip())]
    column = len(lines[last - 1]) + 1
    return Edit(Span(source.path, last, column, last, column), f"\n{indent}end")


def _end_of(source: SourceFile) -> Span:
    lines = source.text.split("\n")
    return Span(source.path, len(lines), len(lines[-1]) + 1, len(lines), len(lines[-1]) + 1)


def _mends(problem: Diagnostic, fix: Fix, source: SourceFile) -> bool:
    """Tell whether a change makes the text no worse and, where the text itself was wrong, better."""
    before = read_file(source)[1]
    after = read_file(apply_fixes([fix], {source.path: source})[0][source.path])[1]
    return len(after) < len(before) if problem in before else len(after) <= len(before)
