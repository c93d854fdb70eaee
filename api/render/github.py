"""Problems as workflow commands of GitHub Actions: an annotation beside the line in a pull request.

Source of the form and its escapes: "Workflow commands for GitHub Actions" in GitHub's documentation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from policy.diagnostics import Severity

if TYPE_CHECKING:
    from policy.diagnostics import Diagnostic

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_SHOWN_PER_STEP = 10
"""GitHub keeps ten annotations of each level per step and drops the rest without a word."""


def render_github(diagnostics: Iterable[Diagnostic], *, folder: str = "") -> str:
    """One workflow command per line; past ten of one level the tenth says how many more there are, by code.

    `folder` is the rules folder relative to the repository, so that annotations find their file.
    """
    problems = list(diagnostics)
    lines: list[str] = []
    for severity in Severity:
        of_level = [one for one in problems if one.severity is severity]
        kept = of_level if len(of_level) <= _SHOWN_PER_STEP else of_level[: _SHOWN_PER_STEP - 1]
        lines += [_command(one, folder) for one in kept]
        if len(kept) < len(of_level):
            lines.append(_rest(severity, of_level[len(kept) :]))
    return "".join(f"{line}\n" for line in lines)


def _command(one: Diagnostic, folder: str) -> str:
    properties = {"title": f"{one.code} {one.kind.summary}"}
    if one.span is not None:
        place = one.span
        path = f"{folder.rstrip('/')}/{place.path}" if folder else place.path
        properties = {"file": path, "line": str(place.line), "endLine": str(place.end_line), **properties}
        if place.line == place.end_line:  # GitHub refuses columns on an annotation of several lines
            properties |= {"col": str(place.column), "endColumn": str(place.end_column)}
    words = one.detail if one.span or not one.subject else f"{one.subject}: {one.detail}"
    message = f"{words}\nhint: {one.hint}" if one.hint else words
    listed = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[one.severity]} {listed}::{_escape(message)}"


def _rest(severity: Severity, hidden: list[Diagnostic]) -> str:
    counted = ", ".join(f"{count} x {code}" for code, count in sorted(Counter(one.code for one in hidden).items()))
    words = f"{len(hidden)} more that GitHub has no room for: {counted}. The log of the check lists them all."
    return f"::{_COMMANDS[severity]} title={_escape_property('More of the same level')}::{_escape(words)}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
