"""Versions of the rules by name: a workspace, a folder of rules, or a git revision of the workspace's repository."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from api.settings.schema import FILE_NAME, Settings, WorkspaceSection
from api.settings.workspace import Workspace, open_workspace
from api.usecases.load_policy import LoadedPolicy, PolicyError, load_policy
from api.usecases.revision_files import RevisionFiles, find_commit, in_repository, known_names, revision_files
from policy.catalogue.comparison import (
    NO_SUCH_VERSION,
    REVISION_WITHOUT_WORKSPACE,
    SIDE_BROKEN,
    TWO_VERSIONS_OF_ONE_NAME,
)
from policy.diagnostics import Diagnostic, Severity, UsageError
from policy.rules import CheckedPolicy


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """One version of the rules, compiled.

    `name` is what it was called, `told` what it is (`main (1a2b3c4)`). `folder` is where its rules lie for tools that
    start from here: for a revision where the workspace has them now.
    """

    name: str
    told: str
    workspace: Workspace
    loaded: LoadedPolicy
    folder: Path

    @property
    def policy(self) -> CheckedPolicy:
        """The checked policy; a version that has errors is never opened."""
        return self.loaded.require()


@contextmanager
def open_version(name: str, *, side: str, workspace: Path) -> Iterator[RulesVersion]:
    """Open the version called `name`; `side` (`BASE` or `HEAD`) is what messages call it.

    `.` is the workspace as it stands. A name is a folder when it is written as one (`./rules`, `/srv/rules`), or when a
    folder of this name exists and no revision does. A revision is looked up in the repository that `workspace` stands
    in. Raises UsageError for a name that means nothing or two things, PolicyError when the rules have errors.
    """
    commit = None if _is_path(name) or not in_repository(_existing(workspace)) else _commit(workspace, name)
    if commit is None:
        yield _folder_version(name, side, workspace)
        return
    if Path(name).is_dir():
        detail = f"{side}, {name}, is a folder here and a git revision."
        hint = f"write `./{name}` for the folder, or the commit {commit[:12]} for the revision"
        raise UsageError(Diagnostic(TWO_VERSIONS_OF_ONE_NAME, detail, hint=hint, subject=name))
    with TemporaryDirectory(prefix="ordain-") as scratch:
        yield _revision_version(name, side, revision_files(workspace, commit), (workspace, Path(scratch)))


def _is_path(name: str) -> bool:
    return name in {".", ".."} or name.startswith(("./", "../", "/", "~")) or name.endswith("/")


def _existing(folder: Path) -> Path:
    return folder if folder.is_dir() else Path()


def _commit(workspace: Path, name: str) -> str | None:
    return None if name.startswith("-") else find_commit(workspace, name)


def _folder_version(name: str, side: str, now: Path) -> RulesVersion:
    folder = now if name == "." else Path(name).expanduser()
    if (folder / FILE_NAME).is_file():
        workspace = open_workspace(folder)
        return _loaded(name, f"the workspace {name}", side, workspace)
    if folder.is_dir():
        if not any(folder.rglob("*.ordain")):
            detail = f"{side}, {name}, is a folder without {FILE_NAME} and without any *.ordain file."
            hint = "name a workspace, a folder of rules, or a git revision"
            raise UsageError(Diagnostic(NO_SUCH_VERSION, detail, hint=hint, subject=name))
        settings = Settings(workspace=WorkspaceSection(name="rules", rules="."))
        return _loaded(name, f"the rules in {name}", side, Workspace(folder, settings, {}, {}))
    raise _unknown(name, side, _existing(now))


def _unknown(name: str, side: str, here: Path) -> UsageError:
    names = known_names(here) if in_repository(here) else ()
    similar = difflib.get_close_matches(name, names, n=2)
    detail = f"{side}, {name}, is neither a folder nor a git revision of the workspace's repository."
    hint = "name a folder, a branch, a tag or a commit" + ("" if names else "; this workspace is in no git repository")
    hint = f"did you mean {' or '.join(f'`{one}`' for one in similar)}?" if similar else hint
    return UsageError(Diagnostic(NO_SUCH_VERSION, detail, hint=hint, subject=name))


def _revision_version(name: str, side: str, files: RevisionFiles, places: tuple[Path, Path]) -> RulesVersion:
    now, scratch = places
    if FILE_NAME not in files.blobs:
        where = "this folder" if now == Path() else f"the folder {now}"
        detail = f"{side}, {name} ({files.short}), has no {FILE_NAME} in {where}: there was no workspace yet."
        hint = "name a later revision, or the workspace's folder at that time with `-w`"
        raise UsageError(Diagnostic(REVISION_WITHOUT_WORKSPACE, detail, hint=hint, subject=name))
    files.copy(scratch, lambda path: path == FILE_NAME)
    workspace = _open_revision(scratch, f"{side}, {name} ({files.short})")
    rules = f"{workspace.settings.workspace.rules.strip('/')}/".removeprefix("./")
    files.copy(scratch, lambda path: path.startswith(rules))
    told = name if name == files.short else f"{name} ({files.short})"
    loaded = _loaded(name, told, side, workspace, folder=now / workspace.settings.workspace.rules)
    named = {path for test in loaded.policy.tests.values() for path, _ in test.snapshots}
    named |= {section.fields for section in workspace.settings.targets.values() if section.fields}
    files.copy(scratch, lambda path: path in named)
    return loaded


def _open_revision(scratch: Path, called: str) -> Workspace:
    try:
        return open_workspace(scratch)
    except UsageError as error:
        detail = f"The {FILE_NAME} of {called}, cannot be used: {error.diagnostic.detail}"
        raise UsageError(Diagnostic(REVISION_WITHOUT_WORKSPACE, detail, hint=error.diagnostic.hint)) from None


def _loaded(name: str, told: str, side: str, workspace: Workspace, *, folder: Path | None = None) -> RulesVersion:
    loaded = load_policy(workspace)
    if loaded.compilation.policy is None:
        problems = [one for one in loaded.compilation.diagnostics if one.severity is Severity.ERROR]
        errors = "an error" if len(problems) == 1 else f"{len(problems)} errors"
        detail = f"The rules of {side}, {told}, have {errors}; nothing can be compared."
        broken = Diagnostic(SIDE_BROKEN, detail, hint=f"mend {side} first: `ordain check` lists the same problems")
        raise PolicyError([broken, *problems], loaded.files)
    return RulesVersion(name, told, workspace, loaded, folder or workspace.rules_folder)
