"""Problems as SARIF 2.1.0 (OASIS standard, 27 March 2020), for code scanning and editors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from policy.diagnostics import Severity

if TYPE_CHECKING:
    from policy.canonical import JsonValue
    from policy.diagnostics import Diagnostic, DiagnosticKind
    from policy.lint import Fix
    from policy.source import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_NO_FIXES: Mapping[Diagnostic, Fix] = MappingProxyType({})
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render_sarif(
    diagnostics: Iterable[Diagnostic],
    *,
    version: str,
    folder: str = "",
    fixes: Mapping[Diagnostic, Fix] = _NO_FIXES,
) -> dict[str, JsonValue]:
    """One SARIF log with one run of the driver `ordain` at `version`; columns count Unicode code points.

    `folder` is the rules folder relative to the repository, `fixes` are the certain changes that solve a problem.
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
        "results": [_result(one, codes.index(one.code), folder) | _fixes(fixes.get(one), folder) for one in problems],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(kind: DiagnosticKind) -> dict[str, JsonValue]:
    return {
        "id": kind.code,
        "shortDescription": {"text": f"{kind.summary}."},
        "help": {"text": f"What to avoid, what to prefer and why: docs/diagnostics/{kind.code}.md"},
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


def _fixes(fix: Fix | None, folder: str) -> dict[str, JsonValue]:
    if fix is None:
        return {}
    changes: list[JsonValue] = []
    for path in dict.fromkeys(edit.span.path for edit in fix.edits):
        replacements: list[JsonValue] = [
            {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
            for edit in fix.edits
            if edit.span.path == path
        ]
        changes.append({"artifactLocation": {"uri": _uri(path, folder)}, "replacements": replacements})
    return {"fixes": [{"description": {"text": fix.title}, "artifactChanges": changes}]}


def _location(span: Span, folder: str) -> dict[str, JsonValue]:
    return {"artifactLocation": {"uri": _uri(span.path, folder)}, "region": _region(span)}


def _uri(path: str, folder: str) -> str:
    return quote(f"{folder.rstrip('/')}/{path}" if folder else path)


def _region(span: Span) -> dict[str, JsonValue]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
