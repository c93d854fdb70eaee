"""An editor asks about any text at any place: nothing it asks ever fails, and what it is told lies in the text."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.compile import compile_policy
from dsl.editor.completion import complete
from dsl.editor.fixes import fixes_of
from dsl.editor.hover import explain_place
from dsl.editor.library import Library
from dsl.editor.names import NameKind, occurrences
from dsl.editor.navigation import Refusal, definitions, references, rename
from dsl.editor.outline import folds, outline
from dsl.editor.view import view_file
from dsl.edits import apply_fixes
from policy.source import SourceFile, Span
from tests.unit.dsl.editor.marked import COMMON

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").rglob("*.ordain"))]
TEXTS += [
    """event joined on grant account in ad when account.mail changes to "x" notify person.primary_manager using "m" end
test "T" department "W" below "C" person "P" holding account in ad contract "C" type.code: "EMP" end end
on 2026-03-01 expect account in ad because everyone on 2026-03-02 person "P" expect denied access in ad end
"""
]
PIECES = ['"', "{", "}", "end", "rule ", "test ", "when ", "\n", ".", "->", "(", ")", ",", "# ", "\U0001f600", "‎", ":"]


@st.composite
def asked(draw: st.DrawFn) -> tuple[SourceFile, int]:
    """A piece of an example with something put in or taken out, and a place in it."""
    text = draw(st.sampled_from(TEXTS))
    start = draw(st.integers(0, len(text)))
    text = text[start : start + draw(st.integers(0, 600))]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 20))
        text = text[:at] + draw(st.sampled_from(["", *PIECES])) + text[at + cut :]
    return SourceFile.from_text("b.ordain", text), draw(st.integers(0, len(text)))


def lies_in(span: Span, source: SourceFile) -> bool:
    lines = source.text.split("\n")
    begins, ends = (span.line, span.column), (span.end_line, span.end_column)
    return (
        (1, 1) <= begins <= ends
        and span.end_line <= len(lines)
        and span.end_column <= len(lines[span.end_line - 1]) + 1
    )


@settings(max_examples=400)
@given(asked())
def test_every_question_has_an_answer(question: tuple[SourceFile, int]) -> None:
    source, offset = question
    library = Library.of([SourceFile.from_text("a.ordain", COMMON), source])
    view = view_file(source)
    for one in complete(source, offset, library):
        assert 0 <= one.start <= offset <= one.end <= len(source.text)
        assert "\n" not in one.insert or one.skeleton
    said = explain_place(library, view, offset)
    assert said is None or (said.text and lies_in(said.span, source))
    assert all(lies_in(one.span, source) for one in outline(view))
    assert all(1 <= one.first < one.last <= source.text.count("\n") + 1 for one in folds(view))
    definitions(library, view, offset)
    for problem in compile_policy([source], {}).diagnostics:
        for fix in fixes_of(problem, source):
            assert apply_fixes([fix], {source.path: source})[0][source.path] != source


@settings(max_examples=200)
@given(asked())
def test_names_stand_where_they_are_said_to_stand(question: tuple[SourceFile, int]) -> None:
    view = view_file(question[0])
    for one in occurrences(view):
        written = view.text_of(one.span)
        assert (
            one.name == written
            or one.name.endswith(f".{written}")
            or written.endswith(f".{one.name}")
            or not written.isascii()
        )


@settings(max_examples=200)
@given(asked())
def test_a_name_that_was_changed_everywhere_is_found_again_under_its_new_name(question: tuple[SourceFile, int]) -> None:
    source, offset = question
    library, view = Library.of([source]), view_file(source)
    places = rename(library, view, offset, "entirely-new-name")
    if isinstance(places, Refusal):
        return
    text = source.text
    for span in sorted(places, reverse=True):
        start, end = view.offset(span.line, span.column), view.offset(span.end_line, span.end_column)
        text = text[:start] + "entirely-new-name" + text[end:]
    again = view_file(SourceFile(source.path, text))
    found = [one for one in occurrences(again) if one.name == "entirely-new-name"]
    assert len(found) == len(places)
    assert any(one.declares for one in found)
    assert all(one.kind is not NameKind.FIELD for one in found)
    assert references(library, view, offset, with_declaration=True) == places
