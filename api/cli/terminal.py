"""A stream that a person may sit in front of: whether it is a terminal, whether that takes colours, text in a style."""

from __future__ import annotations

import os
import sys
from typing import TextIO

_STYLES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36}
_COLOURLESS_TERMINALS = frozenset({"dumb", "unknown"})


class Terminal:
    """Standard output or standard error, looked at anew each time: tests and pipes replace the stream."""

    def __init__(self, *, errors: bool) -> None:
        self._errors = errors

    @property
    def stream(self) -> TextIO:
        """The stream as it is now."""
        return sys.stderr if self._errors else sys.stdout

    @property
    def is_terminal(self) -> bool:
        """Whether a line can be written over. `TTY_COMPATIBLE` and `FORCE_COLOR` say so where it cannot be seen."""
        told = os.environ.get("TTY_COMPATIBLE", "")
        if told in {"0", "1"}:
            return told == "1"
        forced = os.environ.get("FORCE_COLOR")
        return bool(forced) if forced is not None else self.stream.isatty()

    @property
    def colour(self) -> bool:
        """Whether text may be styled. NO_COLOR (no-color.org) means no escape codes at all: bold is no help then."""
        if os.environ.get("NO_COLOR") or os.environ.get("TERM", "").lower() in _COLOURLESS_TERMINALS:
            return False
        return self.is_terminal

    def print(self, text: str, *, style: str | None = None, end: str = "\n") -> None:
        """Print text that holds no control characters, in a style (`bold red`) where the terminal takes one."""
        if style is not None and text and self.colour:
            codes = ";".join(str(_STYLES[word]) for word in style.split())
            text = f"\x1b[{codes}m{text}\x1b[0m"
        self.stream.write(text + end)
        self.stream.flush()  # so that lines of both streams keep their order in one log


def cells(text: str) -> int:
    """Columns that text takes: letters of East Asia take two."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415  # tables of letters that few texts need

    return cell_len(text)
