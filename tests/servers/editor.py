"""An editor for tests of the language server: a real client that starts `ordain lsp` and speaks with it over stdio."""

import asyncio
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

EXAMPLES = Path(__file__).parents[2] / "rules"
_PATIENCE_SECONDS = 20.0
_A = TypeVar("_A")


def copy_example(name: str, root: Path) -> Path:
    """A workspace to write in."""
    return Path(shutil.copytree(EXAMPLES / name, root, ignore=shutil.ignore_patterns(".ordain", "out")))


class Editor:
    """An editor with one server. Its calls wait for the answer; what the server tells by itself is kept."""

    def __init__(self, root: Path | None, encodings: list[types.PositionEncodingKind] | None = None) -> None:
        self.root = root
        self.encodings = encodings
        self.client = LanguageClient("test-editor", "1")
        self.diagnostics: dict[str, types.PublishDiagnosticsParams] = {}
        self.publications: list[types.PublishDiagnosticsParams] = []
        self.logged: list[types.LogMessageParams] = []
        self.shown: list[types.ShowMessageParams] = []
        self.refreshes = 0
        self.versions: dict[Path, int] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._listen()

    def _listen(self) -> None:
        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.diagnostics[params.uri] = params
            self.publications.append(params)

        @self.client.feature(types.WINDOW_LOG_MESSAGE)
        def logged(params: types.LogMessageParams) -> None:
            self.logged.append(params)

        @self.client.feature(types.WINDOW_SHOW_MESSAGE)
        def shown(params: types.ShowMessageParams) -> None:
            self.shown.append(params)

        @self.client.feature(types.WORKSPACE_CODE_LENS_REFRESH)
        def refresh(*_: object) -> None:
            self.refreshes += 1

    def call(self, coroutine: Coroutine[Any, Any, _A]) -> _A:
        """Wait for an answer."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_PATIENCE_SECONDS)

    def start(self, *arguments: str) -> types.InitializeResult:
        """Start the server and introduce ourselves."""
        self._thread.start()
        program = str(Path(sys.executable).parent / "ordain")
        self.call(self.client.start_io(program, "lsp", *arguments))
        folder = [types.WorkspaceFolder(from_fs_path(str(self.root)) or "", "rules")] if self.root else None
        capabilities = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=self.encodings),
            workspace=types.WorkspaceClientCapabilities(
                code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True)
            ),
        )
        result = self.call(
            self.client.initialize_async(
                types.InitializeParams(capabilities, process_id=os.getpid(), workspace_folders=folder)
            )
        )
        self.tell(self.client.initialized, types.InitializedParams())
        return result

    def stop(self) -> int | None:
        """Shut the server down and let it exit; gives its exit code."""
        self.call(self.client.shutdown_async(None))
        self.tell(self.client.exit, None)
        self.call(self.client.stop())
        code = self.client._server.returncode if self.client._server else None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_SECONDS)
        self._loop.close()
        return code

    def tell(self, notify: Callable[[Any], None], params: object) -> None:
        """Send a notification."""

        async def send() -> None:
            notify(params)

        self.call(send())

    # --- buffers -----------------------------------------------------------------------------------------------------

    def uri(self, path: Path) -> str:
        """URI of a file."""
        return from_fs_path(str(path)) or ""

    def open(self, path: Path, text: str | None = None) -> None:
        """Open a file, with the text of the disk unless told otherwise."""
        content = path.read_bytes().decode() if text is None else text
        self.versions[path] = 1
        item = types.TextDocumentItem(self.uri(path), "ordain", 1, content)
        self.tell(self.client.text_document_did_open, types.DidOpenTextDocumentParams(item))

    def type(self, path: Path, text: str) -> None:
        """Replace the text of an open buffer, unsaved."""
        self.versions[path] += 1
        params = types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path)),
            [types.TextDocumentContentChangeWholeDocument(text)],
        )
        self.tell(self.client.text_document_did_change, params)

    def save(self, path: Path) -> None:
        """Tell that a buffer was saved."""
        self.tell(self.client.text_document_did_save, types.DidSaveTextDocumentParams(self.identify(path)))

    def close(self, path: Path) -> None:
        """Close a buffer."""
        self.tell(self.client.text_document_did_close, types.DidCloseTextDocumentParams(self.identify(path)))

    def identify(self, path: Path) -> types.TextDocumentIdentifier:
        """The file in the words of the protocol."""
        return types.TextDocumentIdentifier(self.uri(path))

    # --- what the server tells ---------------------------------------------------------------------------------------

    def wait(self, seen: Callable[[], _A | None]) -> _A:
        """Wait until `seen` gives something."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            found = seen()
            if found:
                return found
            assert time.monotonic() < deadline, (self.diagnostics, self.logged)
            time.sleep(0.01)

    def wait_for_codes(self, path: Path, codes: list[str]) -> list[types.Diagnostic]:
        """Wait until the file has exactly the problems with these codes, in order."""
        uri = self.uri(path)

        def same() -> types.PublishDiagnosticsParams | None:
            told = self.diagnostics.get(uri)
            return told if told is not None and [one.code for one in told.diagnostics] == codes else None

        return list(self.wait(same).diagnostics)


def place(text: str, mark: str, *, behind: bool = False) -> types.Position:
    """Place of the first `mark` in a text, in UTF-16 code units."""
    offset = text.index(mark) + (len(mark) if behind else 0)
    before = text[:offset]
    line = before.rpartition("\n")[2]
    return types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)


@contextmanager
def open_editor(
    root: Path | None, *arguments: str, encodings: list[types.PositionEncodingKind] | None = None
) -> Iterator[Editor]:
    """An editor whose server is started, and stopped in good order at the end; no answer of it may fail."""
    editor = Editor(root, encodings)
    editor.start(*arguments)
    try:
        yield editor
    finally:
        code = editor.stop()
    assert code == 0, code
    assert editor.logged == []
