"""What reaches a terminal, a pipe and a machine."""

import io
import json

import pytest

from api.cli.output import Output, TerminalProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_controls_are_shown_by_their_number(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output()
    output.say("Eve\x1b[31m\nnext :smile: [bold]line")
    output.warn("bell\x07")
    output.table(("a", "b"), [("x\ny", "[red]z"), ("longer", "")])
    shown = capsys.readouterr()
    assert shown.out == ("Eve<U+001B>[31m\nnext :smile: [bold]line\na           b\nx<U+000A>y  [red]z\nlonger\n")
    assert shown.err == "bell<U+0007>\n"


def test_a_table_is_never_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    Output().table(("name", "digest"), [("山田太郎", "f" * 64), ("Zoë", "0")])
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"name      {'digest'}", f"山田太郎  {'f' * 64}", "Zoë       0"]


def test_text_to_be_piped_is_left_alone_and_a_terminal_is_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, expected in ((io.StringIO(), "a\x1b[2Jb\n"), (Terminal(), "a<U+001B>[2Jb\n")):
        monkeypatch.setattr("sys.stdout", stream)
        Output().raw("a\x1b[2Jb")
        assert stream.getvalue() == expected


def test_no_color_means_no_escape_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, escapes in (("", True), ("1", False)):
        monkeypatch.setenv("NO_COLOR", value)
        stream = Terminal()
        monkeypatch.setattr("sys.stdout", stream)
        output = Output()
        output.say("bold", style="bold red")
        output.table(("head",), [("cell",)])
        assert output.colour is escapes
        assert ("\x1b" in stream.getvalue()) is escapes


def test_a_machine_gets_json_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=True)
    output.say("words")
    output.table(("a",), [("b",)])
    output.emit({"name": "Zoë\x9b\u202e"})
    shown = capsys.readouterr().out
    assert json.loads(shown) == {"name": "Zoë\x9b\u202e"}
    assert "Zoë\\u009b\\u202e" in shown
    Output().emit({"nobody": "reads this"})
    assert capsys.readouterr().out == ""


def test_json_keeps_to_letters_that_the_output_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr("sys.stdout", stream)
    Output(as_json=True).emit(["Zoë ☃"])
    stream.flush()
    assert json.loads(stream.buffer.getvalue()) == ["Zoë ☃"]


def test_progress_on_a_terminal_is_one_line_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    progress = TerminalProgress(Output().errors)
    progress.started -= 2
    progress("reading everything", 0, 0)
    progress("mapping", 0, 0)
    assert stream.getvalue() == "… reading everything\r… mapping           \r"


def test_progress_is_silent_at_first_and_once_per_stage_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    progress = TerminalProgress(Output().errors)
    progress("reading", 0, 0)
    progress.started -= 2
    progress("reading", 1, 10)
    progress("reading", 2, 10)
    progress("mapping", 0, 0)
    assert capsys.readouterr().err == "… reading 1 of 10\n… mapping\n"


def test_a_style_is_put_around_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    Output().say("careful", style="bold yellow")
    Output().say(style="dim")
    assert stream.getvalue() == "\x1b[1;33mcareful\x1b[0m\n\n"


def test_the_environment_says_what_cannot_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, name, value, colour in (
        (io.StringIO(), "FORCE_COLOR", "1", True),
        (io.StringIO(), "TTY_COMPATIBLE", "1", True),
        (Terminal(), "FORCE_COLOR", "", False),
        (Terminal(), "TTY_COMPATIBLE", "0", False),
        (Terminal(), "TERM", "dumb", False),
        (Terminal(), "TERM", "vt100", True),
    ):
        with monkeypatch.context() as here:
            here.setattr("sys.stdout", stream)
            here.setenv(name, value)
            assert Output().colour is colour, name
