"""Check rules that were sent as text and lie on no disk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from api.settings.workspace import Workspace
from api.usecases.lint import lint_loaded
from api.usecases.load_policy import LoadedPolicy, compile_files
from policy.catalogue.workspace import NO_RULES
from policy.diagnostics import Diagnostic, UsageError
from policy.source import SourceFile


def check_posted(
    workspace: Workspace, files: Mapping[str, str], today: date
) -> tuple[LoadedPolicy, tuple[Diagnostic, ...]]:
    """Compile and lint rules (text by path); the lookup files they name are the workspace's.

    Raises UsageError when there is nothing to check.
    """
    if not files:
        hint = 'send {"files": {"hr.ordain": "policy …"}}'
        raise UsageError(Diagnostic(NO_RULES, "No rules file was sent.", hint=hint))
    sources = [SourceFile.from_text(path, text) for path, text in sorted(files.items())]
    loaded = compile_files(sources, workspace.rules_folder)
    smells = [one.diagnostic for one in lint_loaded(loaded, today)]
    return loaded, tuple(sorted([*loaded.compilation.diagnostics, *smells], key=lambda one: one.sort_key))
