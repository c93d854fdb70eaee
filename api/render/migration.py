"""A migration for people: its table, the page beside the rules, the settings of the workspace; and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from api.render.diagnostics import render_json, show_unseen
from dsl.migrate.outcome import Migration, RuleCount
from policy.canonical import JsonValue
from policy.diagnostics import Diagnostic, Severity

TABLE_HEAD = ("rule", "HelloID", "here", "difference", "likely reason")
_SIGNS_OF_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_|<>[]"})


def table_rows(counts: Sequence[RuleCount]) -> list[list[str]]:
    """Give a row per rule of the export, in its order, under `TABLE_HEAD`."""
    return [
        [
            one.written.id if one.written.granted else one.written.rule.name,
            _number(one.there),
            _number(one.here),
            _difference(one.difference),
            "; ".join(one.reasons),
        ]
        for one in counts
    ]


def migration_json(migration: Migration, counts: Sequence[RuleCount]) -> dict[str, JsonValue]:
    """Give what became of the export: `rules` in its order, `targets`, and `problems`."""
    return {
        "targets": dict(migration.targets),
        "rules": [_rule_json(one, migration) for one in counts],
        "problems": list(render_json(migration.problems)),
    }


def settings_text(name: str, vault: str, targets: Mapping[str, str]) -> str:
    """Text of `ordain.toml`: the vault (path relative to the workspace) as source, a memory target per system."""
    lines = [
        "# Moved in from HelloID. What the settings mean is in docs/workspace.md.",
        "",
        "[workspace]",
        f"name = {_toml(name)}",
        "",
        "[approval]",
        "required = 1",
        "",
        "# The vault as it was exported. Put the source system itself here when it is connected.",
        "[sources.hr]",
        'connector = "vault"',
        f"file = {_toml(vault)}",
    ]
    for system, target in targets.items():
        lines += [
            "",
            f"# {show_unseen(system)}: a memory target forgets everything when the command ends.",
            "# Choose the connector that reaches the system, and its field mapping, before anything is enforced.",
            f"[targets.{target}]",
            'connector = "memory"',
        ]
    return "\n".join(lines) + "\n"


def migration_page(migration: Migration, counts: Sequence[RuleCount], as_of: date, *, file: str) -> str:
    """Text of MIGRATION.md: what became of every rule, how many persons it selects, and what is left to do."""
    carried = [one for one in counts if one.written.granted]
    drafts = sum(one.written.draft for one in carried)
    lines = [
        "# Moved in from HelloID",
        "",
        f"{_say(file)} holds {len(counts)} rules. {len(carried)} of them are carried over, {drafts} as drafts.",
        "",
        "## Targets",
        "",
        "| system | target |",
        "|---|---|",
        *(f"| {_say(system)} | `{target}` |" for system, target in migration.targets.items()),
        "",
        "## Persons per rule",
        "",
        f"HelloID counted at its latest evaluation; here every rule is evaluated alone over the vault on {as_of}.",
        "",
        f"| line | name | {' | '.join(TABLE_HEAD)} | file |",
        "|---|---|---|---|---|---|---|---|",
        *(_page_row(one, row, migration) for one, row in zip(counts, table_rows(counts), strict=True)),
        "",
        *_section("Not carried over", migration.problems, Severity.WARNING),
        *_section("Good to know", migration.problems, Severity.NOTE),
        *_exclusion(migration),
        "## What is left to do",
        "",
        "1. Read the rules aloud, file by file. Compare what is marked above.",
        "2. Say in `ordain.toml` how each target is reached.",
        "3. `ordain check`, then `ordain evaluate`: the first diff shows what would change. Nothing is enforced by it.",
        "4. Take the word `draft` away from a rule when it is to hold.",
    ]
    return "\n".join(lines) + "\n"


def _page_row(one: RuleCount, row: Sequence[str], migration: Migration) -> str:
    rule, *others = row
    shown = f"`{rule}`" if one.written.granted else ""
    file = f"rules/{migration.file_of[one.written.id]}"
    name = f"{one.written.rule.name}{' (draft)' if not one.written.rule.published else ''}"
    cells = [str(one.written.rule.line), _say(name), shown, *(_say(cell) for cell in others), f"`{file}`"]
    return f"| {' | '.join(cells)} |"


def _section(title: str, problems: Sequence[Diagnostic], severity: Severity) -> list[str]:
    of_level = [one for one in problems if one.severity is severity]
    if not of_level:
        return []
    lines = [f"- line {one.span.line if one.span else 0}: {_say(one.detail)} ({one.code})" for one in of_level]
    return [f"## {title}", "", *lines, ""]


def _exclusion(migration: Migration) -> list[str]:
    if not migration.excluded:
        return []
    words = "person is" if migration.excluded == 1 else "persons are"
    return [
        "## Exclusions",
        "",
        f"{migration.excluded} {words} marked as excluded in the vault: `rules/exclusions.ordain` leaves them alone.",
        "",
    ]


def _rule_json(one: RuleCount, migration: Migration) -> JsonValue:
    written = one.written
    lost = (*written.lost_conditions, *written.lost_entitlements)
    return {
        "id": written.id if written.granted else None,
        "name": written.rule.name,
        "line": written.rule.line,
        "status": "published" if written.rule.published else "draft",
        "draft": written.draft,
        "file": f"rules/{migration.file_of[written.id]}",
        "helloid": one.there,
        "here": one.here,
        "difference": one.difference,
        "reasons": list(one.reasons),
        "not_carried": [{"text": each.text, "reason": each.reason} for each in lost],
    }


def _number(number: int | None) -> str:
    return "-" if number is None else str(number)


def _difference(number: int | None) -> str:
    return "-" if number is None else f"{number:+d}" if number else "0"


def _say(text: str) -> str:
    """Text in a page of Markdown: one line, nothing of it a sign."""
    return show_unseen(" ".join(text.split())).translate(_SIGNS_OF_MARKDOWN)


def _toml(text: str) -> str:
    """Text as a basic string of TOML: that of JSON, of which TOML knows every escape."""
    return json.dumps(text)
