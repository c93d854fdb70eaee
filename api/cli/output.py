"""Speaking to a person or a machine: text on a terminal, one JSON value where a machine reads, progress beside it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from api.render.diagnostics import render_json, render_text
from policy.canonical import JsonValue
from policy.diagnostics import Diagnostic
from policy.source import SourceFile


@dataclass(slots=True)
class Output:
    """Where a command's words go. `as_json`: standard output holds one JSON value and nothing else."""

    as_json: bool = False
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    errors: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))

    def say(self, text: str = "", *, style: str | None = None) -> None:
        """Print a line for a person; nothing where a machine reads."""
        if not self.as_json:
            self.console.print(text, style=style, markup=False)

    def warn(self, text: str) -> None:
        """Print a line on standard error."""
        self.errors.print(text, style="yellow", markup=False)

    def emit(self, value: JsonValue) -> None:
        """Print the JSON value a machine reads; nothing for a person."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    def raw(self, text: str) -> None:
        """Print text as it is, to be piped."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table for a person."""
        if self.as_json or not rows:
            return
        table = Table(*head, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*(_plain(cell) for cell in row))
        self.console.print(table)

    def problems(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile] | None = None) -> None:
        """Print diagnostics: as text on standard error, or as JSON on standard output."""
        if self.as_json:
            self.emit({"problems": render_json(diagnostics)})
        elif diagnostics:
            text = render_text(diagnostics, sources or {}, colour=self.errors.is_terminal)
            sys.stderr.write(text if text.endswith("\n") else text + "\n")


_REDRAW_SECONDS = 0.2


def _plain(text: str) -> str:
    """Text that rich takes literally."""
    return text.replace("[", "\\[")


@dataclass(slots=True)
class TerminalProgress:
    """Progress of long work on standard error: on a terminal one line that changes, elsewhere a line per stage.

    Nothing is shown for what ends within a second.
    """

    console: Console
    started: float = field(default_factory=time.monotonic)
    stage: str = ""
    shown: float = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note of how far the work is."""
        now = time.monotonic()
        if now - self.started < 1 or (now - self.shown < _REDRAW_SECONDS and stage == self.stage):
            return
        if not self.console.is_terminal and stage == self.stage:
            return
        self.stage, self.shown = stage, now
        amount = f" {done:,} of {total:,}" if total else (f" {done:,}" if done else "")
        end = "\r" if self.console.is_terminal else "\n"
        self.console.print(f"… {stage}{amount}", end=end, style="dim", markup=False)
