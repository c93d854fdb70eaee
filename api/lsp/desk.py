"""What the server knows: open buffers, the workspaces they lie in, and what was found out about them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from lsprotocol import types
from pygls.uris import to_fs_path

from api.lsp.census import Setting
from api.lsp.pages import Encoding, Page, make_page
from api.lsp.project import Buffer, Checked, Files, Project, find_root
from api.lsp.world import World
from dsl.editor.library import Library
from dsl.editor.surroundings import NOTHING_KNOWN, Surroundings
from dsl.editor.view import View, view_file
from policy.rules import CheckedPolicy
from policy.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Sight:
    """One file that is asked about, among the files it belongs to.

    `files` is None for a file of no workspace: then `pages` holds it alone. `checked` is the last check of its
    workspace, perhaps of a text that has changed since.
    """

    page: Page
    pages: Mapping[str, Page]
    files: Files | None
    library: Library
    world: World | None
    checked: Checked | None = None

    @property
    def policy(self) -> CheckedPolicy | None:
        """The rules as they stand, compiled; None while they have errors, or were not checked yet."""
        return self.checked.policy_of(self.files) if self.checked is not None and self.files is not None else None

    @property
    def has_errors(self) -> bool:
        """Whether the last check found errors in the rules."""
        return self.checked is not None and not self.checked.digest

    @property
    def setting(self) -> Setting | None:
        """Rules, people and the day that can be counted over; None when any of them is missing."""
        policy, snapshot = self.policy, self.world.snapshot if self.world is not None else None
        if policy is None or snapshot is None or self.checked is None:
            return None
        return Setting.of(policy, snapshot, self.checked.today, digest=self.checked.digest)

    @property
    def surroundings(self) -> Surroundings:
        """What is known beside the rules."""
        if self.files is None or self.world is None:
            return NOTHING_KNOWN
        return self.world.surroundings(self.files)

    @property
    def view(self) -> View:
        """The file as tokens and declarations."""
        return view_file(self.page.source)

    def location(self, span: Span) -> types.Location | None:
        """Place in any of the files; None for one that is not here."""
        page = self.pages.get(span.path)
        return None if page is None else types.Location(page.uri, page.range(span))


@dataclass(slots=True)
class Desk:
    """Buffers by their URI, and workspaces by their folder.

    Only the loop of the server changes buffers, and always puts a new mapping in place of the old; any thread may look.
    `edition` grows with every change, so that what was found out about an older one can be told.
    """

    encoding: Encoding = types.PositionEncodingKind.Utf16
    buffers: Mapping[str, Buffer] = field(default_factory=dict)
    projects: dict[Path, Project] = field(default_factory=dict)
    worlds: dict[Path, World] = field(default_factory=dict)
    results: dict[Path, Checked] = field(default_factory=dict)
    edition: int = 0
    _reading: Lock = field(default_factory=Lock)
    _files: dict[Path, tuple[int, Files]] = field(default_factory=dict)
    _library: tuple[tuple[SourceFile, ...], Library] | None = None

    def put(self, uri: str, text: str, version: int | None) -> Buffer:
        """Take note of the text of an open buffer."""
        buffer = Buffer(uri, path_of(uri), text, version)
        self.buffers = {**self.buffers, uri: buffer}
        self.edition += 1
        return buffer

    def drop(self, uri: str) -> Buffer | None:
        """Forget a buffer that was closed: from now on the disk counts."""
        dropped = self.buffers.get(uri)
        self.buffers = {name: one for name, one in self.buffers.items() if name != uri}
        self.edition += 1
        return dropped

    def touch(self) -> None:
        """Take note that the disk may have changed."""
        self.edition += 1

    def project_of(self, path: Path | None) -> Project | None:
        """Workspace a file belongs to: it lies below its rules folder; None = a file by itself."""
        root = find_root(path) if path is not None else None
        if path is None or root is None:
            return None
        project = self.projects.get(root)
        if project is None:
            project = self.projects[root] = Project(root, self.encoding)
            self.worlds[root] = World(root)
        return project

    def open_files(self) -> dict[Path, Buffer]:
        """Open buffers by where they lie."""
        return {one.path: one for one in self.buffers.values() if one.path is not None}

    def read(self, project: Project) -> Files:
        """Files of a workspace as they stand; the disk is looked at once per edition."""
        with self._reading:
            edition = self.edition
            known = self._files.get(project.root)
            if known is None or known[0] != edition:
                known = (edition, project.read(self.open_files()))
                self._files[project.root] = known
            return known[1]

    def look(self, uri: str) -> Sight | None:
        """Look at a file and what belongs to it; None when it is neither open nor a rules file of a workspace."""
        path = path_of(uri)
        project = self.project_of(path)
        if project is not None and path is not None:
            files = self.read(project)
            page = _page_at(files, path)
            if page is not None:
                world = self.worlds[project.root]
                pages = {**files.rules, **files.lookups}
                checked = self.results.get(project.root)
                return Sight(page, pages, files, self._library_of(files), world, checked)
        buffer = self.buffers.get(uri)
        if buffer is None:
            return None
        page = alone(buffer, self.encoding)
        return Sight(page, {page.source.path: page}, None, Library.of([page.source]), None)

    def _library_of(self, files: Files) -> Library:
        sources = tuple(page.source for page in files.rules.values())
        if self._library is None or self._library[0] != sources:
            self._library = (sources, Library.of(sources))
        return self._library[1]


def alone(buffer: Buffer, encoding: Encoding) -> Page:
    """Page of a file that belongs to no workspace."""
    name = buffer.path.name if buffer.path is not None else urlsplit(buffer.uri).path
    return make_page(buffer.uri, name, buffer.text, encoding, path=buffer.path, version=buffer.version)


def path_of(uri: str) -> Path | None:
    """Where a file lies; None for what is no file."""
    if urlsplit(uri).scheme != "file":
        return None
    found = to_fs_path(uri)
    return Path(os.path.normpath(found)) if found else None


def _page_at(files: Files, path: Path) -> Page | None:
    if not path.is_relative_to(files.folder):
        return None
    return files.rules.get(path.relative_to(files.folder).as_posix())
