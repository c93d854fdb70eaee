"""The last door: whatever happens inside, an exit code and words come out."""

import io

import pytest

from api.cli import main as entrance
from api.cli.exits import Exit, exit_of
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
