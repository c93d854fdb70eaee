"""`ordain lint`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.cli.check import CheckFormat, fails
from api.cli.exits import Exit
from api.cli.known import Looking
from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output
from api.cli.places import from_here
from api.render.counting import counted
from api.render.diagnostics import count_by_severity, render_text
from api.render.file_diff import render_file_diff
from api.render.github import render_github
from api.render.lint import render_findings
from api.render.sarif import render_sarif
from api.settings.workspace import open_workspace
from api.usecases.fix_rules import FixedRules, fix_rules, write_fixed
from api.usecases.lint import ALLOWANCE_CODES, NOTHING_KNOWN, Known, lint_loaded
from api.usecases.load_policy import LoadedPolicy, load_policy
from api.version import our_version
from engine.lint.lint import LINT_CODES
from policy.lint import LintFinding

_CODES = LINT_CODES | ALLOWANCE_CODES


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Codes that are asked for: all but `ignored`, or the `selected` ones alone."""

    selected: frozenset[str]
    ignored: frozenset[str]

    def of(self, findings: Iterable[LintFinding]) -> tuple[LintFinding, ...]:
        return tuple(one for one in findings if self._wants(one.diagnostic.code))

    def _wants(self, code: str) -> bool:
        return code not in self.ignored and (not self.selected or code in self.selected)


def lint(
    *,
    workspace: WorkspaceOption = HERE,
    output_format: Annotated[
        CheckFormat, typer.Option("--format", help="How findings are printed.")
    ] = CheckFormat.TEXT,
    fix: Annotated[bool, typer.Option("--fix", help="Carry out the changes that are certain, and format.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change; write nothing.")] = False,
    select: Annotated[
        list[str] | None, typer.Option("--select", help="Only these codes, such as ORD0372.", metavar="CODE")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", help="All but these codes.", metavar="CODE")] = None,
    live: Annotated[bool, typer.Option("--live", help="Ask targets which permissions they have.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look for smells in rules that have no errors: what is never true, never used, said twice, or about to end.

    The same findings stand in `check`. People of the latest snapshot are counted where its database is a file. Rules
    with errors are neither linted nor fixed: their errors are shown instead. Exit code 0 when nothing found is an
    error, 1 otherwise; with --strict a warning is enough.
    """
    chosen = CheckFormat.JSON if as_json else output_format
    output = Output(as_json=chosen in {CheckFormat.JSON, CheckFormat.SARIF})
    codes = _Chosen(_read_codes(select), _read_codes(ignore))
    opened = open_workspace(workspace)
    loaded = load_policy(opened)
    policy = loaded.compilation.policy
    folder = from_here(opened.rules_folder)
    if policy is None:
        errors = [LintFinding(one) for one in loaded.compilation.diagnostics]
        _print(errors, loaded, _Printing(chosen, folder, None, output))
        raise typer.Exit(Exit.PROBLEMS)
    today = datetime.now(UTC).astimezone(ZoneInfo(policy.timezone)).date()
    known = Looking(opened, output, live=live)(policy)
    if diff or fix:
        fixed = fix_rules(loaded, opened.rules_folder, lambda rules: codes.of(lint_loaded(rules, today, known)))
        if diff:
            _show_diff(fixed, folder, output)
        else:
            write_fixed(fixed, opened.rules_folder)
            _tell(fixed, output)
            loaded = fixed.loaded
    found = codes.of(lint_loaded(loaded, today, known))
    if not diff:
        _print(found, loaded, _Printing(chosen, folder, known, output))
    if fails([one.diagnostic for one in found], strict=strict):
        raise typer.Exit(Exit.PROBLEMS)


@dataclass(frozen=True, slots=True)
class _Printing:
    """How findings are printed. `known` None: the rules have errors, so nobody looked further."""

    format: CheckFormat
    folder: str
    known: Known | None
    output: Output


def _print(found: Sequence[LintFinding], loaded: LoadedPolicy, how: _Printing) -> None:
    problems = [one.diagnostic for one in found]
    match how.format:
        case CheckFormat.JSON:
            known = how.known or NOTHING_KNOWN
            how.output.json(
                {
                    "problems": list(render_findings(found)),
                    "persons": None if known.people is None else known.people.persons,
                    "targets": sorted(known.permissions),
                }
            )
        case CheckFormat.GITHUB:
            how.output.raw(render_github(problems, folder=how.folder))
        case CheckFormat.SARIF:
            fixes = {one.diagnostic: one.fix for one in found if one.fix is not None}
            how.output.json(render_sarif(problems, version=our_version(), folder=how.folder, fixes=fixes))
        case CheckFormat.TEXT:
            how.output.write(render_text(problems, loaded.files, colour=how.output.colour))
            how.output.say(("\n" if found else "") + _summary(found, how.known))


def _summary(found: Sequence[LintFinding], known: Known | None) -> str:
    if known is None:
        return f"{count_by_severity([one.diagnostic for one in found])}: rules with errors are neither linted nor fixed"
    fixable = sum(one.fix is not None for one in found)
    fixes = f", {fixable} of them can be solved by --fix" if fixable else ""
    people = known.people
    looked_at = "no snapshot is at hand" if people is None else f"{counted(people.persons, 'person')} looked at"
    return f"{count_by_severity([one.diagnostic for one in found])}{fixes} ({looked_at})"


def _tell(fixed: FixedRules, output: Output) -> None:
    for one in fixed.done:
        if one.fix is not None and one.diagnostic.span is not None:
            output.say(f"fixed {one.diagnostic.span.at}: {one.fix.title} ({one.diagnostic.code})")
    if fixed.done:
        output.say()


def _show_diff(fixed: FixedRules, folder: str, output: Output) -> None:
    changes = [(f"{folder}/{old.path}", old.text, new.text) for old, new in fixed.changed]
    if output.as_json:
        output.json({"files": [{"path": path, "diff": render_file_diff(path, *texts)} for path, *texts in changes]})
        return
    for path, *texts in changes:
        output.raw(render_file_diff(path, *texts))
    if not changes:
        output.say("Nothing can be fixed for certain.")


def _read_codes(options: list[str] | None) -> frozenset[str]:
    """Codes of an option that may be given several times, each with several codes. Raises BadParameter (exit 2)."""
    codes = {code.strip().upper() for option in options or () for code in option.split(",") if code.strip()}
    unknown = sorted(codes - _CODES)
    if unknown:
        raise typer.BadParameter(f"{unknown[0]} is no code of the linter; docs/lint.md lists them")
    return frozenset(codes)
