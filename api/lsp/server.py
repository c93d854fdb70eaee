"""The server: which question of an editor goes to which answer, and what happens when an answer fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from api.lsp import names, proposals, structure
from api.lsp.checks import Checked, Checks
from api.lsp.desk import Desk, Sight
from api.lsp.names import Refused
from api.lsp.project import Project
from api.version import our_version

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
        self.was_shut_down = False  # the editor said good-bye before it left
        self.answering = ThreadPoolExecutor(1, "answers")
        self.checking = ThreadPoolExecutor(1, "checks")
        self.checks = Checks(
            self.desk, self.checking, self.text_document_publish_diagnostics, self.tell_failure, self.look_again
        )

    async def answer(self, uri: str, make: Callable[[Sight], _A], empty: _A) -> _A:
        """Answer a question about a file in the answering thread; `empty` when the file is unknown or it fails."""
        return await asyncio.get_running_loop().run_in_executor(self.answering, self._answer, uri, make, empty)

    def _answer(self, uri: str, make: Callable[[Sight], _A], empty: _A) -> _A:
        try:
            sight = self.desk.look(uri)
            return empty if sight is None else make(sight)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the editor is told and goes on
            self.tell_failure(error)
            return empty

    def tell_failure(self, error: Exception) -> None:
        """Write into the log, and into that of the editor, that an answer failed: it is our own mistake."""
        _LOG.error("an answer failed", exc_info=error)
        words = f"ordain: an answer failed ({type(error).__name__}: {error}); the log has more."
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, words))

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ANN401  # the library's own types
        """Take errors of the protocol into the log: no window pops up in front of an author. A refusal is none."""
        if getattr(error, "code", None) != types.LSPErrorCodes.RequestFailed:
            _LOG.error("%s: %s", getattr(source, "__name__", source), error)

    def look_again(self, project: Project, checked: Checked) -> None:
        """Do what follows from a finished check."""

    def shutdown(self) -> None:
        """Stop every thread."""
        self.checks.close()
        for threads in (self.answering, self.checking):
            threads.shutdown(wait=False, cancel_futures=True)
        super().shutdown()  # type: ignore[no-untyped-call]  # the library ships it without types


def make_server() -> OrdainServer:
    """Make a server that answers everything it can."""
    server = OrdainServer()
    _add_lifecycle(server)
    _add_buffers(server)
    _add_names(server)
    _add_structure(server)
    return server


def _add_lifecycle(server: OrdainServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(_: types.InitializeParams) -> None:
        server.desk.encoding = server.workspace.position_encoding or types.PositionEncodingKind.Utf16

    @server.feature(types.SHUTDOWN)
    def shutdown(*_: object) -> None:
        server.was_shut_down = True

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(_: types.DidChangeWatchedFilesParams) -> None:
        server.desk.touch()
        for project in server.desk.projects.values():
            server.checks.project_soon(project)


def _add_buffers(server: OrdainServer) -> None:
    def take(uri: str) -> None:
        document = server.workspace.get_text_document(uri)
        server.checks.soon(server.desk.put(uri, document.source, document.version))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        take(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        take(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.desk.touch()
        buffer = server.desk.buffers.get(params.text_document.uri)
        if buffer is not None:
            server.checks.soon(buffer)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        buffer = server.desk.drop(params.text_document.uri)
        if buffer is not None:
            server.checks.forget(buffer)
            project = server.desk.project_of(buffer.path)
            if project is not None:
                server.checks.project_soon(project)


def _add_names(server: OrdainServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=proposals.TRIGGERS))
    async def completion(params: types.CompletionParams) -> types.CompletionList:
        empty = types.CompletionList(is_incomplete=False, items=[])
        return await server.answer(
            params.text_document.uri, lambda sight: proposals.propose(sight, params.position), empty
        )

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> list[types.Location]:
        return await server.answer(
            params.text_document.uri, lambda sight: names.find_definitions(sight, params.position), []
        )

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(params: types.ReferenceParams) -> list[types.Location]:
        wanted = params.context.include_declaration
        return await server.answer(
            params.text_document.uri,
            lambda sight: names.find_references(sight, params.position, with_declaration=wanted),
            [],
        )

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def highlights(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        return await server.answer(
            params.text_document.uri, lambda sight: names.find_highlights(sight, params.position), []
        )

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        return await _or_refuse(
            server.answer(params.text_document.uri, lambda sight: names.prepare_rename(sight, params.position), None)
        )

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        return await _or_refuse(
            server.answer(
                params.text_document.uri,
                lambda sight: names.make_rename(sight, params.position, params.new_name),
                None,
            )
        )


def _add_structure(server: OrdainServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        return await server.answer(params.text_document.uri, structure.document_symbols, [])

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folding(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        return await server.answer(params.text_document.uri, structure.folding_ranges, [])


async def _or_refuse(answer: Awaitable[_A]) -> _A:
    """Give the answer, or an error that the editor shows: the words of the refusal."""
    try:
        return await answer
    except Refused as refused:
        raise JsonRpcException(str(refused), code=types.LSPErrorCodes.RequestFailed) from None
