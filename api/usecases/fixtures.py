"""The vault files that tests bring people in from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from api.settings.workspace import Workspace
from connectors.paths import inside
from connectors.registry import SOURCES
from engine.mapping.source import map_people
from engine.people.build import build_people
from policy.catalogue.testing import FIXTURE_UNREADABLE
from policy.diagnostics import Diagnostic, OrdainError
from policy.ports import ScriptRunner
from policy.snapshot import Snapshot
from policy.source import Span
from policy.testing import PolicyTest

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # a vault file without a mapping runs no scripts, so none sees a clock
_SEED = 0


@dataclass(frozen=True, slots=True)
class Fixtures:
    """Snapshots by path as tests name them, the file behind each, and by title why a test misses one."""

    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    broken: dict[str, tuple[Diagnostic, ...]] = field(default_factory=dict)


def read_fixtures(
    workspace: Workspace, tests: Iterable[PolicyTest], *, timezone: str, scripts: ScriptRunner
) -> Fixtures:
    """Read every vault file that `tests` name, each once. One that cannot be read is a problem where it is named."""
    found = Fixtures()
    failures: dict[str, OrdainError] = {}
    for test in tests:
        for path, span in test.snapshots:
            if path not in found.snapshots and path not in failures:
                try:
                    found.snapshots[path] = _read(workspace, path, timezone, scripts)
                except OrdainError as error:
                    failures[path] = error
                file = find_fixture(workspace, path)
                if file is not None:
                    found.files[path] = file
            if path in failures:
                problem = _problem(failures[path].diagnostic, path, span)
                found.broken[test.title] = (*found.broken.get(test.title, ()), problem)
    return found


def find_fixture(workspace: Workspace, path: str) -> Path | None:
    """File that a test names by `path`: in the rules folder, else in the workspace; None when it is in neither."""
    folder = _folder_of(workspace, path)
    return None if folder is None else inside(folder, path)


def _folder_of(workspace: Workspace, path: str) -> Path | None:
    for folder in (workspace.rules_folder, workspace.root):
        try:
            if inside(folder, path).is_file():
                return folder
        except OrdainError:  # it leads out of this folder, and perhaps not out of the other
            continue
    return None


def _read(workspace: Workspace, path: str, timezone: str, scripts: ScriptRunner) -> Snapshot:
    folder = _folder_of(workspace, path)
    if folder is None:
        rules = workspace.settings.workspace.rules
        detail = f"There is no file “{path}”, neither in the rules folder ({rules}) nor in the workspace."
        raise OrdainError(Diagnostic(FIXTURE_UNREADABLE, detail))
    vault = SOURCES["vault"]
    records = vault.open("fixture", vault.config.model_validate({"file": path}), folder).read()
    mapped = map_people(records, None, scripts, now=_NEVER, seed=_SEED, timezone=timezone)
    return build_people(mapped, records.departments).snapshot


def _problem(found: Diagnostic, path: str, span: Span) -> Diagnostic:
    """Show what is wrong with a vault file at the place where a test names it."""
    hint = found.hint if found.kind is not FIXTURE_UNREADABLE and found.hint else "put it there, or correct the path"
    return Diagnostic(FIXTURE_UNREADABLE, found.detail, span=span, hint=hint, subject=path)
