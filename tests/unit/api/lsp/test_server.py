"""What happens when an answer fails, and what a file is that nobody knows."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from api.lsp.desk import Sight
from api.lsp.features import make_server
from api.lsp.server import OrdainServer


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(OrdainServer, "window_log_message", lambda _, params: found.append(params))
    return found


def ask(make: Callable[[Sight], object], uri: str = "file:///x.ordain") -> object:
    async def run() -> object:
        server = make_server()
        server.loop = asyncio.get_running_loop()
        server.desk.put("file:///x.ordain", "rule x", 1)
        try:
            return await server.answer(uri, make, ["nothing"])
        finally:
            server.shutdown()

    return asyncio.run(run())


def test_an_answer_that_fails_is_empty_and_the_editor_is_told(
    told: list[types.LogMessageParams], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Sight) -> list[str]:
        raise ZeroDivisionError("our own mistake")

    assert ask(fail) == ["nothing"]
    assert [one.type for one in told] == [types.MessageType.Error]
    assert "our own mistake" in told[0].message
    assert "an answer failed" in caplog.text


def test_a_file_nobody_opened_has_no_answers(told: list[types.LogMessageParams]) -> None:
    assert ask(lambda _: ["something"], "file:///y.ordain") == ["nothing"]
    assert ask(lambda _: ["something"], "git:/y.ordain") == ["nothing"]
    assert told == []


def test_an_answer_sees_the_buffer(told: list[types.LogMessageParams], tmp_path: Path) -> None:
    assert ask(lambda sight: sight.page.source.text) == "rule x"
