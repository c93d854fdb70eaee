"""Linting rules that are written as text in a test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.lint.lint import lint
from policy.lint import LintFinding, LintInput, PeopleFacts
from tests.unit.dsl.compiling import compile_fine

TODAY = date(2026, 3, 1)


def lint_text(
    text: str,
    *among: str,
    today: date = TODAY,
    people: PeopleFacts | None = None,
    permissions: Mapping[str, frozenset[str]] | None = None,
) -> list[LintFinding]:
    """Lint `text` beside a policy and two targets; of the findings those of the codes `among`."""
    given = LintInput(compile_fine(text), today, people, permissions or {})
    return [one for one in lint(given) if one.diagnostic.code in among]


def codes_among(text: str, *among: str) -> list[str]:
    """Codes of the findings that are `among` those, by place."""
    return [one.diagnostic.code for one in lint_text(text, *among)]
