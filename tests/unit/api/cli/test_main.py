"""The last door: whatever happens inside, an exit code and words come out."""

import io
import subprocess
import sys

import pytest
from typer.main import get_command

from api.cli import main as entrance
from api.cli.exits import Exit, exit_of
from api.cli.main import build_app
from api.cli.registry import COMMANDS, GROUPS
from policy.catalogue.service import STORE_BUSY
from policy.diagnostics import DataError, Diagnostic, OrdainError, RefusedError, TransientError, UsageError

PROBLEM = Diagnostic(STORE_BUSY, "It is busy.")


def ends(monkeypatch: pytest.MonkeyPatch, error: BaseException | None, *words: str) -> int:
    def call(_: list[str]) -> int:
        if error is not None:
            raise error
        return Exit.FINE

    monkeypatch.setattr(entrance, "_call", call)
    with pytest.raises(SystemExit) as end:
        entrance.main(list(words))
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.mark.parametrize(
    ("kind", "code"), [(DataError, 1), (UsageError, 2), (RefusedError, 3), (TransientError, 4), (OrdainError, 4)]
)
def test_errors_have_their_exit_codes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[OrdainError], code: int
) -> None:
    assert ends(monkeypatch, kind(PROBLEM)) == code == exit_of(kind(PROBLEM))
    assert "ORD0902" in capsys.readouterr().err
    assert ends(monkeypatch, kind(PROBLEM), "--json") == code
    shown = capsys.readouterr()
    assert '"code": "ORD0902"' in shown.out
    assert shown.err == ""


def test_a_mistake_of_ours_shows_no_stack_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ORDAIN_DEBUG", raising=False)
    assert ends(monkeypatch, ZeroDivisionError("by zero")) == 4
    shown = capsys.readouterr().err
    assert "mistake in Ordain itself (ZeroDivisionError: by zero)" in shown
    assert "Traceback" not in shown
    monkeypatch.setenv("ORDAIN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        ends(monkeypatch, ZeroDivisionError("by zero"))


def test_stopping_by_hand_is_no_mistake(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(monkeypatch, KeyboardInterrupt()) == 130
    assert "run the same command again" in capsys.readouterr().err


def test_fine_is_nought(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends(monkeypatch, None) == 0


def test_an_output_that_cannot_take_a_letter_gets_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stderr", stream)
    ends(monkeypatch, OrdainError(Diagnostic(STORE_BUSY, "Zoë is busy.")))
    stream.flush()
    assert b"Zo\\xeb is busy." in stream.buffer.getvalue()


def test_help_is_the_same_whether_commands_are_imported_or_not() -> None:
    def told(words: list[str]) -> str:
        command = get_command(build_app(words))
        return command.get_help(command.make_context("ordain", [], resilient_parsing=True))

    assert told(["--help"]) == told([])
    assert len(told([]).splitlines()) > len(COMMANDS) + len(GROUPS)


def test_help_and_mistakes_import_no_command() -> None:
    code = (
        "import sys; from api.cli.main import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: print('sqlalchemy' in sys.modules, 'dsl.compile' in sys.modules)"
    )
    for words in (["--help"], ["evaluat"], ["--version"]):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
        assert done.stdout.endswith("False False\n"), done.stderr
