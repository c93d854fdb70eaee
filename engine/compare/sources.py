"""Clauses as they stand in the source of one version."""

from __future__ import annotations

from engine.compare.edits import Edit
from policy.comparison import Clause
from policy.rules import CheckedPolicy
from policy.source import Span

_LONGEST = 160


def clause_of(edit: Edit, policy: CheckedPolicy, span: Span | None, *, stands: bool) -> Clause | None:
    """Give the clause that an edit changed, on the side of `policy`; a set stands for a comparison with it."""
    if span is None:
        return None
    named = policy.sets.get(edit.set_name)
    if named is not None:
        return Clause(named.span, text_at(policy, named.span, whole_lines=True), stands)
    return Clause(span, text_at(policy, span, whole_lines=edit.whole_lines), stands)


def text_at(policy: CheckedPolicy, span: Span, *, whole_lines: bool = False) -> str:
    """Words of a span on one line: white space joined, cut when very long; of a block its first line alone."""
    source = next((one for one in policy.sources if one.path == span.path), None)
    if source is None:
        return ""
    lines = source.text.split("\n")[span.line - 1 : span.end_line]
    if not lines:
        return ""
    if not whole_lines:
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
    if lines[-1].strip() == "end" and len(lines) > 1:
        return _cut(lines[0].strip())
    return _cut(" ".join(" ".join(lines).split()))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
