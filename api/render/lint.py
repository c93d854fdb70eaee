"""What the linter found, as JSON: each problem with the change that solves it, where one is certain."""

from __future__ import annotations

from collections.abc import Iterable

from api.render.diagnostics import place_json, render_json
from policy.canonical import JsonValue
from policy.lint import Fix, LintFinding


def render_findings(findings: Iterable[LintFinding]) -> list[dict[str, JsonValue]]:
    """One object per finding, as for any problem, with `fix`: its `title` and `edits` (`place`, `text`), or null."""
    return [render_json([one.diagnostic])[0] | {"fix": _fix(one.fix)} for one in findings]


def _fix(fix: Fix | None) -> JsonValue:
    if fix is None:
        return None
    return {"title": fix.title, "edits": [{"place": place_json(edit.span), "text": edit.text} for edit in fix.edits]}
