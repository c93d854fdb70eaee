"""`ordain test --write`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from api.cli.output import Output, TerminalProgress
from api.compose import open_tools
from api.usecases.write_test import append_test, write_test


def write_and_tell(workspace: Path, person: str, *, as_of: date | None, out: Path | None, output: Output) -> None:
    """Write a test from what a person gets, to standard output or behind what the file `out` holds."""
    with open_tools(workspace, progress=TerminalProgress(output.errors)) as tools:
        written = write_test(tools, person, as_of)
    if out is not None:
        append_test(out, written)
        output.say(f"Wrote “{written.title}” to {out}.")
    elif not output.as_json:
        output.raw(written.text)
    output.emit({"title": written.title, "text": written.text, "file": None if out is None else str(out)})
