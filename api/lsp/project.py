"""A workspace as an editor sees it: the files of the disk, and over them the buffers that are not saved yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pygls.uris import from_fs_path

from api.lsp.pages import Encoding, Page, make_page
from api.settings.schema import FILE_NAME
from api.settings.workspace import Workspace, open_workspace
from api.usecases.load_policy import LoadedPolicy, find_not_utf8
from policy.diagnostics import Diagnostic, OrdainError
from policy.lint import LintFinding
from policy.rules import CheckedPolicy

_RULES, _LOOKUPS = ".ordain", ".csv"


@dataclass(frozen=True, slots=True)
class Buffer:
    """A file that an editor has open: its text is what counts, whatever the disk holds."""

    uri: str
    path: Path | None
    text: str
    version: int | None


@dataclass(frozen=True, slots=True)
class Files:
    """What a workspace holds at one moment: `rules` and `lookups` by their path in the rules folder.

    `workspace` is None when `ordain.toml` cannot be used. `problems` say why, and which files on disk are no UTF-8.
    """

    folder: Path
    rules: Mapping[str, Page]
    lookups: Mapping[str, Page]
    workspace: Workspace | None
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """Outcome of a check: the files as they were, the compiled rules, the day, and everything that was found.

    `digest` is that of the policy; empty while the rules have errors.
    """

    files: Files
    loaded: LoadedPolicy | None
    findings: tuple[LintFinding, ...]
    today: date
    digest: str = ""

    def knows(self, page: Page) -> bool:
        """Tell whether a file stands as it was checked."""
        return page.source.path in self.files.rules and self.files.rules[page.source.path].source == page.source

    def policy_of(self, files: Files) -> CheckedPolicy | None:
        """Give the compiled rules when these are the files they came from; None while they have errors."""
        same = {path: page.source for path, page in files.rules.items()}
        if self.loaded is None or same != {path: page.source for path, page in self.files.rules.items()}:
            return None
        return self.loaded.compilation.policy


@dataclass(slots=True)
class Project:
    """One workspace (a folder with an `ordain.toml`). It only ever reads: nothing is made or changed in the folder."""

    root: Path
    encoding: Encoding
    _pages: dict[Path, tuple[tuple[int, int], Page, Diagnostic | None]] = field(default_factory=dict)
    _settings: tuple[tuple[int, int], Workspace | None, tuple[Diagnostic, ...]] | None = None

    def read(self, buffers: Mapping[Path, Buffer]) -> Files:
        """Look at the disk and lay the buffers over it; a file that did not change is not read again."""
        workspace, problems = self._read_settings()
        folder = self._folder(workspace)
        rules: dict[str, Page] = {}
        lookups: dict[str, Page] = {}
        for path in [*_files_below(folder), *(one for one in buffers if _lies_below(one, folder))]:
            page = self._page(path, folder, buffers.get(path))
            if page is not None:
                (rules if path.suffix == _RULES else lookups)[page.source.path] = page
        unreadable = (self._pages[page.path][2] for page in rules.values() if page.version is None and page.path)
        problems += tuple(one for one in unreadable if one is not None)
        return Files(folder, dict(sorted(rules.items())), dict(sorted(lookups.items())), workspace, problems)

    def holds(self, path: Path) -> bool:
        """Tell whether a file is one of the rules, or a lookup file, of this workspace."""
        return _lies_below(path, self._folder(self._read_settings()[0]))

    def _folder(self, workspace: Workspace | None) -> Path:
        return workspace.rules_folder if workspace is not None else self.root / "rules"

    def _read_settings(self) -> tuple[Workspace | None, tuple[Diagnostic, ...]]:
        stamp = _stamp(self.root / FILE_NAME) or (0, 0)
        if self._settings is None or self._settings[0] != stamp:
            try:
                self._settings = (stamp, open_workspace(self.root), ())
            except OrdainError as error:
                self._settings = (stamp, None, error.diagnostics)
        return self._settings[1], self._settings[2]

    def _page(self, path: Path, folder: Path, buffer: Buffer | None) -> Page | None:
        name = path.relative_to(folder).as_posix()
        if buffer is not None:
            return make_page(buffer.uri, name, buffer.text, self.encoding, path=path, version=buffer.version)
        stamp = _stamp(path)
        known = self._pages.get(path)
        if stamp is None:
            return None
        if known is None or known[0] != stamp or known[1].source.path != name:
            try:
                content = path.read_bytes()
            except OSError:
                return None
            text, uri = content.decode("utf-8", errors="replace"), from_fs_path(str(path)) or ""
            known = (stamp, make_page(uri, name, text, self.encoding, path=path), find_not_utf8(content, name))
            self._pages[path] = known
        return known[1]


def find_root(path: Path) -> Path | None:
    """Folder of the workspace that a file lies in: the nearest one upwards with an `ordain.toml`; None = in none."""
    return next((folder for folder in path.parents if (folder / FILE_NAME).is_file()), None)


def today_of(policy: CheckedPolicy | None) -> date:
    """Calendar date of now, in the policy's timezone."""
    return datetime.now(ZoneInfo(policy.timezone) if policy is not None else UTC).date()


def _files_below(folder: Path) -> list[Path]:
    found = (Path(where) / name for where, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.suffix in {_RULES, _LOOKUPS})


def _lies_below(path: Path, folder: Path) -> bool:
    return path.suffix in {_RULES, _LOOKUPS} and path.is_relative_to(folder)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size
