"""Which question of an editor goes to which answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from api.lsp import lenses, names, proposals, repairs, structure, words
from api.lsp.desk import path_of
from api.lsp.names import Refused
from api.lsp.server import OrdainServer
from api.settings.schema import FILE_NAME

_A = TypeVar("_A")


def make_server() -> OrdainServer:
    """Make a server that answers everything it can."""
    server = OrdainServer()
    _add_lifecycle(server)
    _add_buffers(server)
    _add_names(server)
    _add_structure(server)
    _add_repairs(server)
    _add_counts(server)
    return server


def _add_lifecycle(server: OrdainServer) -> None:
    @server.feature(types.INITIALIZE)
    async def initialize(_: types.InitializeParams) -> None:
        server.loop = asyncio.get_running_loop()
        server.desk.encoding = server.workspace.position_encoding or types.PositionEncodingKind.Utf16

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        if server.can_watch:
            server.client_register_capability(types.RegistrationParams([_watchers()]))
        for folder in server.workspace.folders:
            path = path_of(folder)
            project = server.desk.project_of(path / FILE_NAME) if path is not None else None
            if project is not None:
                server.checks.project_soon(project)

    @server.feature(types.SHUTDOWN)
    def shutdown(*_: object) -> None:
        server.was_shut_down = True
        server.checks.close()
        server.census.stop()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(_: types.DidChangeWatchedFilesParams) -> None:
        server.desk.touch()
        for project in server.desk.projects.values():
            server.checks.project_soon(project)


def _watchers() -> types.Registration:
    """Name what the editor shall watch on the disk: everything that a check reads."""
    patterns = ("**/*.ordain", "**/*.csv", "**/*.json", f"**/{FILE_NAME}")
    options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(one) for one in patterns])
    return types.Registration("disk", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)


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
            params.text_document.uri,
            lambda sight: proposals.propose(sight, params.position, snippets=server.can_fill_in),
            empty,
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
        renamed = await _or_refuse(
            server.answer(
                params.text_document.uri,
                lambda sight: names.make_rename(sight, params.position, params.new_name),
                None,
            )
        )
        if renamed is not None and renamed.warning:
            server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, renamed.warning))
        return renamed.edit if renamed is not None else None


def _add_structure(server: OrdainServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        return await server.answer(params.text_document.uri, structure.document_symbols, [])

    @server.feature(types.WORKSPACE_SYMBOL)
    async def everywhere(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        with server.urgent:
            return await server.loop.run_in_executor(server.answering, server.find_symbols, params.query)

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folding(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        return await server.answer(params.text_document.uri, structure.folding_ranges, [])


def _add_repairs(server: OrdainServer) -> None:
    options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        only = params.context.only
        if only is not None and not any(types.CodeActionKind.QuickFix.startswith(kind) for kind in only):
            return []
        return await server.answer(
            params.text_document.uri, lambda sight: repairs.code_actions(sight, params.range), []
        )

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    async def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        return await server.answer(params.text_document.uri, repairs.format_page, [])


def _add_counts(server: OrdainServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        return await server.answer(
            params.text_document.uri, lambda sight: words.hover(sight, params.position, server.census), None
        )

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        return await server.answer(
            params.text_document.uri, lambda sight: lenses.code_lenses(sight, server.census, server.trials), []
        )

    @server.command(lenses.SHOW_PERSONS)
    async def show_persons(uri: str, rule: str) -> str:
        said = await server.answer(uri, lambda _: lenses.persons_in_words(rule, server.census), "")
        server.window_show_message(types.ShowMessageParams(types.MessageType.Info, said))
        return said

    @server.command(lenses.RUN_TEST)
    async def run_test(uri: str, title: str) -> dict[str, object]:
        told = await server.run_test(uri, title)
        return {"passed": told.passed, "words": told.words}


async def _or_refuse(answer: Awaitable[_A]) -> _A:
    """Give the answer, or an error that the editor shows: the words of the refusal."""
    try:
        return await answer
    except Refused as refused:
        raise JsonRpcException(str(refused), code=types.LSPErrorCodes.RequestFailed) from None
