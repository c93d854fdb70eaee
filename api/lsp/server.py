"""The server: its threads, what happens when an answer fails, and what follows from a finished check."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from api.lsp import structure
from api.lsp.census import Census, Setting
from api.lsp.checks import Checks
from api.lsp.desk import Desk, Sight, path_of
from api.lsp.names import Refused
from api.lsp.project import Checked, Project
from api.lsp.trials import Told, Trials
from api.lsp.urgent import Urgent
from api.settings.workspace import Workspace
from api.version import our_version
from policy.diagnostics import OrdainError

_A = TypeVar("_A")
_LOG = logging.getLogger("ordain.lsp")


class OrdainServer(LanguageServer):
    """The language server of rules: what takes time is done in threads, what fails is told and answers empty.

    One thread answers, so answers come in the order of their questions and never wait for a check; one checks.
    """

    def __init__(self) -> None:
        # The whole text comes with every change: what an editor calls a line end and what a library does may differ.
        super().__init__("ordain", our_version(), text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.desk = Desk()
        self.loop: asyncio.AbstractEventLoop
        self.was_shut_down = False  # the editor said good-bye before it left
        self.answering = ThreadPoolExecutor(1, "answers")
        self.checking = ThreadPoolExecutor(1, "checks")
        self.counting = ThreadPoolExecutor(2, "counts")
        self.urgent = Urgent()
        self.census = Census(self.counting, self.urgent.give_way)
        self.trials = Trials()
        self.checks = Checks(
            self.desk,
            self.checking,
            publish=self.text_document_publish_diagnostics,
            failed=self.tell_failure,
            done=self.look_again,
            urgent=self.urgent,
            beside=lambda project, checked: self.trials.problems(project.root, checked),
        )

    async def answer(self, uri: str, make: Callable[[Sight], _A], empty: _A) -> _A:
        """Answer a question about a file in the answering thread; `empty` when the file is unknown or it fails."""
        with self.urgent:
            return await self.loop.run_in_executor(self.answering, self._answer, uri, make, empty)

    def _answer(self, uri: str, make: Callable[[Sight], _A], empty: _A) -> _A:
        try:
            sight = self.desk.look(uri)
            return empty if sight is None else make(sight)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the editor is told and goes on
            self.tell_failure(error)
            return empty

    def find_symbols(self, query: str) -> list[types.WorkspaceSymbol]:
        """Find declarations by their name in every workspace that is known."""
        found: list[types.WorkspaceSymbol] = []
        for project in list(self.desk.projects.values()):
            try:
                found += structure.workspace_symbols(self.desk.read(project), query)
            except Exception as error:  # noqa: BLE001  # whatever it is, the editor is told and goes on
                self.tell_failure(error)
        return found

    def tell_failure(self, error: Exception) -> None:
        """Write into the log, and into that of the editor, that an answer failed: it is our own mistake."""
        _LOG.error("an answer failed", exc_info=error)
        said = f"ordain: an answer failed ({type(error).__name__}: {error}); the log has more."
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, said))

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ANN401  # the library's own types
        """Take errors of the protocol into the log: no window pops up in front of an author. A refusal is none."""
        if getattr(error, "code", None) != types.LSPErrorCodes.RequestFailed:
            _LOG.error("%s: %s", getattr(source, "__name__", source), error)

    def look_again(self, project: Project, checked: Checked) -> None:
        """Look at the snapshot behind a finished check, and count what the rules give."""
        self.refresh_lenses()
        if checked.files.workspace is not None:
            self.counting.submit(self._count, project, checked, checked.files.workspace)

    def _count(self, project: Project, checked: Checked, workspace: Workspace) -> None:
        try:
            if self.was_shut_down:
                return
            world = self.desk.worlds[project.root]
            if world.refresh(workspace):
                self.loop.call_soon_threadsafe(self.checks.project_soon, project)  # lint knows more now
            policy = checked.loaded.compilation.policy if checked.loaded is not None else None
            if policy is not None and world.snapshot is not None:
                setting = Setting.of(policy, world.snapshot, checked.today, digest=checked.digest)
                self.census.count_rules(setting, self.refresh_lenses, self.tell_failure)
        except Exception as error:  # noqa: BLE001  # whatever it is, the editor is told and goes on
            self.tell_failure(error)

    @property
    def can_watch(self) -> bool:
        """Whether the editor tells of changes on the disk when it is asked to."""
        able = self.client_capabilities.workspace
        files = able.did_change_watched_files if able is not None else None
        return files is not None and bool(files.dynamic_registration)

    @property
    def can_fill_in(self) -> bool:
        """Whether the editor can jump from place to place in what it inserts."""
        able = self.client_capabilities.text_document
        item = able.completion.completion_item if able is not None and able.completion is not None else None
        return item is not None and bool(item.snippet_support)

    def refresh_lenses(self) -> None:
        """Ask the editor to look at the lenses again, if it can."""
        if self.was_shut_down:
            return
        able = self.client_capabilities.workspace
        lens = able.code_lens if able is not None else None
        if lens is not None and lens.refresh_support:
            self.loop.call_soon_threadsafe(self.workspace_code_lens_refresh, None)

    async def run_test(self, uri: str, title: str) -> Told:
        """Run a test on the text as it stands, tell what came of it, and show what failed."""
        project = self.desk.project_of(path_of(uri))
        if project is not None:
            await self.checks.settle(project)
        told = await self.loop.run_in_executor(self.counting, self._run_test, uri, title)
        kind = types.MessageType.Info if told.passed else types.MessageType.Warning
        self.window_show_message(types.ShowMessageParams(kind, told.words))
        if project is not None:
            self.checks.show(project)
            self.refresh_lenses()
        return told

    def _run_test(self, uri: str, title: str) -> Told:
        try:
            sight = self.desk.look(uri)
            return self.trials.run(sight, title) if sight is not None else Told(passed=False, words="no such file")
        except OrdainError as error:
            return Told(passed=False, words=str(error))
        except Exception as error:  # noqa: BLE001  # whatever it is, the editor is told and goes on
            self.tell_failure(error)
            return Told(passed=False, words=f"“{title}” could not be run; the log says why.")

    def shutdown(self) -> None:
        """Stop every thread."""
        self.checks.close()
        for threads in (self.answering, self.checking, self.counting):
            threads.shutdown(wait=False, cancel_futures=True)
        super().shutdown()  # type: ignore[no-untyped-call]  # the library ships it without types
