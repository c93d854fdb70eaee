"""Formatting for tests."""

from __future__ import annotations

from dsl.format.source import Formatted, format_source
from policy.source import SourceFile


def formatted(text: str) -> str:
    """Format a text without problems, twice: the second time nothing may change."""
    outcome = format_source(SourceFile.from_text("a.ordain", text))
    assert isinstance(outcome, Formatted), outcome.problems
    assert format_source(SourceFile("a.ordain", outcome.text)) == outcome
    return outcome.text
