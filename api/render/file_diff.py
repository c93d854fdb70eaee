"""The change of a file as a unified diff, as `patch` and reviewers read it."""

from __future__ import annotations

from difflib import unified_diff


def render_file_diff(path: str, before: str, after: str) -> str:
    """Unified diff with three lines around each change; empty when nothing changes."""
    return "".join(_whole(line) for line in unified_diff(_lines(before), _lines(after), path, path))


def _lines(text: str) -> list[str]:
    """Lines of a text, each with its line end: only LF ends one, so a CR before it shows in the diff."""
    *whole, last = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]


def _whole(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
