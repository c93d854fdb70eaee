"""Problems as SARIF 2.1.0 (OASIS standard, 27 March 2020), for code scanning and editors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from policy.diagnostics import Severity

if TYPE_CHECKING:
    from policy.canonical import JsonValue
    from policy.diagnostics import Diagnostic, DiagnosticKind
    from policy.source import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render_sarif(diagnostics: Iterable[Diagnostic], *, version: str, folder: str = "") -> dict[str, JsonValue]:
    """One SARIF log with one run of the driver `ordain` at `version`; columns count Unicode code points.

    `folder` is the rules folder relative to the repository.
    """
    problems = list(diagnostics)
    kinds = {one.code: one.kind for one in problems}
    codes = sorted(kinds)
    driver: dict[str, JsonValue] = {
        "name": "ordain",
        "semanticVersion": version,
        "rules": [_rule(kinds[code]) for code in codes],
    }
    run: dict[str, JsonValue] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes.index(one.code), folder) for one in problems],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(kind: DiagnosticKind) -> dict[str, JsonValue]:
    return {
        "id": kind.code,
        "shortDescription": {"text": f"{kind.summary}."},
        "defaultConfiguration": {"level": _LEVELS[kind.severity]},
    }


def _result(one: Diagnostic, index: int, folder: str) -> dict[str, JsonValue]:
    words = one.detail if one.span or not one.subject else f"{one.subject}: {one.detail}"
    result: dict[str, JsonValue] = {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": _LEVELS[one.severity],
        "message": {"text": f"{words}\nHint: {one.hint}" if one.hint else words},
    }
    if one.span is not None:
        result["locations"] = [{"physicalLocation": _location(one.span, folder)}]
    if one.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": text}, "physicalLocation": _location(span, folder)}
            for number, (text, span) in enumerate(one.related)
        ]
    return result


def _location(span: Span, folder: str) -> dict[str, JsonValue]:
    path = f"{folder.rstrip('/')}/{span.path}" if folder else span.path
    return {
        "artifactLocation": {"uri": quote(path)},
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        },
    }
