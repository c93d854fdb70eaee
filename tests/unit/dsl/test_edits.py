from __future__ import annotations

import pytest

from dsl.edits import apply_fixes, settle_fix
from policy.lint import Edit, Fix
from policy.source import SourceFile, Span


def span_of(text: str, part: str) -> Span:
    start = text.index(part)
    end = start + len(part)

    def place(offset: int) -> tuple[int, int]:
        before = text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    return Span("a.ordain", *place(start), *place(end))


def without(text: str, *parts: str) -> str | None:
    """The text without `parts`; None when one of them is not to be taken out."""
    files = {"a.ordain": SourceFile("a.ordain", text)}
    fixes = [settle_fix(Fix("x", (Edit(span_of(text, part), ""),)), files) for part in parts]
    settled = [fix for fix in fixes if fix is not None]
    if len(settled) < len(fixes):
        return None
    texts, _ = apply_fixes(settled, files)
    return texts["a.ordain"].text


SET = 'set a is "A"'
NOTE = '# ordain: allow ORD0372 until 2026-12-31 because "x"'


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{SET}\n", ""),
        (SET, ""),
        (f'{SET}\nset b is "B"\n', 'set b is "B"\n'),
        (f'{SET}\n\nset b is "B"\n', 'set b is "B"\n'),
        (f'set b is "B"\n\n{SET}\n\nset c is "C"\n', 'set b is "B"\n\nset c is "C"\n'),
        (f'set b is "B"\n{SET}\n\nset c is "C"\n', 'set b is "B"\n\nset c is "C"\n'),
        (f'set b is "B"  {SET}  set c is "C"\n', 'set b is "B"    set c is "C"\n'),
        (f'set b is "B"   {SET}   \nset c is "C"\n', 'set b is "B"\nset c is "C"\n'),
        (f'# far above\n\n{SET}\nset c is "C"\n', '# far above\n\nset c is "C"\n'),
    ],
)
def test_what_is_removed_goes_with_the_lines_it_fills(text: str, left: str) -> None:
    assert without(text, SET) == left


@pytest.mark.parametrize("text", [f"# why\n{SET}\n", f"{SET} # why\n"])
def test_a_comment_keeps_what_it_stands_with(text: str) -> None:
    assert without(text, SET) is None


def test_a_comment_inside_keeps_the_whole() -> None:
    role = 'role a\n    # why\n    permission "X" in ad\nend'
    assert without(f"{role}\n", role) is None


def test_a_comment_itself_is_taken_out() -> None:
    assert without(f"# why\n{NOTE}\n{SET}\n", NOTE) == f"# why\n{SET}\n"
    assert without(f"{SET}  {NOTE}\n{SET}\n", NOTE) == f"{SET}\n{SET}\n"


def test_fixes_that_meet_are_carried_out_one_at_a_time() -> None:
    text = 'set a is "A"\nset b is "B"\n'
    files = {"a.ordain": SourceFile("a.ordain", text)}
    first = Fix("first", (Edit(span_of(text, 'set a is "A"\n'), ""),))
    meets = Fix("meets", (Edit(span_of(text, '"A"'), '"Z"'), Edit(span_of(text, '"B"'), '"Y"')))
    other = Fix("other", (Edit(span_of(text, '"B"'), '"X"'),))
    texts, done = apply_fixes([first, meets, other], files)
    assert (texts["a.ordain"].text, done) == ('set b is "X"\n', (first, other))
