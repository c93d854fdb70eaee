"""Speaking to a person or a machine: text on a terminal, one JSON value where a machine reads, progress beside it."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.cli.terminal import Terminal, cells
from api.render.diagnostics import render_json, render_text, show_unseen
from api.render.json_text import json_text
from policy.canonical import JsonValue
from policy.diagnostics import Diagnostic
from policy.source import SourceFile


@dataclass(slots=True)
class Output:
    """Where a command's words go. `as_json`: standard output holds one JSON value and nothing else.

    Nothing that came from data reaches a terminal as a control character: it is shown by its code point.
    """

    as_json: bool = False
    console: Terminal = field(default_factory=lambda: Terminal(errors=False))
    errors: Terminal = field(default_factory=lambda: Terminal(errors=True))

    @property
    def colour(self) -> bool:
        """Whether standard output takes colours."""
        return self.console.colour

    def say(self, text: str = "", *, style: str | None = None) -> None:
        """Print a line for a person; nothing where a machine reads."""
        if not self.as_json:
            self.console.print(_shown(text), style=style)

    def warn(self, text: str) -> None:
        """Print a line on standard error."""
        self.errors.print(_shown(text), style="yellow")

    def emit(self, value: JsonValue) -> None:
        """Print the JSON value a machine reads; nothing for a person."""
        if self.as_json:
            self.json(value)

    def json(self, value: JsonValue) -> None:
        """Print a JSON value, whoever reads it."""
        encoding = (sys.stdout.encoding or "utf-8").lower()
        sys.stdout.write(json_text(value, ascii_only=not encoding.startswith("utf")) + "\n")

    def write(self, text: str) -> None:
        """Print text that is safe for a terminal already, colours included."""
        sys.stdout.write(text)

    def raw(self, text: str) -> None:
        """Print text as it is, to be piped; a terminal gets it without controls."""
        whole = text if text.endswith("\n") else text + "\n"
        sys.stdout.write(_shown(whole) if sys.stdout.isatty() else whole)

    def exact(self, text: str) -> None:
        """Print text byte by byte as UTF-8, whatever the locale: it takes the place of the file it came from."""
        sys.stdout.flush()
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(text)
        else:
            stream.write(text.encode())
            stream.flush()

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table for a person."""
        if self.as_json or not rows:
            return
        # Never cut and never wrapped: what stands in a table is copied, and searched in pipes.
        shown = [[show_unseen(cell) for cell in row] for row in (head, *rows)]
        widths = [max(cells(row[column]) for row in shown) for column in range(len(head))]
        for number, row in enumerate(shown):
            padded = [cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=True)]
            self.console.print("  ".join(padded).rstrip(), style="bold" if number == 0 else None)

    def problems(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile] | None = None) -> None:
        """Print diagnostics: as text on standard error, or as JSON on standard output."""
        if self.as_json:
            self.emit({"problems": render_json(diagnostics)})
        elif diagnostics:
            text = render_text(diagnostics, sources or {}, colour=self.errors.colour)
            sys.stderr.write(text)


_REDRAW_SECONDS = 0.2


def _shown(text: str) -> str:
    return "\n".join(show_unseen(line) for line in text.split("\n"))


@dataclass(slots=True)
class TerminalProgress:
    """Progress of long work on standard error: on a terminal one line that changes, elsewhere a line per stage.

    Nothing is shown for what ends within a second.
    """

    console: Terminal
    started: float = field(default_factory=time.monotonic)
    stage: str = ""
    shown: float = 0.0
    width: int = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note of how far the work is."""
        now = time.monotonic()
        if now - self.started < 1 or (now - self.shown < _REDRAW_SECONDS and stage == self.stage):
            return
        if not self.console.is_terminal and stage == self.stage:
            return
        self.stage, self.shown = stage, now
        amount = f" {done:,} of {total:,}" if total else (f" {done:,}" if done else "")
        text = f"… {stage}{amount}"
        if self.console.is_terminal:
            # Written over the line before, whatever stood there behind its end.
            self.console.print(text.ljust(self.width), end="\r", style="dim")
            self.width = len(text)
        else:
            self.console.print(text, style="dim")
