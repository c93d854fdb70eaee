"""Diagnostics as an author types: one check at a time, after a short rest, the newest text alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.uris import from_fs_path

from api.lsp.desk import Desk, alone
from api.lsp.pages import Page
from api.lsp.problems import to_protocol
from api.lsp.project import Buffer, Checked, Files, Project, today_of
from api.lsp.urgent import Urgent
from api.render.pages import page_of_code
from api.settings.schema import FILE_NAME
from api.usecases.check import judge_loaded
from api.usecases.lint import NOTHING_KNOWN
from api.usecases.load_policy import compile_files
from dsl.read.remembered import read_file
from policy.diagnostics import Diagnostic
from policy.lint import LintFinding

_REST_SECONDS = 0.2
_NEWS_SECONDS = 5.0
_K = TypeVar("_K")
Publish = Callable[[types.PublishDiagnosticsParams], None]


@dataclass(frozen=True, slots=True)
class _Publication:
    """What was told of a file last; `root` is the workspace it was told for, None for a file by itself."""

    root: Path | None
    uri: str
    diagnostics: list[types.Diagnostic]
    version: int | None


class Stale(Exception):  # noqa: N818  # no error: the text has changed meanwhile
    """What is being checked is not what stands there any more."""


@dataclass(slots=True)
class Checks:
    """Checks of every workspace, and of files that lie in none.

    `publish` sends diagnostics to the editor, `failed` tells it what went wrong with a check, `done` is told of each
    that ended. `beside` gives what is shown besides: failed tests.
    """

    desk: Desk
    threads: Executor
    publish: Publish
    failed: Callable[[Exception], None]
    done: Callable[[Project, Checked], None]
    urgent: Urgent
    beside: Callable[[Project, Checked], Iterable[Diagnostic]]
    _published: dict[str, _Publication] = field(default_factory=dict)
    _waiting: dict[Path | str, asyncio.TimerHandle] = field(default_factory=dict)
    _told: dict[Path, float] = field(default_factory=dict)
    _alone: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _running: dict[Path, asyncio.Task[None]] = field(default_factory=dict)

    def soon(self, buffer: Buffer) -> None:
        """Check what this buffer belongs to once nobody has typed for a moment."""
        project = self.desk.project_of(buffer.path)
        if project is None or buffer.path is None or not project.holds(buffer.path):
            self._rest(buffer.uri, self._start_alone, buffer.uri)
        else:
            self.project_soon(project)

    def project_soon(self, project: Project) -> None:
        """Check a workspace once nothing has changed for a moment."""
        self._rest(project.root, self._start, project)

    def forget(self, buffer: Buffer) -> None:
        """Clear the diagnostics of a closed file that belongs to no workspace."""
        told = self._published.get(buffer.uri)
        if told is not None and told.root is None:
            self._publish(_Publication(None, buffer.uri, [], None))

    async def settle(self, project: Project) -> None:
        """Wait until the rules of a workspace are checked as they stand."""
        while project.root in self._waiting or not self._is_idle(project):  # noqa: ASYNC110  # typing may begin anew
            await asyncio.sleep(_REST_SECONDS / 4)

    def _is_idle(self, project: Project) -> bool:
        running = self._running.get(project.root)
        return running is None or running.done()

    def close(self) -> None:
        """Begin nothing more."""
        for waiting in self._waiting.values():
            waiting.cancel()
        self._waiting.clear()

    def _rest(self, key: Path | str, start: Callable[[_K], None], what: _K) -> None:
        """Start something once nothing has changed for a moment."""
        waiting = self._waiting.pop(key, None)
        if waiting is not None:
            waiting.cancel()
        self._waiting[key] = asyncio.get_running_loop().call_later(_REST_SECONDS, start, what)

    def _start_alone(self, uri: str) -> None:
        self._waiting.pop(uri, None)
        buffer = self.desk.buffers.get(uri)
        if buffer is not None:
            self._alone[uri] = asyncio.ensure_future(self._check_alone(buffer))

    def _start(self, project: Project) -> None:
        self._waiting.pop(project.root, None)
        if not self._is_idle(project):
            self.project_soon(project)  # INVARIANT: one check of a workspace at a time, so work never piles up
            return
        self._running[project.root] = asyncio.ensure_future(self._check(project))

    async def _check(self, project: Project) -> None:
        edition = self.desk.edition
        told = self._told.get(project.root)
        # Who types on and on is told something all the same: a check is given up only when the last one is recent.
        may_stop = told is not None and time.monotonic() - told < _NEWS_SECONDS
        try:
            loop = asyncio.get_running_loop()
            with self.urgent:
                checked = await loop.run_in_executor(
                    self.threads, check, self.desk, project, edition if may_stop else None
                )
        except Stale:
            self.project_soon(project)
            return
        except Exception as error:  # noqa: BLE001  # whatever it is, the editor is told and goes on
            self.failed(error)
            return
        self._told[project.root] = time.monotonic()
        self.desk.results[project.root] = checked
        if edition != self.desk.edition:
            self.project_soon(project)
        self.show(project)
        self.done(project, checked)

    async def _check_alone(self, buffer: Buffer) -> None:
        page = alone(buffer, self.desk.encoding)
        _, found = await asyncio.get_running_loop().run_in_executor(self.threads, read_file, page.source)
        if self.desk.buffers.get(buffer.uri) is not buffer:
            return  # closed, or changed: then another check is on its way
        diagnostics = [to_protocol(one, {page.source.path: page}, page_of_code) for one in found]
        self._publish(_Publication(None, buffer.uri, diagnostics, buffer.version))

    def show(self, project: Project) -> None:
        """Publish what the last check found, with what is shown besides."""
        checked = self.desk.results.get(project.root)
        if checked is None:
            return
        pages = {**checked.files.rules, **checked.files.lookups}
        by_uri: dict[str, list[types.Diagnostic]] = {page.uri: [] for page in pages.values()}
        for one in [*(found.diagnostic for found in checked.findings), *self.beside(project, checked)]:
            uri = _uri_of(one, pages, project.root)
            by_uri.setdefault(uri, []).append(to_protocol(one, pages, page_of_code))
        versions = {page.uri: page.version for page in pages.values()}
        before = [uri for uri, told in self._published.items() if told.root == project.root]
        for uri in before:
            by_uri.setdefault(uri, [])  # a file that is gone, or has another name in the editor
        for uri, diagnostics in by_uri.items():
            self._publish(_Publication(project.root, uri, diagnostics, versions.get(uri)))

    def _publish(self, one: _Publication) -> None:
        known = self._published.get(one.uri)
        if one.version is None and (known.diagnostics if known is not None else []) == one.diagnostics:
            return
        if one.diagnostics:
            self._published[one.uri] = one
        else:
            self._published.pop(one.uri, None)
        self.publish(types.PublishDiagnosticsParams(one.uri, one.diagnostics, one.version))


def check(desk: Desk, project: Project, edition: int | None) -> Checked:
    """Check the files of a workspace as they stand. Raises Stale when this `edition` is the newest no more."""
    files = desk.read(project)
    for page in files.rules.values():
        _stop_if_stale(desk, edition)
        read_file(page.source)
    if files.workspace is None:
        return Checked(files, None, tuple(LintFinding(one) for one in _without_settings(files)), today_of(None))
    _stop_if_stale(desk, edition)
    lookups = {name: page.source for name, page in files.lookups.items() if page.version is not None}
    sources = [page.source for page in files.rules.values()]
    loaded = compile_files(sources, files.folder, open_lookups=lookups)
    _stop_if_stale(desk, edition)
    policy = loaded.compilation.policy
    today = today_of(policy)
    known = desk.worlds[project.root].known(policy) if policy is not None else NOTHING_KNOWN
    found = judge_loaded(loaded, files.workspace, today, known)
    findings = (*(LintFinding(one) for one in files.problems), *found)
    return Checked(files, loaded, findings, today, policy.digest if policy is not None else "")


def _without_settings(files: Files) -> list[Diagnostic]:
    """Problems of the settings, and those of the rules that can be told without them."""
    found = list(files.problems)
    for page in files.rules.values():
        found += read_file(page.source)[1]
    return found


def _stop_if_stale(desk: Desk, edition: int | None) -> None:
    if edition is not None and desk.edition != edition:
        raise Stale


def _uri_of(one: Diagnostic, pages: Mapping[str, Page], root: Path) -> str:
    """Where a problem is shown: in its file, in the file it is about, or in the settings."""
    if one.span is not None and one.span.path in pages:
        return pages[one.span.path].uri
    named = root / one.subject if one.subject else None
    path = named if named is not None and named.is_file() else root / FILE_NAME
    return from_fs_path(str(path)) or ""
